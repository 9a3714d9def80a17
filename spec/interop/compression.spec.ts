/** permessage-deflate with the peers that speak it, seen on the wire. */
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { type CompressionOptions, connect, type NodeServer, serve } from '../../adapters/node.ts';

const LONG = JSON.stringify(Array.from({ length: 400 }, (_, i) => ({ id: i, name: `name ${i % 7}` })));
const MESSAGES = [
  LONG,
  'short',
  new Uint8Array(5_000),
  LONG,
  '',
  Uint8Array.from({ length: 3_000 }, (_, i) => (i * i) % 251),
  LONG,
];

/** What peers may agree on, as options of ours and of ws. */
const TERMS: readonly (readonly [string, CompressionOptions, object])[] = [
  ['the defaults', {}, {}],
  ['no context takeover', { serverNoContextTakeover: true, clientNoContextTakeover: true }, {}],
  ['no context takeover, as ws has it', {}, { serverNoContextTakeover: true, clientNoContextTakeover: true }],
  ['small windows', { serverMaxWindowBits: 9, clientMaxWindowBits: 9 }, {}],
  ['small windows, as ws has it', {}, { serverMaxWindowBits: 10, clientMaxWindowBits: 10 }],
  ['everything compressed', { threshold: 0 }, { threshold: 0 }],
];

let server: NodeServer | undefined;
let foreign: WebSocketServer | undefined;
afterEach(async () => {
  await server?.close({ grace: 100 });
  for (const client of foreign?.clients ?? []) client.terminate();
  foreign?.close();
  server = undefined;
  foreign = undefined;
});

const plain = (data: string | Uint8Array): string =>
  typeof data === 'string' ? `text ${data}` : `binary ${Buffer.from(data).toString('hex')}`;

describe.each(TERMS)('with %s', (_, ours, theirs) => {
  it('ws is answered what it sent, and the wire is short', async () => {
    server = await serve({ compression: ours, message: (connection, message) => void connection.send(message) });
    const client = new WebSocket(server.url, { perMessageDeflate: theirs });
    await once(client, 'open');
    expect(client.extensions).toContain('permessage-deflate');
    const got: string[] = [];
    const done = new Promise<void>((resolve) => {
      client.on('message', (data: Buffer, binary: boolean) => {
        if (got.push(plain(binary ? data : data.toString())) === MESSAGES.length) resolve();
      });
    });
    for (const message of MESSAGES) client.send(message);
    await done;
    expect(got).toEqual(MESSAGES.map(plain));
    const { bytesRead } = (client as unknown as { _socket: Socket })._socket; // ws has no other name for it
    expect(bytesRead).toBeLessThan(LONG.length);
    client.close();
    await once(client, 'close');
  });

  it('a server of ws answers what it was sent', async () => {
    foreign = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: theirs });
    foreign.on('connection', (socket) => socket.on('message', (data, binary) => socket.send(data, { binary })));
    await once(foreign, 'listening');
    const { port } = foreign.address() as AddressInfo; // it listens on an IP address
    const client = await connect(`ws://127.0.0.1:${port}/`, { compression: ours });
    expect(client.extensions).toContain('permessage-deflate');
    for (const message of MESSAGES) client.send(message);
    const got: string[] = [];
    for await (const message of client) if (got.push(plain(message)) === MESSAGES.length) break;
    expect(got).toEqual(MESSAGES.map(plain));
    expect(await client.close()).toMatchObject({ code: 1000, clean: true });
  });
});
