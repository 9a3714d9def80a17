import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connect, HandshakeError, serve } from '../../../adapters/node.ts';
import { UsageError } from '../../../core/index.ts';
import { acceptance, type RawServer, rawServer } from '../../support/raw-socket.ts';

let server: RawServer;
beforeEach(async () => {
  server = await rawServer();
});
afterEach(() => server.close());

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'connected',
    (error: unknown) => error,
  );

describe('connecting', () => {
  it('sends the request of RFC 6455 §4.1, with a fresh key each time', async () => {
    const keys = new Set<string | undefined>();
    for (let i = 0; i < 2; i++) {
      const connecting = connect(`${server.url}a?b`, { subprotocols: ['x', 'y'], headers: { Cookie: 'c=d' } });
      const raw = await server.next();
      const head = await raw.head();
      expect(head).toMatch(/^GET \/a\?b HTTP\/1\.1\r\n/);
      expect(head).toContain(`\r\nHost: 127.0.0.1:${server.port}\r\n`);
      expect(head).toContain('\r\nSec-WebSocket-Version: 13\r\n');
      expect(head).toContain('\r\nSec-WebSocket-Protocol: x, y\r\n');
      expect(head).toContain('\r\nCookie: c=d\r\n');
      keys.add(/Sec-WebSocket-Key: ([\w+/]{22}==)\r\n/.exec(head)?.[1]);
      raw.write(acceptance(head));
      (await connecting).terminate();
    }
    expect(keys.size).toBe(2);
    expect(keys.has(undefined)).toBe(false);
  });

  it('sends the credentials of the URL, unless others are given', async () => {
    const url = server.url.replace('//', '//us%40er:p%3Aw@');
    for (const headers of [{}, { authorization: 'Bearer x' }]) {
      const connecting = connect(url, { headers });
      const raw = await server.next();
      const head = await raw.head();
      const expected = 'authorization' in headers ? 'Bearer x' : `Basic ${btoa('us@er:p:w')}`;
      expect(head.match(/authorization: .*/gi)?.map((field) => field.slice(15))).toEqual([expected]);
      raw.write(acceptance(head));
      (await connecting).terminate();
    }
  });

  it('rejects with the response of a server that refuses', async () => {
    const connecting = failure(connect(server.url));
    const raw = await server.next();
    await raw.head();
    raw.write('HTTP/1.1 401 No\r\nWWW-Authenticate: Basic\r\nContent-Length: 4\r\n\r\nbody');
    const error = (await connecting) as HandshakeError; // the next line checks it
    expect(error).toBeInstanceOf(HandshakeError);
    expect([error.status, error.headers?.get('www-authenticate'), Buffer.from(error.body ?? []).toString()]).toEqual([
      401,
      'Basic',
      'body',
    ]);
  });

  it.each([
    ['breaks a rule', 'HTTP/1.1 101 Yes\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n', 'accept-wrong'],
    ['speaks another protocol', 'SSH-2.0-x\r\n\r\n', 'head-malformed'],
    ['ends', '', 'response-missing'],
  ])('rejects with the violation where the server %s', async (_, response, violation) => {
    const connecting = failure(connect(server.url));
    const raw = await server.next();
    await raw.head();
    raw.socket.end(response);
    expect(await connecting).toMatchObject({ name: 'HandshakeError', status: undefined, cause: { violation } });
  });

  it('rejects at the opening deadline where the server is silent', async () => {
    const connecting = failure(connect(server.url, { deadlines: { opening: 30 } }));
    const raw = await server.next();
    expect(await connecting).toMatchObject({ cause: { violation: 'opening-too-slow' } });
    await raw.end();
  });

  it("rejects with Node's error where there is nobody", async () => {
    const gone = await serve();
    await gone.close();
    expect(await failure(connect(gone.url))).toMatchObject({ code: 'refused' });
  });

  it.each(['ftp://h/', 'ws://h/#x', 'h'])('rejects %s as a mistake of the program (CH14)', async (url) => {
    expect(await failure(connect(url))).toBeInstanceOf(UsageError);
  });
});

describe('a signal (CH17)', () => {
  const reason = new Error('no more');

  it('that has fired before lets nothing begin', async () => {
    expect(await failure(connect(server.url, { signal: AbortSignal.abort(reason) }))).toBe(reason);
  });

  it('fires before there is a transport', async () => {
    const controller = new AbortController();
    const connecting = failure(connect('ws://localhost:1/', { signal: controller.signal }));
    controller.abort(reason);
    expect(await connecting).toBe(reason);
  });

  it.each(['', 'HTTP/1.1 101 Switching', 'HTTP/1.1 403 No\r\nContent-Length: 9\r\n\r\nhalf'])(
    'fires when "%s" has come of the response',
    async (part) => {
      const controller = new AbortController();
      const connecting = failure(connect(server.url, { signal: controller.signal }));
      const raw = await server.next();
      await raw.head();
      await new Promise((resolve) => {
        raw.socket.write(part, resolve);
      });
      controller.abort(reason);
      expect(await connecting).toBe(reason);
      await raw.end();
    },
  );

  it('changes nothing once the connection is open', async () => {
    const controller = new AbortController();
    const connecting = connect(server.url, { signal: controller.signal });
    const raw = await server.next();
    raw.write(acceptance(await raw.head()));
    const connection = await connecting;
    controller.abort(reason);
    expect([connection.phase, connection.ping()]).toEqual(['open', true]);
    connection.terminate();
  });
});

describe('cookies', () => {
  it('are sent in one field', async () => {
    const connecting = failure(connect(server.url, { cookies: { a: 'b', c: 'd%3B=' } }));
    const raw = await server.next();
    expect((await raw.head()).match(/cookie: .*/gi)).toEqual(['Cookie: a=b; c=d%3B=\r'].map((line) => line.trim()));
    raw.socket.end();
    expect(await connecting).toBeInstanceOf(HandshakeError);
  });

  it.each([
    { cookies: { a: 'b;c' } },
    { cookies: { 'a b': 'c' } },
    { cookies: { a: 'ä' } },
    { cookies: { a: 'b\r\nX: y' } },
    { cookies: { a: 'b' }, headers: { cookie: 'c=d' } },
  ])('cannot be %j', async (options) => {
    expect(await failure(connect(server.url, options))).toBeInstanceOf(UsageError);
  });
});

it('follows a redirect across origins, and brings nothing along (I10)', async () => {
  const other = await rawServer();
  const options = { redirects: 1, headers: { Authorization: 'secret' }, cookies: { a: 'secret' }, host: '127.0.0.1' };
  const connecting = connect(`ws://first.invalid:${server.port}/`, options);
  const first = await server.next();
  expect(await first.head()).toContain('secret');
  first.write(`HTTP/1.1 307 Go\r\nLocation: ${other.url}x\r\nContent-Length: 0\r\n\r\n`);
  const second = await other.next();
  const head = await second.head();
  expect(head).toContain(`GET /x HTTP/1.1\r\nHost: 127.0.0.1:${other.port}\r\n`);
  expect(head).not.toContain('secret');
  second.write(acceptance(head));
  (await connecting).terminate();
  await first.end();
  await other.close();
});

it.each([0, 1.5, 2 ** 31])('a deadline of the transport is not %d', async (connecting) => {
  expect(await failure(connect(server.url, { deadlines: { connecting } }))).toBeInstanceOf(UsageError);
});

it('keeps the deadlines of both: those until there is a transport, and those of the connection', async () => {
  const connecting = failure(connect(server.url, { deadlines: { connecting: 5_000, tunnel: 5_000, opening: 30 } }));
  const raw = await server.next();
  expect(await connecting).toMatchObject({ cause: { violation: 'opening-too-slow' } });
  await raw.end();
});
