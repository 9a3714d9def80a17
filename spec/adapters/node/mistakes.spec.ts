/** What types forbid, said to programs that have none. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { connect, HandshakeError, type NodeServer, serve } from '../../../adapters/node.ts';
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
  ])('are not %j', async (options, message) => {
    await expect(serve(untyped(options))).rejects.toEqual(new UsageError(message));
  });

  it.each([
    ['https://a.example'],
    ['http://localhost:3000'],
    ['https://*.a.example'],
    ['null'],
    ['chrome-extension://abc'],
  ])('may be the origin %s', async (origin) => {
    server = await serve({ origins: [origin] });
    expect(server.connections.size).toBe(0);
  });
});

describe('options of a client', () => {
  it.each<[unknown, string]>([
    [['chat'], "options are an object, such as { subprotocols: ['chat'] }, not a list"],
    [{ subprotocols: 'chat' }, 'the option "subprotocols" is a list of strings, not string'],
    [{ close: true }, 'the option "close" is a function, not boolean'],
  ])('are not %j, and nobody is dialled', async (options, message) => {
    let dialled = 0;
    server = await serve({ connect: () => ++dialled > 0 });
    await expect(connect(server.url, options as object)).rejects.toEqual(new UsageError(message));
    expect(dialled).toBe(0);
  });

  it.each([undefined, 'example.com', '/chat'])('are behind a URL, which %s is not', async (url) => {
    const message = 'not a URL, such as wss://example.com/';
    await expect(connect(url as string)).rejects.toEqual(new UsageError(message));
  });
});

describe('`upgrade` refuses', () => {
  const statusOf = async (upgrade: unknown): Promise<HandshakeError> => {
    server = await serve(untyped({ upgrade }));
    const error: unknown = await connect(server.url).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(HandshakeError);
    return error as HandshakeError;
  };

  it.each([false, true, 0, '', 'no', null, []])('with 500 where it returns %j, at once or later', async (answer) => {
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

  it('by a promise of another library', async () => {
    const thenable = Object.assign(Object.create(null), {
      // biome-ignore lint/suspicious/noThenProperty: that is what such a promise has
      then: (resolve: (answer: object) => void) => setTimeout(resolve, 1, { status: 403 }),
    });
    expect((await statusOf(() => thenable)).status).toBe(403);
  });
});
