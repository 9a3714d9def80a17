/** What types forbid, said to programs that have none. */
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { connect, HandshakeError, type NodeServer, reconnecting, serve } from '../../../adapters/node.ts';
import { UsageError } from '../../../core/index.ts';

type Options = Parameters<typeof serve>[0];
const untyped = (options: unknown): Options => options as Options;
let server: NodeServer<unknown> | undefined;
afterEach(async () => {
  vi.restoreAllMocks();
  await server?.close({ grace: 1 });
  server = undefined;
});

describe('options of a server', () => {
  it.each<[unknown, string]>([
    [null, "options are an object, such as { subprotocols: ['chat'] }, not null"],
    [8080, "options are an object, such as { subprotocols: ['chat'] }, not number"],
    [{ message: 5 }, 'the option "message" is a function, not number'],
    [{ upgrade: { status: 403 } }, 'the option "upgrade" is a function, not object'],
    [{ fetch: null }, 'the option "fetch" is a function, not null'],
    [{ subprotocols: 'chat' }, 'the option "subprotocols" is a list of strings, not string'],
    [{ hosts: 'localhost' }, 'the option "hosts" is a list of strings, not string'],
    [{ path: 'chat' }, 'the option "path" begins with a slash: chat'],
    [{ origins: 'https://a.example' }, "origins are 'same', 'any' or a list, not https://a.example"],
    [{ origins: ['https://a.example/'] }, 'no browser sends the origin https://a.example/, but https://a.example'],
    [
      { origins: ['https://A.example:443'] },
      'no browser sends the origin https://A.example:443, but https://a.example',
    ],
    [{ origins: ['https://'] }, 'no browser sends the origin https://'],
    [{ origins: ['*'] }, 'no browser sends the origin *'],
    [{ origins: ['a.example'] }, 'no browser sends the origin a.example'],
    [{ inspect: 'yes' }, 'the option "inspect" is true, false or an object, not string'],
    [{ inspect: { prt: 5 } }, 'there is no option "prt", but "port"'],
    [{ prot: 8080 }, 'there is no option "prot", but "port"'],
    [{ onmessage() {} }, 'there is no option "onmessage", but "message"'],
    [{ subprotocol: ['chat'] }, 'there is no option "subprotocol", but "subprotocols"'],
    [{ cookies: {} }, 'there is no option "cookies"'],
    [{ verifyClient() {} }, 'there is no option "verifyClient", but "upgrade", to refuse or accept a request'],
    [{ subprotocols: ['a b'] }, 'not a subprotocol: "a b"'],
    [{ extensions: 'x' }, 'the option "extensions" is a list of extensions, not string'],
    [{ requireOrigin: 'no' }, 'the option "requireOrigin" is true or false, not string'],
    [{ compression: 'yes' }, 'the option "compression" is true, false or an object, not yes'],
    [{ compression: { levle: 3 } }, 'there is no option "levle", but "level"'],
    [{ tls: true }, 'the option "tls" is an object, not boolean'],
    [{ tls: {} }, 'the option "tls" has a certificate, `cert`, and its `key`: no client could connect'],
    [{ tls: { cert: 'x' } }, 'the option "tls" has a certificate, `cert`, and its `key`: no client could connect'],
    [{ tls: { ca: 'x' } }, 'the option "tls" has no certificate: no client could connect'],
    [{ trustProxy: true }, 'trustProxy is how many proxies stand in front, or the list of their addresses, not true'],
    [{ trustProxy: ['10.0.0.0/8'] }, 'trustProxy lists addresses such as 10.0.0.7, not 10.0.0.0/8'],
    [{ trustProxy: ['loopback'] }, 'trustProxy lists addresses such as 10.0.0.7, not loopback'],
  ])('are not %j', async (options, message) => {
    await expect(serve(untyped(options))).rejects.toEqual(new UsageError(message));
  });

  it.each([
    ['https://a.example'],
    ['http://localhost:3000'],
    ['https://*.a.example'],
    ['null'],
    ['same'],
    ['chrome-extension://abc'],
  ])('may be the origin %s', async (origin) => {
    server = await serve({ origins: [origin] });
    expect(server.connections.size).toBe(0);
  });

  it.each<{ trustProxy: number | string[] }>([
    { trustProxy: 0 },
    { trustProxy: 2 },
    { trustProxy: ['10.0.0.7'] },
    { trustProxy: ['::1', '::ffff:10.0.0.7', 'fe80::1%eth0'] },
  ])('may be %j', async (options) => {
    server = await serve(options);
    expect(server.port).toBeGreaterThan(0);
  });

  it('may be undefined, whatever their names', async () => {
    server = await serve(untyped({ prot: undefined }));
    expect(server.port).toBeGreaterThan(0);
  });

  it.each([
    [{ code: 1006 }, 'Close code 1006 may not be sent (RFC 6455 §7.4)'],
    [{ code: 1005, reason: 'why' }, 'Close code 1005 may not be sent (RFC 6455 §7.4)'],
    [{ reason: 'é'.repeat(62) }, 'a Close reason has at most 123 bytes'],
  ])('of `close` are not %j, even where nobody is connected', async (how, message) => {
    server = await serve();
    await expect(server.close(how)).rejects.toEqual(new UsageError(message));
    const client = await connect(server.url); // it still listens
    client.terminate();
    await server.close();
    server = await serve();
    expect(await server.close({ code: 1005 })).toEqual({ closed: 0, cut: 0 });
  });
});

describe('options of a client', () => {
  it.each<[unknown, string]>([
    [null, "options are an object, such as { subprotocols: ['chat'] }, not null"],
    [['chat'], "options are an object, such as { subprotocols: ['chat'] }, not a list"],
    [{ subprotocols: 'chat' }, 'the option "subprotocols" is a list of strings, not string'],
    [{ close: true }, 'the option "close" is a function, not boolean'],
    [{ timeout: 5 }, 'there is no option "timeout", but "deadlines": { connecting, opening }'],
    [{ protocols: ['a'] }, 'there is no option "protocols", but "subprotocols"'],
    [{ header: {} }, 'there is no option "header", but "headers"'],
    [{ backlog: 5 }, 'there is no option "backlog"'],
    [{ tls: 'x' }, 'the option "tls" is an object, not string'],
    [{ signal: 5 }, 'the option "signal" is an AbortSignal, not number'],
    [{ headers: 'X-A: b' }, "headers are an object, such as { 'X-A': 'b' }, not string"],
    [{ compression: 1 }, 'the option "compression" is true, false or an object, not 1'],
  ])('are not %j, and nobody is dialled', async (options, message) => {
    let dialled = 0;
    server = await serve({ connect: () => ++dialled > 0 });
    await expect(connect(server.url, options as object)).rejects.toEqual(new UsageError(message));
    expect(dialled).toBe(0);
  });

  it('are an object for one that comes back, too', () => {
    const message = "options are an object, such as { subprotocols: ['chat'] }, not null";
    expect(() => reconnecting('ws://127.0.0.1:1/', null as never)).toThrow(new UsageError(message));
  });

  it.each([undefined, 'example.com', '/chat'])('are behind a URL, which %s is not', async (url) => {
    const message = 'not a URL, such as wss://example.com/';
    await expect(connect(url as string)).rejects.toEqual(new UsageError(message));
  });

  it('say how to connect to a Unix socket, which a URL does not', async () => {
    const message =
      'not a WebSocket URL, with scheme ws, wss, http or https: ws+unix:; a Unix socket is given as the option socketPath';
    await expect(connect('ws+unix:/run/chat.sock')).rejects.toEqual(new UsageError(message));
  });
});

it('messages that a handler takes are read by nobody else, and nobody waits for them for ever', async () => {
  const mistake = new UsageError('the handler `message` takes the messages');
  server = await serve({ message: (connection, message) => connection.send(message) });
  const client = await connect(server.url);
  const [connection] = server.connections;
  await expect(connection?.receive()).rejects.toEqual(mistake);
  await expect(connection?.[Symbol.asyncIterator]().next()).rejects.toEqual(mistake);
  client.send('x');
  expect(await client.receive()).toBe('x');
  client.terminate();
});

describe('`upgrade` refuses', () => {
  const statusOf = async (upgrade: unknown): Promise<HandshakeError> => {
    server = await serve(untyped({ upgrade }));
    const error: unknown = await connect(server.url).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(HandshakeError);
    return error as HandshakeError;
  };

  it.each([
    false,
    true,
    0,
    '',
    'no',
    null,
    [],
    { statusCode: 403 },
    { code: 403 },
    { body: 'no' },
    { data: {}, haeders: {} },
    { status: 403, headers: 'X-A: b' },
    { headers: 'X-A: b' },
    { headers: [5] },
  ])('with 500 where it returns %j, at once or later', async (answer) => {
    const report = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const error = vi.spyOn(console, 'error').mockReturnValue();
    expect((await statusOf(() => answer)).status).toBe(500);
    await server?.close();
    expect((await statusOf(async () => answer)).status).toBe(500);
    expect(report.mock.calls.length + error.mock.calls.length).toBeGreaterThan(0);
  });

  it('with a Response, and what it says', async () => {
    const { status, headers, body } = await statusOf(
      () => new Response('not you', { status: 403, headers: { 'X-A': 'b' } }),
    );
    expect([status, headers?.get('x-a'), new TextDecoder().decode(body)]).toEqual([403, 'b', 'not you']);
  });

  it('with a Response that came from elsewhere, whatever it says of how it came', async () => {
    const { gzipSync } = await import('node:zlib');
    const { createServer } = await import('node:http');
    const elsewhere = createServer((_, response) => {
      response.writeHead(403, { 'Content-Encoding': 'gzip', 'Set-Cookie': ['a=1', 'b=2'] }).end(gzipSync('not you'));
    });
    await new Promise<void>((resolve) => {
      elsewhere.listen(0, '127.0.0.1', resolve);
    });
    const { port } = elsewhere.address() as AddressInfo; // it listens on an IP address
    const { status, headers, body } = await statusOf(() => fetch(`http://127.0.0.1:${port}/`));
    elsewhere.close();
    elsewhere.closeAllConnections();
    expect([status, headers?.all('set-cookie'), new TextDecoder().decode(body)]).toEqual([
      403,
      ['a=1', 'b=2'],
      'not you',
    ]);
    expect([headers?.get('content-encoding'), headers?.get('content-length')]).toEqual([undefined, '7']);
  });

  it('with a Response whose fields are those of another transport', async () => {
    const given = { 'Content-Length': '99', Connection: 'keep-alive', 'Content-Encoding': 'x', 'X-A': 'b' };
    const { status, headers } = await statusOf(() => new Response('no', { status: 403, headers: given }));
    const names = ['content-length', 'connection', 'content-encoding', 'x-a'];
    expect([status, ...names.map((name) => headers?.get(name))]).toEqual([403, '2', 'close', 'x', 'b']);
  });

  it('by a promise of another library', async () => {
    const thenable = Object.assign(Object.create(null), {
      // biome-ignore lint/suspicious/noThenProperty: that is what such a promise has
      then: (resolve: (answer: object) => void) => setTimeout(resolve, 1, { status: 403 }),
    });
    expect((await statusOf(() => thenable)).status).toBe(403);
  });
});
