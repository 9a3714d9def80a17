import { afterEach, describe, expect, expectTypeOf, it, vi } from 'vitest';
import {
  connect,
  HandshakeError,
  httpError,
  type NodeServer,
  type ServerRequest,
  serve,
  type WebSocketConnection,
} from '../../../adapters/node.ts';
import { deferred, eventually, rawClient, request } from '../../support/raw-socket.ts';

const open: NodeServer<unknown>[] = [];
const serving = async <Data = undefined>(
  options: Parameters<typeof serve<Data>>[0] = {},
): Promise<NodeServer<Data>> => {
  const server = await serve<Data>(options);
  open.push(server as NodeServer<unknown>); // only to be closed
  return server;
};
const statusOf = (url: string, headers: Record<string, string> = {}): Promise<number | undefined> =>
  connect(url, { headers }).then(
    () => 101,
    (error: HandshakeError) => error.status,
  );
afterEach(async () => {
  vi.restoreAllMocks();
  for (const server of open.splice(0)) await server.close({ grace: 1 });
});

it('another path than that of the server gets 404, before `upgrade` is asked (SH25)', async () => {
  const seen: string[] = [];
  const { url } = await serving({ path: '/a', upgrade: ({ path }) => void seen.push(path) });
  const statuses = ['a', 'a?b', '', 'b', 'a/', 'A'].map((path) => statusOf(`${url}${path}`));
  expect(await Promise.all(statuses)).toEqual([101, 101, 404, 404, 404, 404]);
  expect(seen).toEqual(['/a', '/a']);
});

describe('`upgrade` sees', () => {
  it('the URL with its query, and the cookies (SH26)', async () => {
    const seen: ServerRequest[] = [];
    const server = await serving({
      upgrade(each) {
        seen.push(each);
        return undefined;
      },
    });
    await connect(`${server.url}a/b?c=d`, { headers: { Cookie: 'id=7; theme="dark"' } });
    const [{ url, cookies, path, query } = {} as ServerRequest] = seen;
    expect(url.href).toBe(`${server.url}a/b?c=d`);
    expect([url.searchParams.get('c'), cookies.get('id'), cookies.get('theme')]).toEqual(['d', '7', 'dark']);
    expect([path, query]).toEqual(['/a/b', 'c=d']);
  });

  it('who the client is, by a trusted proxy only', async () => {
    const seen: string[] = [];
    const note = ({ remoteAddress, secure, url }: ServerRequest): undefined => {
      seen.push(`${remoteAddress} ${secure} ${url.protocol}`);
    };
    const headers = { 'X-Forwarded-For': '9.9.9.9', 'X-Forwarded-Proto': 'https' };
    await connect((await serving({ upgrade: note })).url, { headers });
    const trusting = await serving({ upgrade: note, trustProxy: ['127.0.0.1'] });
    await connect(trusting.url, { headers });
    expect(seen).toEqual(['127.0.0.1 false ws:', '9.9.9.9 true wss:']);
    expect([...trusting.connections].map(({ remoteAddress }) => remoteAddress)).toEqual(['9.9.9.9']);
  });

  it('is waited for where it returns a promise of another library, and refuses by it', async () => {
    const foreign = {
      // biome-ignore lint/suspicious/noThenProperty: what such a promise is
      then: (settle: (answer: { status: number }) => void) => void setImmediate(settle, { status: 401 }),
    };
    const server = await serving({ upgrade: () => foreign as unknown as Promise<{ status: number }> });
    expect(await statusOf(server.url)).toBe(401);
  });

  it('that the client has gone meanwhile', async () => {
    const [asked, aborted] = [deferred(), deferred()];
    const server = await serving({
      upgrade: ({ signal }) =>
        new Promise<undefined>((resolve) => {
          asked.resolve();
          signal.addEventListener('abort', () => {
            aborted.resolve();
            resolve(undefined);
          });
        }),
    });
    const raw = await rawClient(server.port);
    raw.write(request());
    await asked.promise;
    raw.socket.resetAndDestroy();
    await aborted.promise;
    expect(server.connections.size).toBe(0);
  });
});

describe('`decisionDeadline` (J9)', () => {
  it('answers 408 where a decision takes longer, which then changes nothing', async () => {
    const decision = deferred<undefined>();
    const signals: AbortSignal[] = [];
    const server = await serving({
      decisionDeadline: 20,
      upgrade({ signal }) {
        signals.push(signal);
        return decision.promise;
      },
    });
    expect(await statusOf(server.url)).toBe(408);
    decision.resolve(undefined);
    await decision.promise;
    expect([server.connections.size, signals[0]?.aborted]).toEqual([0, true]);
  });

  it('is over with a decision that fails, too, which is answered and reported once', async () => {
    const reported = vi.spyOn(console, 'error').mockImplementation(() => {});
    const uncaught: unknown[] = [];
    const note = (error: unknown): void => void uncaught.push(error);
    process.on('uncaughtException', note);
    try {
      const server = await serving({ decisionDeadline: 5, upgrade: () => Promise.reject(new Error('no database')) });
      expect(await statusOf(server.url)).toBe(500);
      const later = await serving({ deadlines: { opening: 60 } });
      const raw = await rawClient(later.port);
      await raw.end(); // by then the deadline of the decision has passed
      raw.socket.destroy();
      expect([uncaught, reported.mock.calls.length]).toEqual([[], 1]);
    } finally {
      process.off('uncaughtException', note);
    }
  });

  it('is over with the decision', async () => {
    const server = await serving({ decisionDeadline: 20, upgrade: async () => undefined });
    const client = await connect(server.url);
    await eventually(() => server.connections.size === 1);
    expect(await client.close()).toMatchObject({ code: 1000 });
  });
});

it('the fields of a request are its headers, by either name', async () => {
  let seen: unknown[] = [];
  const server = await serving({
    upgrade({ fields, headers }) {
      seen = [headers === fields, headers.get('X-TAG'), headers.all('x-tag'), [...headers][0]?.[0]];
    },
  });
  expect(await statusOf(server.url, { 'X-Tag': 'a' })).toBe(101);
  expect(seen).toEqual([true, 'a', ['a'], 'Host']);
});

describe('`connect`', () => {
  it('drops a transport before its first byte', async () => {
    const seen: string[] = [];
    const server = await serving({
      connect({ address }) {
        seen.push(address);
        return false;
      },
    });
    const raw = await rawClient(server.port);
    await raw.end();
    expect([raw.text, seen]).toEqual(['', ['127.0.0.1']]);
  });

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
    ['returns a promise', () => Promise.resolve(true)],
    ['returns a promise that rejects', () => Promise.reject(new Error('broken'))],
  ])('drops it where it %s, and reports that', async (_, decide) => {
    const report = vi.spyOn(console, 'error').mockReturnValue();
    const server = await serving({ connect: decide as () => boolean });
    const raw = await rawClient(server.port);
    await raw.end();
    expect(raw.text).toBe('');
    expect(report.mock.calls.length).toBeGreaterThan(0);
  });

  it('lets pass what it does not refuse', async () => {
    expect(await statusOf((await serving({ connect: () => undefined })).url)).toBe(101);
  });
});

describe('origins (J3, J4, J5, J6)', () => {
  it.each([
    ['https://*.ex.com', 'https://a.ex.com', 101],
    ['https://*.ex.com', 'https://ex.com', 403],
    ['https://*.ex.com', 'https://exxcom', 403],
    ['https://*.ex.com', 'https://ex.com.evil', 403],
    ['https://*.ex.com', 'https://a.b.ex.com', 403],
    ['https://*.ex.com', 'https://.ex.com', 403],
    ['https://*.ex.com', 'http://a.ex.com', 403],
    ['https://*.ex.com', 'https://a.ex.com:444', 403],
    ['https://*.ex.com', 'https://evil/a.ex.com', 403],
    ['https://*.ex.com', 'null', 403],
    ['null', 'null', 101],
  ])('the list [%s] answers %s with %i', async (listed, origin, status) => {
    const server = await serving({ origins: [listed] });
    expect(await statusOf(server.url, { Origin: origin })).toBe(status);
  });

  it('a request without one is refused where one is required', async () => {
    const server = await serving({ requireOrigin: true, origins: 'any' });
    expect(await statusOf(server.url)).toBe(403);
    expect(await statusOf(server.url, { Origin: 'http://a.example' })).toBe(101);
  });
});

describe('`httpError`', () => {
  it('refuses with JSON that nothing caches, sniffs or frames', async () => {
    const server = await serving({
      upgrade: () => httpError(403, 'no "token"', { hint: 'log in', status: 200, message: 'yes' }, { 'X-A': 'b' }),
    });
    const error: HandshakeError = await connect(server.url).then(
      () => expect.unreachable(),
      (reason) => reason,
    );
    expect(error).toBeInstanceOf(HandshakeError);
    expect(error.status).toBe(403);
    expect(JSON.parse(new TextDecoder().decode(error.body))).toEqual({
      status: 403,
      message: 'no "token"',
      hint: 'log in',
    });
    const names = ['content-type', 'cache-control', 'x-content-type-options', 'x-frame-options', 'x-a'];
    expect(names.map((name) => error.headers?.get(name))).toEqual([
      'application/json; charset=utf-8',
      'no-store',
      'nosniff',
      'DENY',
      'b',
    ]);
  });
});

describe('`close`', () => {
  it('reports how the connections ended', async () => {
    const server = await serving();
    await connect(server.url);
    const deaf = await rawClient(server.port);
    deaf.write(request());
    await deaf.head();
    expect(await server.close({ grace: 50 })).toEqual({ closed: 1, cut: 1 });
    expect(await server.close()).toEqual({ closed: 0, cut: 0 });
  });
});

it('the data a request is accepted with has its type in every handler', () => {
  type Options = NonNullable<Parameters<typeof serve<{ user: string }>>[0]>;
  expectTypeOf<Parameters<NonNullable<Options['message']>>[0]>().toEqualTypeOf<WebSocketConnection<{ user: string }>>();
  expectTypeOf<WebSocketConnection<{ user: string }>['data']>().toEqualTypeOf<{ user: string }>();
  expectTypeOf<Parameters<NonNullable<Options['upgrade']>>[0]>().toEqualTypeOf<ServerRequest>();
});
