/** The npm package `ws`, as a client of our server and as a server to our client. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import WebSocket, { WebSocketServer } from 'ws';
import { connect, serve, type WebSocketServerOptions } from '../../adapters/node.ts';
import type { Closed } from '../../core/index.ts';
import { selfSigned } from '../support/certificates.ts';
import { hasPeer } from './peer.ts';

const openssl = hasPeer('openssl', 'openssl', 'version');

const MiB = 1_048_576;
const MESSAGES: readonly (readonly [string, string | Buffer])[] = [
  ['text', 'Grüße, 世界, 🌍'],
  ['an empty text', ''],
  ['binary', Buffer.from([0, 1, 127, 128, 255])],
  ['an empty binary', Buffer.alloc(0)],
  ['16 MiB of binary', randomBytes(16 * MiB)],
  ['16 MiB of text', 'ä€𝄞 '.repeat(1_677_722)],
];
const CLOSES: readonly (readonly [number, string])[] = [
  [1000, ''],
  [1001, 'going'],
  [1011, 'ä'.repeat(61)],
  [3000, 'registered'],
  [4999, 'private'],
];

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** Equality of much, without a diff of it. */
function expectSame(got: string | Uint8Array | undefined, sent: string | Buffer): void {
  if (typeof sent === 'string') {
    expect(typeof got).toBe('string');
    expect(got === sent, 'the same text').toBe(true);
  } else {
    expect(got).toBeInstanceOf(Uint8Array);
    expect(sent.equals(got as Uint8Array), 'the same bytes').toBe(true); // just looked at
  }
}

describe('our server', () => {
  /** An echo server of ours, what it saw, and a `ws` that is open. */
  async function open(options: WebSocketServerOptions = {}, protocols: string[] = []) {
    const seen: unknown[] = [];
    const { promise: ended, resolve } = deferred<Closed>();
    const server = await serve({
      message: (connection, message) => {
        connection.send(message);
      },
      ping: (_connection, payload) => seen.push(['ping', text(payload)]),
      pong: (_connection, payload) => seen.push(['pong', text(payload)]),
      close: (_connection, closed) => resolve(closed),
      ...options,
    });
    cleanUps.push(() => server.close({ grace: 100 }));
    const client = new WebSocket(server.url, protocols);
    cleanUps.push(() => client.terminate());
    await once(client, 'open');
    const [connection] = server.connections;
    if (connection === undefined) throw new Error('the server has no connection');
    return { client, connection, seen, ended };
  }

  it.each(MESSAGES)('echoes %s to ws', async (_what, sent) => {
    const { client } = await open();
    client.send(sent);
    expectSame(await received(client), sent);
  });

  it('reads a message that ws sends in fragments, with a Ping between them', async () => {
    const { client, seen } = await open();
    client.send('Gr', { fin: false });
    client.ping('between');
    client.send(Buffer.from([0xc3]), { fin: false }); // half of a character
    client.send(Buffer.from([0xbc]), { fin: false });
    client.send('', { fin: false });
    client.send('ße', { fin: true });
    expect(await received(client)).toBe('Grüße');
    expect(seen).toEqual([['ping', 'between']]);
  });

  it('answers a Ping of ws, and has its own answered', async () => {
    const { client, connection, seen } = await open();
    const pong = once(client, 'pong');
    client.ping('from ws');
    expect(String((await pong)[0])).toBe('from ws');
    const ping = once(client, 'ping');
    connection.ping('from us');
    expect(String((await ping)[0])).toBe('from us');
    client.send('after the Pong');
    await received(client);
    expect(seen).toEqual([
      ['ping', 'from ws'],
      ['pong', 'from us'],
    ]);
  });

  it('agrees with ws on the subprotocol it prefers', async () => {
    const { client, connection } = await open({ subprotocols: ['b', 'a'] }, ['a', 'b', 'c']);
    expect([client.protocol, connection.subprotocol]).toEqual(['b', 'b']);
  });

  it('declines the compression that ws offers', async () => {
    const { client, connection } = await open();
    expect([client.extensions, connection.extensions]).toEqual(['', '']);
  });

  it.each(CLOSES)('takes a Close of ws with %i', async (code, reason) => {
    const { client, ended } = await open();
    const closed = once(client, 'close');
    client.close(code, reason);
    expect(await ended).toMatchObject({ code, reason, clean: true, sent: { code }, error: undefined });
    expect((await closed)[0]).toBe(code);
  });

  it('takes a Close of ws without a code', async () => {
    const { client, ended } = await open();
    client.close();
    expect(await ended).toMatchObject({ code: 1005, reason: '', clean: true });
  });

  it.each(CLOSES)('has its Close with %i taken by ws', async (code, reason) => {
    const { client, connection } = await open();
    const closed = once(client, 'close');
    expect(await connection.close(code, reason)).toMatchObject({ code, clean: true, sent: { code, reason } });
    const [gotCode, gotReason] = await closed;
    expect([gotCode, String(gotReason)]).toEqual([code, reason]);
  });

  it('notices that ws is gone without a Close', async () => {
    const { client, ended } = await open();
    client.terminate();
    expect(await ended).toMatchObject({ code: 1006, clean: false });
  });

  it('refuses ws with the status and body of its program', async () => {
    const server = await serve({ upgrade: () => ({ status: 401, body: 'who are you?' }) });
    cleanUps.push(() => server.close());
    const client = new WebSocket(server.url);
    const [, response] = await once(client, 'unexpected-response');
    expect(response.statusCode).toBe(401);
    expect(String(Buffer.concat(await response.toArray()))).toBe('who are you?');
  });

  it('fails ws with 1009 for a message above its limit', async () => {
    const { client, ended } = await open({ limits: { messageBytes: 1_000 } });
    const closed = once(client, 'close');
    client.send(Buffer.alloc(1_001));
    expect((await closed)[0]).toBe(1009);
    expect(await ended).toMatchObject({ sent: { code: 1009 }, error: { violation: 'message-too-big' } });
  });
});

describe('our client', () => {
  /** A `ws` server, its end of the connection, and ours. */
  async function open(subprotocols: string[] = []) {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: true });
    cleanUps.push(() => server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo; // it listens on an IP address
    const connected = once(server, 'connection');
    const connection = await connect(`ws://127.0.0.1:${port}/path?query`, { subprotocols });
    const [peer, request]: [WebSocket, { url: string }] = (await connected) as [WebSocket, { url: string }]; // as ws has it
    cleanUps.push(() => peer.terminate());
    return { connection, peer, request };
  }

  it.each(MESSAGES)('has %s echoed by ws', async (_what, sent) => {
    const { connection, peer } = await open();
    peer.on('message', (data, binary) => peer.send(data, { binary }));
    connection.send(sent);
    for await (const message of connection) {
      expectSame(message, sent);
      break;
    }
  });

  it('asks for the path and query of its URL', async () => {
    const { request } = await open();
    expect(request.url).toBe('/path?query');
  });

  it('reads a message that ws sends in fragments', async () => {
    const { connection, peer } = await open();
    for (let i = 0; i < 1_000; i++) peer.send(Buffer.from([i & 255]), { fin: false });
    peer.send(Buffer.alloc(0), { fin: true });
    for await (const message of connection) {
      expectSame(message, Buffer.from(Array.from({ length: 1_000 }, (_, i) => i & 255)));
      break;
    }
  });

  it('answers a Ping of ws, and has its own answered', async () => {
    const { connection, peer } = await open();
    const [pong, ping] = [once(peer, 'pong'), once(peer, 'ping')];
    peer.ping('from ws');
    connection.ping('from us');
    expect(String((await pong)[0])).toBe('from ws');
    expect(String((await ping)[0])).toBe('from us');
  });

  it('agrees with ws on a subprotocol', async () => {
    const { connection, peer } = await open(['first', 'second']);
    expect([connection.subprotocol, peer.protocol]).toEqual(['first', 'first']);
  });

  it.each(CLOSES)('takes a Close of ws with %i', async (code, reason) => {
    const { connection, peer } = await open();
    peer.close(code, reason);
    expect(await connection.closed).toMatchObject({ code, reason, clean: true, sent: { code }, error: undefined });
  });

  it.each(CLOSES)('has its Close with %i taken by ws', async (code, reason) => {
    const { connection, peer } = await open();
    const closed = once(peer, 'close');
    expect(await connection.close(code, reason)).toMatchObject({ code, clean: true, sent: { code, reason } });
    const [gotCode, gotReason] = await closed;
    expect([gotCode, String(gotReason)]).toEqual([code, reason]);
  });

  it('learns the status ws refuses with', async () => {
    const server = new WebSocketServer({
      port: 0,
      host: '127.0.0.1',
      verifyClient: (_info, decide) => decide(false, 403),
    });
    cleanUps.push(() => server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo; // it listens on an IP address
    await expect(connect(`ws://127.0.0.1:${port}/`)).rejects.toMatchObject({ name: 'HandshakeError', status: 403 });
  });
});

describe.skipIf(!openssl)('over TLS', () => {
  let tls: ReturnType<typeof selfSigned>;
  beforeAll(() => {
    tls = selfSigned();
  });

  it('our server echoes to a ws that trusts its certificate', async () => {
    const server = await serve({ tls, message: (connection, message) => void connection.send(message) });
    cleanUps.push(() => server.close({ grace: 100 }));
    const client = new WebSocket(server.url, { ca: tls.cert });
    cleanUps.push(() => client.terminate());
    await once(client, 'open');
    const sent = randomBytes(MiB);
    client.send(sent);
    expectSame(await received(client), sent);
    const closed = once(client, 'close');
    client.close(1000);
    expect((await closed)[0]).toBe(1000);
  });

  it('our client is echoed by a ws whose certificate it trusts, and refuses it by default', async () => {
    const https = createTlsServer(tls);
    const server = new WebSocketServer({ server: https });
    cleanUps.push(() => https.close());
    server.on('connection', (peer) => peer.on('message', (data, binary) => peer.send(data, { binary })));
    await once(https.listen(0, '127.0.0.1'), 'listening');
    const { port } = https.address() as AddressInfo; // it listens on an IP address
    const url = `wss://127.0.0.1:${port}/`;
    await expect(connect(url)).rejects.toMatchObject({ code: 'untrusted-certificate' });
    const connection = await connect(url, { tls: { ca: tls.cert } });
    const sent = randomBytes(MiB);
    connection.send(sent);
    for await (const message of connection) {
      expectSame(message, sent);
      break;
    }
    expect(await connection.close(4000, 'over TLS')).toMatchObject({ code: 4000, clean: true });
  });
});

describe('over a Unix socket', () => {
  it('our server echoes to ws, and our client is echoed by our server', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sansocket-'));
    cleanUps.push(() => rmSync(folder, { recursive: true }));
    const socketPath = join(folder, 'socket');
    const server = await serve({ socketPath, message: (connection, message) => void connection.send(message) });
    cleanUps.push(() => server.close({ grace: 100 }));

    const client = new WebSocket(`ws+unix:${socketPath}:/path`);
    await once(client, 'open');
    client.send('over a Unix socket');
    expect(await received(client)).toBe('over a Unix socket');
    client.close();
    await once(client, 'close');

    const connection = await connect('ws://localhost/', { socketPath });
    connection.send('over a Unix socket, too');
    for await (const message of connection) {
      expect(message).toBe('over a Unix socket, too');
      break;
    }
    expect(await connection.close()).toMatchObject({ code: 1000, clean: true });
  });
});

/** The next message of a `ws`: a string for text. */
async function received(client: WebSocket): Promise<string | Buffer> {
  const [data, binary] = await once(client, 'message');
  return binary ? data : String(data);
}

function text(payload: Uint8Array): string {
  return Buffer.from(payload).toString();
}

function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
