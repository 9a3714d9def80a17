import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { attach, connect, type NodeServer, serve } from '../../../adapters/node.ts';
import { type Certificate, selfSigned } from '../../support/certificates.ts';
import { deferred, rawClient, request } from '../../support/raw-socket.ts';

let server: NodeServer;
let named: Certificate;
let address: Certificate;

beforeAll(async () => {
  named = selfSigned('DNS:localhost');
  address = selfSigned('IP:127.0.0.1');
  server = await serve({ tls: named, open: (connection) => void connection.send('secure') });
});

afterAll(async () => {
  await server.close({ grace: 1 });
});

const refused = (url: string, ca?: string): Promise<unknown> =>
  connect(url, { tls: ca === undefined ? undefined : { ca } }).then(
    () => 'connected',
    (error: NodeJS.ErrnoException) => error.code,
  );

it('refuses a certificate that nobody vouches for (I12, LT4)', async () => {
  expect(server.url).toMatch(/^wss:/);
  expect(await refused(`wss://localhost:${server.port}/`)).toBe('untrusted-certificate');
});

it('refuses a certificate of another host, names and addresses alike (I12)', async () => {
  expect(await refused(server.url, named.cert)).toBe('wrong-host');
});

it('accepts the right host by the right authority, and speaks', async () => {
  const client = await connect(`wss://localhost:${server.port}/`, { tls: { ca: named.cert } });
  for await (const message of client) {
    expect(message).toBe('secure');
    break;
  }
  expect(await client.close()).toMatchObject({ code: 1000, clean: true });
});

it('accepts an address that the certificate names, and that one only (I12)', async () => {
  const own = await serve({ tls: address });
  const client = await connect(own.url, { tls: { ca: address.cert } });
  expect(await client.close()).toMatchObject({ clean: true });
  expect(await refused(`wss://localhost:${own.port}/`, address.cert)).toBe('wrong-host');
  await own.close();
});

it('does not speak TLS to a server that does not, nor the other way round', async () => {
  const plain = await serve();
  await expect(connect(plain.url.replace('ws:', 'wss:'))).rejects.toThrow();
  await expect(connect(server.url.replace('wss:', 'ws:'))).rejects.toThrow();
  await plain.close();
});

it('answers a ClientHello on a plain port with 400, and does not wait for more', async () => {
  const plain = await serve();
  const raw = await rawClient(plain.port);
  raw.write(Buffer.from('16030100fa010000f60303', 'hex'));
  await raw.end();
  expect(raw.text).toMatch(/^HTTP\/1\.1 400 /);
  raw.socket.destroy();
  await plain.close();
});

it('closes while a peer is in the middle of a TLS handshake', async () => {
  const own = await serve({ tls: named });
  const raw = await rawClient(own.port);
  const client = await connect(`wss://localhost:${own.port}/`, { tls: { ca: named.cert } }); // the other was accepted before
  await Promise.all([own.close(), client.closed]);
  await raw.end();
  raw.socket.destroy();
});

it.each([
  ['says nothing', ''],
  ['stops in the middle of its ClientHello', '16030100fa010000f60303'],
])('drops a peer that %s once the TLS handshake has taken too long (LT5)', async (_, hello) => {
  const own = await serve({ tls: { ...named, handshakeTimeout: 50 } });
  const raw = await rawClient(own.port);
  raw.write(Buffer.from(hello, 'hex'));
  await raw.end();
  expect(raw.text).toBe('');
  raw.socket.destroy();
  await own.close();
});

it('closes a peer that speaks TLS and then says nothing, at the opening deadline with 408', async () => {
  const own = await serve({ tls: named, deadlines: { opening: 30 } });
  const socket = connectTls({ host: 'localhost', port: own.port, ca: named.cert });
  const text: string[] = [];
  socket.on('data', (data: Buffer) => text.push(data.toString('latin1')));
  await once(socket, 'close');
  expect(text.join('')).toMatch(/^HTTP\/1\.1 408 /);
  await own.close();
});

it('answers the end of a peer attached to an https server with a Close, and without an error', async () => {
  const http = createServer(named);
  const over = deferred<{ code: number; error: unknown }>();
  attach(http, { close: (_, closed) => over.resolve(closed) });
  await once(http.listen(0, '127.0.0.1'), 'listening');
  const { port } = http.address() as AddressInfo; // it listens on an IP address
  const where = { host: 'localhost', port, ca: named.cert, allowHalfOpen: true };
  const socket = connectTls(where);
  const chunks: Buffer[] = [];
  socket.on('data', (data: Buffer) => chunks.push(data));
  socket.write(request());
  await once(socket, 'data');
  socket.end();
  await once(socket, 'end');
  expect(Buffer.concat(chunks).subarray(-2).toString('hex')).toBe('8800');
  expect(await over.promise).toMatchObject({ code: 1006, error: undefined });
  http.close();
});
