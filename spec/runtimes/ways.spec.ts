/** Every way to a server, and every other client of an entry, in the real runtimes. */
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attach, serve } from '../../adapters/node.ts';
import { type Certificate, selfSigned } from '../support/certificates.ts';
import { httpProxy, socksProxy, type TestProxy } from '../support/proxies.ts';
import { USED_RECONNECTING, USED_STREAM, USED_WEBSOCKET } from './peers/clients.ts';
import type { Attempt } from './peers/entry.ts';
import { nextValue, start, startWorker, stopAll, workerConfig } from './processes.ts';
import { BUN, bundle, DENO, folder, NODE_20, NODE_26 } from './programs.ts';

const DENO_ARGS = [
  'run',
  '--no-prompt',
  '--no-check',
  '--allow-net',
  '--allow-env',
  '--allow-read',
  '--allow-write',
  '--allow-sys',
];
const RUNTIMES = {
  'Node 20': { name: 'node', program: NODE_20, args: [] },
  'Node 26': { name: 'node', program: NODE_26, args: [] },
  Deno: { name: 'deno', program: DENO, args: DENO_ARGS },
  Bun: { name: 'bun', program: BUN, args: ['run'] },
} as const;
type Runtime = (typeof RUNTIMES)[keyof typeof RUNTIMES];

async function ask({ name, program, args }: Runtime, peer: string, ...given: string[]): Promise<unknown> {
  return nextValue(start(program(), [...args, await bundle(`runtimes/peers/${peer}-${name}`), ...given]));
}

const unix = join(folder, 'ways.socket');
const unixTls = join(folder, 'ways-tls.socket');
let tls: Certificate;
let plain: number;
let secure: number;
const ends: (() => Promise<unknown>)[] = [];
const proxies = new Map<string, TestProxy>();

async function begin(): Promise<void> {
  tls = selfSigned();
  let count = 0;
  const http = createServer();
  const echo = attach(http, {
    subprotocols: ['echo'],
    message: (connection, message) => void connection.send(message),
  });
  // Says which of its connections one is, and ends it when it is told to.
  const counting = attach(http, {
    path: '/counting',
    open() {
      count++;
    },
    message(connection, message) {
      if (message === 'which?') connection.send(String(count));
      else void connection.close(1012, 'come back');
    },
    close() {
      if (count === 2) count = 0; // for the next runtime
    },
  });
  const redirecting = createServer();
  redirecting.on('upgrade', (_, socket) => {
    socket.on('error', () => {}); // a client need not read all of it
    socket.end(`HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:${plain}/\r\nContent-Length: 0\r\n\r\n`);
  });
  for (const server of [http, redirecting]) await new Promise<void>((go) => server.listen(0, '127.0.0.1', go));
  const local = await serve({ socketPath: unix, message: (connection, message) => void connection.send(message) });
  const encrypted = await serve({ tls, message: (connection, message) => void connection.send(message) });
  const localTls = await serve({
    socketPath: unixTls,
    tls,
    message: (connection, message) => void connection.send(message),
  });
  const port = (server: typeof http): number => (server.address() as AddressInfo).port; // it listens on an IP address
  plain = port(http);
  secure = encrypted.port;
  proxies.set('http', await httpProxy(plain));
  proxies.set('http wss', await httpProxy(secure));
  proxies.set('https', await httpProxy(plain, tls));
  proxies.set('socks', await socksProxy(plain));
  proxies.set('socks wss', await socksProxy(secure));
  const silent = createTcpServer((socket) => socket.on('error', () => {}));
  await new Promise<void>((go) => silent.listen(0, '127.0.0.1', go));
  proxies.set('silent', {
    port: (silent.address() as AddressInfo).port,
    asked: [],
    close: async () => void silent.close(),
  });
  proxies.set('http silent', await httpProxy(at('silent')));
  proxies.set('redirecting', { port: port(redirecting), asked: [], close: async () => void redirecting.close() });
  ends.push(
    () => echo.close({ grace: 1 }),
    () => counting.close({ grace: 1 }),
    () => encrypted.close({ grace: 1 }),
    () => local.close({ grace: 1 }),
    () => localTls.close({ grace: 1 }),
    async () => void http.close(),
    ...[...proxies.values()].map((proxy) => () => proxy.close()),
  );
}

beforeAll(begin);
afterAll(async () => {
  stopAll();
  await Promise.all(ends.map((end) => end()));
});

const at = (name: string): number => proxies.get(name)?.port ?? 0;

type Way = readonly [what: string, attempt: Attempt, outcome: string];

const inner = 'ws://inner.invalid/';

/** Ways that every runtime goes, and how; `trusting` says whom to trust, where that is an option. */
const ways = (trusting: object): readonly Way[] => [
  ['CONNECT', { url: inner, options: { proxy: `http://us:pw@127.0.0.1:${at('http')}` } }, 'echoed'],
  [
    'CONNECT, and TLS to the server',
    { url: 'wss://localhost/', options: { proxy: `http://127.0.0.1:${at('http wss')}`, ...trusting } },
    'echoed',
  ],
  [
    'CONNECT, and TLS to a server whose certificate is for the proxy’s host, and not for the URL’s',
    { url: 'wss://inner.invalid/', options: { proxy: `http://127.0.0.1:${at('http wss')}`, ...trusting } },
    'TransportError wrong-host',
  ],
  [
    'CONNECT over TLS',
    { url: inner, options: { proxy: { url: `https://127.0.0.1:${at('https')}`, ...trusting } } },
    'echoed',
  ],
  ['SOCKS5', { url: inner, options: { proxy: `socks5://us:pw@127.0.0.1:${at('socks')}` } }, 'echoed'],
  [
    'SOCKS5, and TLS to the server',
    { url: 'wss://localhost/', options: { proxy: `socks5://127.0.0.1:${at('socks wss')}`, ...trusting } },
    'echoed',
  ],
  ['a server that is no proxy', { url: inner, options: { proxy: `http://127.0.0.1:${plain}` } }, 'TunnelError'],
  ['a proxy that is not there', { url: inner, options: { proxy: 'http://127.0.0.1:1' } }, 'TransportError refused'],
  ['another place than the URL says', { url: inner, options: { host: '127.0.0.1', port: plain } }, 'echoed'],
  [
    'another place, with the certificate of the URL',
    { url: 'wss://localhost:1/', options: { host: '127.0.0.1', port: secure, ...trusting } },
    'echoed',
  ],
  [
    'another place, with a certificate that is not the URL’s',
    { url: 'wss://inner.invalid/', options: { host: '127.0.0.1', port: secure, ...trusting } },
    'TransportError wrong-host',
  ],
  ['a redirect', { url: `ws://127.0.0.1:${at('redirecting')}/`, options: { redirects: 1 } }, 'echoed'],
  ['a redirect that nobody asked for', { url: `ws://127.0.0.1:${at('redirecting')}/` }, 'HandshakeError'],
  [
    'a server that is silent about TLS',
    { url: `wss://127.0.0.1:${at('silent')}/`, options: { deadlines: { connecting: 100 } } },
    'DialTimeout connecting',
  ],
  [
    'another place that is silent about TLS',
    { url: `wss://localhost:${at('silent')}/`, options: { host: '127.0.0.1', deadlines: { connecting: 100 } } },
    'DialTimeout connecting',
  ],
  [
    'a proxy that is silent',
    { url: inner, options: { proxy: `http://127.0.0.1:${at('silent')}`, deadlines: { tunnel: 100 } } },
    'DialTimeout tunnel',
  ],
  [
    'a server that is silent about TLS, behind a proxy',
    {
      url: 'wss://localhost/',
      options: { proxy: `http://127.0.0.1:${at('http silent')}`, deadlines: { tunnel: 100 } },
    },
    'DialTimeout tunnel',
  ],
  [
    'a server that is silent about the request, for longer than connecting may take',
    { url: `ws://127.0.0.1:${at('silent')}/`, options: { deadlines: { connecting: 5_000, tunnel: 1, opening: 100 } } },
    'HandshakeError',
  ],
  [
    'a deadline that timers cannot hold',
    { url: `ws://127.0.0.1:${plain}/`, options: { deadlines: { connecting: 0 } } },
    'UsageError',
  ],
  ['a signal, while a server is silent about TLS', { url: `wss://127.0.0.1:${at('silent')}/`, signal: 50 }, GIVEN_UP],
  ['a signal, while nobody is silent', { url: `ws://127.0.0.1:${plain}/`, signal: 60_000 }, 'echoed'],
  [
    'a signal, while a proxy is silent',
    { url: inner, options: { proxy: `socks5://127.0.0.1:${at('silent')}` }, signal: 50 },
    GIVEN_UP,
  ],
];
/** The reason of `AbortSignal.timeout`. */
const GIVEN_UP = 'TimeoutError 23';

const waysOfProcesses = (): readonly Way[] => [
  ...ways({ tls: { ca: tls.cert } }),
  [
    'a Unix socket, for which no proxy is asked',
    { url: inner, options: { socketPath: unix, proxy: 'http://127.0.0.1:1' } },
    'echoed',
  ],
  [
    'a Unix socket with TLS',
    { url: 'wss://localhost/', options: { socketPath: unixTls, tls: { ca: tls.cert } } },
    'echoed',
  ],
  [
    'a Unix socket with a certificate that is not the URL’s',
    { url: 'wss://inner.invalid/', options: { socketPath: unixTls, tls: { ca: tls.cert } } },
    'TransportError wrong-host',
  ],
];

/** workerd trusts whom its configuration names, and tells of no failure what it was. */
const waysOfWorkers = (): readonly Way[] => [
  ...ways({}).map(
    ([what, attempt, outcome]): Way => [what, attempt, outcome.replace(/^TransportError .*/, 'TransportError unknown')],
  ),
  [
    'CONNECT over TLS, and TLS to the server',
    { url: 'wss://localhost/', options: { proxy: `https://127.0.0.1:${at('https')}` } },
    'UsageError',
  ],
  ['a proxy that the environment names', { url: inner, options: { proxy: 'environment' } }, 'UsageError'],
  ['a Unix socket', { url: inner, options: { socketPath: unix } }, 'UsageError'],
  ['a certificate to trust', { url: 'wss://localhost/', options: { tls: {} } }, 'UsageError'],
];

/** How each went, in words that a test can compare. */
const told = (expected: readonly Way[], outcomes: unknown): readonly string[] =>
  (outcomes as readonly string[]).map((outcome, i) => `${expected[i]?.[0]}: ${outcome}`);
const untold = (expected: readonly Way[]): readonly string[] =>
  expected.map(([what, , outcome]) => `${what}: ${outcome}`);

describe.each(Object.entries(RUNTIMES))('a client on %s', (_, runtime) => {
  it('goes through proxies, to other places, and where it is redirected, in time (CH16, CH17, I12, K11)', async () => {
    const expected = waysOfProcesses();
    const before = proxies.get('http')?.asked.length ?? 0;
    const outcomes = await ask(runtime, 'entry', 'connect', JSON.stringify(expected.map(([, each]) => each)));
    expect(told(expected, outcomes)).toEqual(untold(expected));
    expect(proxies.get('http')?.asked.slice(before)).toEqual([
      { authority: 'inner.invalid:80', credentials: 'Basic dXM6cHc=' }, // the name is the proxy's to look up
    ]);
  });

  it('is a WebSocket, a WebSocketStream, and one that comes back', async () => {
    const told = await ask(runtime, 'clients', `ws://127.0.0.1:${plain}/`);
    expect(told).toEqual([USED_WEBSOCKET, USED_STREAM, USED_RECONNECTING]);
  });
});

it('a client in workerd is a WebSocket, a WebSocketStream, and one that comes back', async () => {
  await bundle('runtimes/peers/clients-workers');
  const { ports } = await startWorker(workerConfig('clients-workers.mjs', [['http', 'http']]), ['http']);
  const body = `ws://127.0.0.1:${plain}/`;
  const response = await fetch(`http://127.0.0.1:${ports.get('http')}/`, { method: 'POST', body });
  expect(await response.json()).toEqual([USED_WEBSOCKET, USED_STREAM, USED_RECONNECTING]);
});

it('a client in workerd goes through proxies, to other places, and where it is redirected, in time (CH16, CH17, I12, K11)', async () => {
  await bundle('runtimes/peers/entry-workers');
  const trust = `trustBrowserCas = false, trustedCertificates = [${JSON.stringify(tls.cert)}]`;
  const { ports } = await startWorker(workerConfig('entry-workers.mjs', [['http', 'http']], trust), ['http']);
  const expected = waysOfWorkers();
  const before = proxies.get('http')?.asked.length ?? 0;
  const body = JSON.stringify(expected.map(([, each]) => each));
  const response = await fetch(`http://127.0.0.1:${ports.get('http')}/`, { method: 'POST', body });
  expect(told(expected, await response.json())).toEqual(untold(expected));
  expect(proxies.get('http')?.asked.slice(before)).toEqual([
    { authority: 'inner.invalid:80', credentials: 'Basic dXM6cHc=' },
  ]);
});
