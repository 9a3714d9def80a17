/** permessage-deflate with the peers that speak it, seen on the wire. */
import { createHash } from 'node:crypto';
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

/** The sizes and terms of the cases 12 and 13 of the Autobahn test suite, and windows of 8 bits. */
const SIZES = [16, 64, 256, 1_024, 4_096, 8_192, 16_384, 32_768, 65_536, 131_072];
const SETTINGS: readonly (readonly [string, CompressionOptions])[] = [
  ['13.1', {}],
  ['13.2', { serverNoContextTakeover: true, clientNoContextTakeover: true }],
  ['13.3', { serverMaxWindowBits: 9, clientMaxWindowBits: 9 }],
  ['13.4', { serverMaxWindowBits: 15, clientMaxWindowBits: 15 }],
  [
    '13.5',
    { serverMaxWindowBits: 9, clientMaxWindowBits: 9, serverNoContextTakeover: true, clientNoContextTakeover: true },
  ],
  ['13.6', { serverMaxWindowBits: 15, clientMaxWindowBits: 15, serverNoContextTakeover: true }],
  ['13.7', { serverMaxWindowBits: 12, clientNoContextTakeover: true }],
  ['8 bits', { serverMaxWindowBits: 8, clientMaxWindowBits: 8 }],
];
const SAMPLES: readonly (string | Uint8Array)[] = SIZES.flatMap((size) => [
  LONG.repeat(Math.ceil(size / LONG.length)).slice(0, size),
  Uint8Array.from({ length: size }, (_, i) => ((i * i) >>> 3) % 251),
]);
const digest = (data: string | Uint8Array): string =>
  `${typeof data} of ${data.length}: ${createHash('sha1').update(data).digest('hex')}`;
const thirds = <T extends string | Uint8Array>(data: T): T[] => {
  const third = Math.ceil(data.length / 3);
  return [0, 1, 2].map((i) => data.slice(i * third, (i + 1) * third) as T); // of a string a string, of bytes bytes
};

describe.each(SETTINGS)('sizes from 16 B to 128 KiB, whole and in fragments, as in %s', (_, terms) => {
  const compression = { ...terms, threshold: 0 };

  it('come back from our server to ws', async () => {
    let count = 0;
    server = await serve({
      compression,
      // Every other one in fragments.
      message: async (connection, message) => {
        if (++count % 2 === 0) await connection.sendStream(thirds(message));
        else connection.send(message);
      },
    });
    const client = new WebSocket(server.url, { perMessageDeflate: { threshold: 0 } });
    const got: string[] = [];
    client.on('message', (data: Buffer, binary: boolean) => {
      got.push(digest(binary ? data : data.toString()));
      if (got.length === 2 * SAMPLES.length) client.close();
    });
    await once(client, 'open');
    expect(client.extensions).toContain('permessage-deflate');
    for (const sample of SAMPLES) {
      client.send(sample);
      const parts = thirds(sample);
      for (const [i, part] of parts.entries()) client.send(part, { fin: i === parts.length - 1 });
    }
    await once(client, 'close');
    expect(got).toEqual(SAMPLES.flatMap((sample) => [digest(sample), digest(sample)]));
  });

  it('come back from a server of ws to us', async () => {
    foreign = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: { threshold: 0 } });
    foreign.on('connection', (socket) =>
      socket.on('message', (data: Buffer, binary) => {
        const parts = thirds(data);
        for (const [i, part] of parts.entries()) socket.send(part, { binary, fin: i === parts.length - 1 });
      }),
    );
    await once(foreign, 'listening');
    const { port } = foreign.address() as AddressInfo; // it listens on an IP address
    const client = await connect(`ws://127.0.0.1:${port}/`, { compression });
    expect(client.extensions).toContain('permessage-deflate');
    for (const sample of SAMPLES) {
      client.send(sample);
      await client.sendStream(thirds(sample));
      for (let i = 0; i < 2; i++) expect(digest((await client.receive()) ?? '')).toBe(digest(sample));
    }
    expect(await client.close()).toMatchObject({ code: 1000, clean: true });
  });
});
