import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type InspectorServer, startInspector } from '../../../adapters/inspector/inspector-server.ts';
import type { HubMessage } from '../../../adapters/inspector/protocol.ts';
import { registered } from '../../../adapters/inspector/registry.ts';
import {
  attach,
  connect,
  HandshakeError,
  PreparedMessage,
  serve,
  upgrade,
  type WebSocketConnection,
} from '../../../adapters/node.ts';
import { rawClient } from '../../support/raw-socket.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inspect-'));
  process.env.SANSOCKET_INSPECTORS = join(folder, 'inspectors');
  await writeFile(join(folder, 'index.html'), '<!doctype html>');
  await writeFile(join(folder, 'page.js'), '1;');
  await writeFile(join(folder, 'secret.txt'), 'not a part of the page');
});
afterAll(async () => {
  delete process.env.SANSOCKET_INSPECTORS;
  await rm(folder, { recursive: true });
});

/** A page as far as the hub is concerned. */
async function page(url: string): Promise<{ connection: WebSocketConnection; read(): Promise<HubMessage> }> {
  const connection = await connect(`${url.replace('http', 'ws')}socket`);
  return { connection, read: async () => JSON.parse(String(await connection.receive())) as HubMessage }; // our own
}

describe('the inspector', () => {
  let inspector: InspectorServer;
  let port = 0;
  let place = '';
  beforeEach(async () => {
    inspector = await startInspector(0, pathToFileURL(`${folder}/`));
    port = Number(new URL(inspector.url).port);
    place = new URL(inspector.url).pathname;
  });
  afterEach(() => inspector.close());

  /** The status line and the fields that a request is answered with. */
  const ask = async (target: string, fields: readonly string[], method = 'GET'): Promise<string> => {
    const raw = await rawClient(port);
    const head = await raw.write([`${method} ${target} HTTP/1.1`, ...fields, '\r\n'].join('\r\n')).head();
    raw.socket.destroy();
    return head;
  };
  const status = async (...given: Parameters<typeof ask>): Promise<number> =>
    Number((await ask(...given)).slice(9, 12));
  const upgrade = (...fields: string[]): string[] => [
    ...fields,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
  ];
  const host = (): string => `Host: 127.0.0.1:${port}`;

  it('listens on loopback, at an address that has 256 random bits in it', async () => {
    expect(inspector.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}\/$/);
    const another = await startInspector(0);
    expect(new URL(another.url).pathname).not.toBe(place);
    await another.close();
  });

  it('serves the files of the page, and no other, to a browser that may load nothing else', async () => {
    const response = await fetch(inspector.url);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('<!doctype html>');
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/);
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect((await fetch(`${inspector.url}page.js`)).headers.get('content-type')).toMatch('text/javascript');
    for (const name of ['secret.txt', '..%2fsecret.txt', '../secret.txt', 'page.js/', 'socket', '%00', 'PAGE.JS']) {
      expect(await status(`${place}${name}`, [host()]), name).toBe(404);
    }
    expect(await status(place, [host()], 'POST')).toBe(405);
  });

  it('has nothing for who does not know the token', async () => {
    const token = place.slice(1, -1);
    const wrong = ['x', token.slice(1), `${token}x`, token.toUpperCase(), `%2e${token}`, '..'];
    for (const given of wrong) {
      expect(await status(`/${given}/`, [host()]), given).toBe(404);
      expect(await status(`/${given}/socket`, upgrade(host())), given).toBe(404);
    }
    expect(await status('/', [host()])).toBe(404);
    expect(await status(`/${token}`, [host()])).toBe(404);
    expect(await status(`/socket?token=${token}`, upgrade(host()))).toBe(404);
  });

  it.each([
    '10.0.2.555',
    'evil.example',
    'localhost.',
    '127.1',
    '0x7f.1',
    '[::1]',
    '[::ffff:7f00:1]',
    '127.0.0.1.evil.example',
    'evil.example@127.0.0.1',
  ])('F17: refuses the Host %s, token or not, for a name may have been bound anew', async (name) => {
    expect(await status(place, [`Host: ${name}:${port}`])).not.toBe(200);
    expect(await status(`${place}socket`, upgrade(`Host: ${name}:${port}`))).not.toBe(101);
    expect(await status(place, [host().replace(String(port), '1')])).toBe(403);
  });

  it.each([
    'http://evil.example',
    'https://127.0.0.1',
    'http://127.0.0.1',
    'http://127.0.0.1:1',
    'http://127.0.0.1.evil.example',
    'null',
    'file://',
    '',
  ])('J1, J2: refuses the Origin %j, token or not', async (origin) => {
    expect(await status(`${place}socket`, upgrade(host(), `Origin: ${origin}`))).toBe(403);
    expect(await status(place, [host(), `Origin: ${origin}`])).toBe(403);
  });

  it('lets its own page connect, by either name', async () => {
    for (const name of ['127.0.0.1', 'localhost']) {
      const fields = [`Host: ${name}:${port}`, `Origin: http://${name}:${port}`];
      expect(await status(`${place}socket`, upgrade(...fields))).toBe(101);
    }
    expect(await status(`${place}socket`, upgrade(host(), 'Origin: http://localhost:1'))).toBe(403);
  });

  it('closes on a page that says what no page says', async () => {
    const { connection } = await page(inspector.url);
    connection.send('{"type":"format"}');
    expect(await connection.closed).toMatchObject({ code: 1008 });
    const binary = await page(inspector.url);
    binary.connection.send(Uint8Array.of(1));
    expect(await binary.connection.closed).toMatchObject({ code: 1008 });
  });

  it('has room for sixteen pages', async () => {
    const pages = await Promise.all(Array.from({ length: 16 }, () => page(inspector.url)));
    const refused = await page(inspector.url).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(HandshakeError);
    expect(refused).toMatchObject({ status: 503 });
    await pages[0]?.connection.close();
    const next = await page(inspector.url);
    expect(await next.read()).toMatchObject({ type: 'hello' });
  });
});

describe('serve({ inspect })', () => {
  it('shows its connections, until the server closes', async () => {
    const server = await serve({ inspect: true, message: (connection, message) => void connection.send(message) });
    const { url = '' } = server.inspector ?? {};
    expect(await registered()).toMatchObject([{ pid: process.pid, url }]);
    const { connection, read } = await page(url);
    expect(await read()).toMatchObject({ type: 'hello', version: 1, process: { pid: process.pid } });
    connection.send('{"type":"watch","connections":"all"}');
    const client = await connect(server.url, { headers: { Cookie: 'id=sesame' } });
    client.send('Hello');
    await client.receive();
    await client.close(1000, 'done');
    let told = '';
    let message = await read();
    while (message.type !== 'batch' || !message.connections.some(({ closed }) => closed !== null)) {
      told += JSON.stringify(message);
      message = await read();
    }
    told += JSON.stringify(message);
    expect(message.connections).toMatchObject([
      { id: 1, role: 'server', peer: '127.0.0.1', messagesIn: 1, messagesOut: 1, closed: { code: 1000, clean: true } },
    ]);
    expect(told).toContain(Buffer.from('Hello').toString('base64'));
    expect(told).not.toContain('sesame');
    const ended = connection.closed;
    await server.close();
    expect(await ended).toMatchObject({ code: 1001 });
    expect(await registered()).toEqual([]);
    await expect(fetch(url)).rejects.toThrow();
  });

  it('has one page for all of a process: the last that closes ends it', async () => {
    const one = await serve({ inspect: true });
    const other = await serve({ inspect: true });
    const url = one.inspector?.url ?? '';
    expect(other.inspector?.url).toBe(url);
    const client = await connect(other.url, { inspect: true });
    await one.close();
    await client.close();
    expect((await fetch(url)).status).toBeLessThan(500); // it is there, whether or not the page is built
    await other.close();
    await expect(fetch(url)).rejects.toThrow();
  });

  it('listens on the port it is given, and on no other at the same time', async () => {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as AddressInfo; // it listens on an IP address
    await expect(serve({ inspect: { port } })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await new Promise((resolve) => probe.close(resolve));
    const server = await serve({ inspect: { port } });
    expect(new URL(server.inspector?.url ?? '').port).toBe(String(port));
    await expect(serve({ inspect: { port: 1 } })).rejects.toThrow('already');
    await server.close();
  });

  it('leaves nothing behind where the server itself cannot listen, nor a client connect', async () => {
    const server = await serve();
    expect(server.inspector).toBeUndefined();
    await expect(serve({ port: server.port, inspect: true })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await server.close();
    await expect(connect(server.url, { inspect: true })).rejects.toThrow();
    expect(await registered()).toEqual([]);
  });
});

describe('on an HTTP server', () => {
  let http: Server;
  let port = 0;
  beforeEach(async () => {
    http = createServer();
    await once(http.listen(0, '127.0.0.1'), 'listening');
    port = (http.address() as AddressInfo).port; // it listens on an IP address
  });
  afterEach(() => {
    http.closeAllConnections();
    http.close();
  });

  /** The heads that a page is shown, and the paths of the connections. */
  const seenBy = async (url: string): Promise<{ heads: string[]; paths: string[] }> => {
    const { connection, read } = await page(url);
    connection.send('{"type":"watch","connections":"all"}');
    let message = await read();
    while (message.type !== 'batch' || message.entries.length === 0) message = await read();
    const heads = message.entries.flatMap((entry) =>
      entry.kind === 'head' ? [Buffer.from(entry.payload, 'base64').toString().split('\r\n')[0] ?? ''] : [],
    );
    await connection.close();
    return { heads, paths: message.connections.map(({ path }) => path) };
  };

  it('attach({ inspect }) shows each connection from its request on, though it came before the inspector', async () => {
    const server = attach(http, { inspect: true });
    const client = await connect(`ws://127.0.0.1:${port}/chat?room=1`);
    expect(await seenBy((await server.inspector)?.url ?? '')).toEqual({
      heads: ['GET /chat?room=1 HTTP/1.1', 'HTTP/1.1 101 Switching Protocols'],
      paths: ['/chat'],
    });
    await client.close();
    await server.close();
  });

  it('attach({ inspect }) serves its connections though there can be no inspector', async () => {
    const reports = vi.spyOn(console, 'error').mockReturnValue();
    const server = attach(http, { inspect: { port } });
    const client = await connect(`ws://127.0.0.1:${port}/`);
    await expect(server.inspector).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect(await client.close()).toMatchObject({ clean: true });
    await server.close();
    expect(reports).toHaveBeenCalledOnce();
    reports.mockRestore();
  });

  it('upgrade({ inspect }) has one page for all connections of the server, until that has closed', async () => {
    http.on('upgrade', (request, socket, head) => void upgrade(request, socket, head, { inspect: true }));
    const first = await connect(`ws://127.0.0.1:${port}/one`);
    const [{ url } = { url: '' }] = await registered();
    await first.close();
    const second = await connect(`ws://127.0.0.1:${port}/two`);
    const { heads, paths } = await seenBy(url);
    expect(paths).toEqual(['/one', '/two']);
    expect(heads.filter((head) => head.startsWith('GET'))).toEqual(['GET /one HTTP/1.1', 'GET /two HTTP/1.1']);
    await second.close();
    await new Promise((resolve) => http.close(resolve));
    await expect.poll(registered).toEqual([]);
  });

  it('upgrade({ inspect }) rejects where the page cannot listen, and may be tried again', async () => {
    const results: unknown[] = [];
    http.on('upgrade', async (request, socket, head) => {
      results.push(await upgrade(request, socket, head, { inspect: { port } }).catch((error: unknown) => error));
      results.push(await upgrade(request, socket, head, { inspect: true }));
    });
    const client = await connect(`ws://127.0.0.1:${port}/`);
    expect(results[0]).toMatchObject({ code: 'EADDRINUSE' });
    expect(await registered()).toHaveLength(1);
    await client.close();
  });
});

it('shows messages that were compressed, both ways, as the program has them', async () => {
  const server = await serve({ inspect: true, compression: { threshold: 0 }, messages: 'whole' });
  const { connection, read } = await page(server.inspector?.url ?? '');
  connection.send('{"type":"watch","connections":"all"}');
  const client = await connect(server.url, { compression: { threshold: 0 } });
  client.send('a'.repeat(3_000));
  const [served] = server.connections;
  expect(await served?.receive()).toBe('a'.repeat(3_000));
  served?.send('b'.repeat(2_000));
  served?.send('plain', { compress: false });
  await served?.sendStream(['c'.repeat(1_000), 'd'.repeat(1_000)]);
  await server.broadcast(new PreparedMessage('e'.repeat(500)));
  for (let i = 0; i < 4; i++) await client.receive();
  const messages: string[] = [];
  const frames: string[] = [];
  while (messages.length < 4) {
    const told = await read();
    for (const entry of told.type === 'batch' ? told.entries : []) {
      if (entry.kind === 'frame') frames.push(`${entry.direction} ${entry.rsv1}`);
      if (entry.kind !== 'message') continue;
      const text = Buffer.from(entry.payload, 'base64').toString();
      messages.push(`${entry.direction} ${entry.text} ${entry.length} ${text[0]}`);
      expect(entry.compressed).toBe(true);
      expect(entry.wireLength).toBeLessThan(60);
    }
  }
  expect(messages).toEqual(['in true 3000 a', 'out true 2000 b', 'out true 2000 c', 'out true 500 e']);
  expect(frames).toContain('out false');
  await client.close();
  await server.close();
});
