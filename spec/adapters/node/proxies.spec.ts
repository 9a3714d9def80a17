import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { connect, DialTimeout, type NodeServer, serve, TunnelError } from '../../../adapters/node.ts';
import { selfSigned } from '../../support/certificates.ts';
import { httpProxy, socksProxy, type TestProxy } from '../../support/proxies.ts';
import { type RawServer, rawServer } from '../../support/raw-socket.ts';

const tls = selfSigned(); // for localhost and 127.0.0.1
const trust = { tls: { ca: tls.cert } };
let plain: NodeServer;
let secure: NodeServer;
const proxies: TestProxy[] = [];

beforeAll(async () => {
  const options = {
    upgrade: ({ target, fields }: { target: string; fields: { all(name: string): readonly string[] } }) => ({
      headers: { 'X-Asked': `${target} ${fields.all('host')} ${fields.all('proxy-authorization').length}` },
    }),
    message: (connection: { send(message: string | Uint8Array): boolean }, message: string | Uint8Array): void => {
      connection.send(message);
    },
  };
  plain = await serve(options);
  secure = await serve({ ...options, tls });
});

afterEach(() => Promise.all(proxies.splice(0).map((proxy) => proxy.close())));
afterAll(() => Promise.all([plain.close({ grace: 1 }), secure.close({ grace: 1 })]));

const kept = async (proxy: Promise<TestProxy>): Promise<TestProxy> => {
  proxies.push(await proxy);
  return proxy;
};

/** Connects, exchanges 200 kB, and closes in order. */
async function speaks(url: string, options: Parameters<typeof connect>[1]): Promise<string> {
  const client = await connect(url, options);
  const message = 'x'.repeat(200_000);
  client.send(message);
  expect(await client.receive()).toBe(message);
  expect(await client.close()).toMatchObject({ code: 1000, clean: true });
  return client.headers?.get('x-asked') ?? '';
}

describe('a connection through a proxy', () => {
  it.each([
    ['CONNECT', false, false],
    ['CONNECT', false, true],
    ['CONNECT over TLS', true, false],
    ['CONNECT over TLS', true, true],
  ])('by %s (%s), to a server with TLS: %s', async (_, proxyTls, serverTls) => {
    const server = serverTls ? secure : plain;
    const proxy = await kept(httpProxy(server.port, proxyTls ? tls : undefined));
    const url = `${serverTls ? 'wss' : 'ws'}://localhost:${server.port}/a?b`;
    const asked = await speaks(url, {
      ...trust,
      proxy: { url: `${proxyTls ? 'https' : 'http'}://us:pw@localhost:${proxy.port}`, tls: { ca: tls.cert } },
    });
    // The server sees what it would see without one, and never the proxy's credentials.
    expect(asked).toBe(`/a?b localhost:${server.port} 0`);
    expect(proxy.asked).toEqual([
      { authority: `localhost:${server.port}`, credentials: `Basic ${Buffer.from('us:pw').toString('base64')}` },
    ]);
  });

  it.each([
    [false, ''],
    [true, 'us:pw@'],
  ])('by SOCKS5, to a server with TLS: %s, as "%s"', async (serverTls, credentials) => {
    const server = serverTls ? secure : plain;
    const proxy = await kept(socksProxy(server.port));
    const url = `${serverTls ? 'wss' : 'ws'}://localhost:${server.port}/`;
    await speaks(url, { ...trust, proxy: `socks5://${credentials}127.0.0.1:${proxy.port}` });
    expect(proxy.asked).toEqual([
      { authority: `localhost:${server.port}`, credentials: credentials === '' ? undefined : 'us:pw' },
    ]);
  });

  it('has names resolved by the proxy, and asks it for where else to connect', async () => {
    const proxy = await kept(socksProxy(plain.port));
    const over = { proxy: `socks5://127.0.0.1:${proxy.port}` };
    expect(await speaks('ws://nowhere.invalid/', over)).toBe('/ nowhere.invalid 0');
    await speaks('ws://nowhere.invalid/', { ...over, host: '127.0.0.2', port: 99 });
    expect(proxy.asked.map(({ authority }) => authority)).toEqual(['nowhere.invalid:80', '127.0.0.2:99']);
  });

  it("verifies the server's certificate for the URL's host, not the proxy's, within the tunnel (I12)", async () => {
    const proxy = await kept(httpProxy(secure.port));
    const over = { proxy: `http://127.0.0.1:${proxy.port}` };
    await expect(connect('wss://other.example/', { ...trust, ...over })).rejects.toMatchObject({
      code: 'wrong-host',
    });
    await expect(connect('wss://localhost/', over)).rejects.toMatchObject({ code: 'untrusted-certificate' });
  });

  it('takes a proxy from the environment only when asked to', async () => {
    const proxy = await kept(httpProxy(plain.port));
    vi.stubEnv('all_proxy', `http://127.0.0.1:${proxy.port}`);
    vi.stubEnv('http_proxy', '');
    vi.stubEnv('no_proxy', 'localhost');
    try {
      await speaks(plain.url, {});
      await speaks(`ws://localhost:${plain.port}/`, { proxy: 'environment' });
      expect(proxy.asked).toEqual([]);
      await speaks(plain.url, { proxy: 'environment' });
      expect(proxy.asked).toHaveLength(1);
    } finally {
      vi.unstubAllEnvs();
    }
  });
});

describe('connecting elsewhere than the URL says', () => {
  it('asks for what the URL says, and verifies that', async () => {
    expect(await speaks('ws://name.example/x', { host: '127.0.0.1', port: plain.port })).toBe('/x name.example 0');
    const there = { host: '127.0.0.1', port: secure.port, ...trust };
    expect(await speaks('wss://localhost/', there)).toBe('/ localhost 0');
    await expect(connect('wss://name.example/', there)).rejects.toMatchObject({ code: 'wrong-host' });
  });
});

describe('a proxy that does not do it (K11, CH16)', () => {
  let proxy: RawServer;
  beforeEach(async () => {
    proxy = await rawServer();
  });
  afterEach(() => proxy.close());

  const through = (options: Parameters<typeof connect>[1] = {}): Promise<unknown> =>
    connect('ws://h.invalid/', { proxy: proxy.url.replace('ws:', 'http:'), ...options }).then(
      () => 'connected',
      (error: unknown) => error,
    );

  it.each([
    ['407', 'HTTP/1.1 407 No\r\nProxy-Authenticate: Basic\r\n\r\n', { status: 407 }],
    ['302', 'HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\n\r\n', { status: 302 }],
    ['1 MiB of head', `HTTP/1.1 200 OK\r\nA: ${'a'.repeat(1_048_576)}`, { status: undefined }],
    ['another protocol', '\x05\x00', { status: undefined }],
  ])('answers %s: one TunnelError, and the proxy is let go', async (_, answer, expected) => {
    const connecting = through({ redirects: 5 });
    const raw = await proxy.next();
    expect(await raw.head()).toContain('CONNECT h.invalid:80 HTTP/1.1\r\n');
    raw.write(answer);
    const error = await connecting;
    expect(error).toBeInstanceOf(TunnelError);
    expect(error).toMatchObject(expected);
    await raw.end();
  });

  it('answers 200 and ends', async () => {
    const connecting = through();
    const raw = await proxy.next();
    await raw.head();
    raw.socket.end('HTTP/1.1 200 OK\r\n\r\n');
    expect(await connecting).toMatchObject({ name: 'HandshakeError', cause: { violation: 'response-missing' } });
  });

  it('ends before it answers', async () => {
    const connecting = through();
    const raw = await proxy.next();
    await raw.head();
    raw.socket.end('HTTP/1.1 200');
    expect(await connecting).toMatchObject({ name: 'TunnelError' });
  });

  it('resets the connection', async () => {
    const connecting = through();
    const raw = await proxy.next();
    await raw.head();
    raw.socket.resetAndDestroy();
    expect(await connecting).toMatchObject({ code: 'lost' });
  });

  it('is silent, until the deadline "tunnel"', async () => {
    const connecting = through({ deadlines: { tunnel: 20 } });
    const raw = await proxy.next();
    const error = await connecting;
    expect(error).toBeInstanceOf(DialTimeout);
    expect(error).toMatchObject({ phase: 'tunnel' });
    await raw.end();
  });

  it('is silent about TLS, until the deadline "connecting"; so is a server', async () => {
    for (const [url, phase, options] of [
      ['wss://h.invalid/', 'connecting', { proxy: proxy.url.replace('ws:', 'https:') }],
      [proxy.url.replace('ws:', 'wss:'), 'connecting', {}],
    ] as const) {
      const connecting = connect(url, { ...options, deadlines: { connecting: 20 } });
      const refused = expect(connecting).rejects.toMatchObject({ name: 'DialTimeout', phase });
      const raw = await proxy.next();
      await refused;
      await raw.end();
    }
  });

  it('is silent about TLS within the tunnel, until the deadline "tunnel"', async () => {
    const connecting = connect('wss://h/', { proxy: proxy.url.replace('ws:', 'http:'), deadlines: { tunnel: 50 } });
    const refused = expect(connecting).rejects.toMatchObject({ name: 'DialTimeout', phase: 'tunnel' });
    const raw = await proxy.next();
    await raw.head();
    raw.write('HTTP/1.1 200 OK\r\n\r\n');
    await refused;
    await raw.end();
  });

  it.each(['', 'HTTP/1.1 20', 'HTTP/1.1 200 OK\r\n\r\n'])(
    'has answered "%s" when the signal fires (CH17)',
    async (part) => {
      const reason = new Error('no more');
      const controller = new AbortController();
      const connecting = through({ signal: controller.signal });
      const raw = await proxy.next();
      await raw.head();
      await new Promise((resolve) => {
        raw.socket.write(part, resolve);
      });
      controller.abort(reason);
      expect(await connecting).toBe(reason);
      await raw.end();
    },
  );

  it('answers with bytes behind its head, which are the beginning of the response', async () => {
    const connecting = through();
    const raw = await proxy.next();
    await raw.head();
    raw.write('HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n');
    expect(await connecting).toMatchObject({ name: 'HandshakeError', status: 503 });
  });
});
