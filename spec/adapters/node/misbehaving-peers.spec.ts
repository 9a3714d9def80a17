import { deflateRawSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { connect, type NodeServer, serve, type WebSocketConnection } from '../../../adapters/node.ts';
import {
  acceptance,
  deferred,
  eventually,
  type RawServer,
  rawClient,
  rawServer,
  request,
} from '../../support/raw-socket.ts';
import { bytes, frame, join } from '../../support/wire.ts';

const KEY = bytes('37fa213d');
const open: (NodeServer | RawServer)[] = [];
const serving = async (options: Parameters<typeof serve<undefined>>[0] = {}): Promise<NodeServer> => {
  const server = await serve(options);
  open.push(server);
  return server;
};
afterEach(async () => {
  for (const server of open.splice(0)) await server.close({ grace: 1 });
});

/** A message of DEFLATE data that becomes `length` zeros. */
const bomb = (length: number): Uint8Array => {
  const compressed = deflateRawSync(new Uint8Array(length), { finishFlush: 2 }).subarray(0, -4);
  return frame(0xc2, new Uint8Array(compressed), KEY);
};

describe('a violation in the chunk of the handshake (D9)', () => {
  it('is seen by a program of the server that looks later', async () => {
    const opened = deferred<WebSocketConnection>();
    const server = await serving({ open: (connection) => opened.resolve(connection) });
    const raw = await rawClient(server.port);
    raw.write(join([new TextEncoder().encode(request()), bytes('ffff')]));
    await raw.end();
    raw.socket.end();
    const connection = await opened.promise;
    await eventually(() => server.connections.size === 0);
    expect(await connection.closed).toMatchObject({
      code: 1006,
      clean: false,
      error: { violation: 'opcode-reserved' },
    });
    expect(await connection.receive()).toBeUndefined();
  });

  it('is seen by a program of the client that looks later', async () => {
    const server = await rawServer();
    open.push(server);
    const connecting = connect(server.url);
    const raw = await server.next();
    raw.write(join([new TextEncoder().encode(acceptance(await raw.head())), bytes('ffff')]));
    const connection = await connecting;
    await raw.end();
    raw.socket.end();
    expect(await connection.closed).toMatchObject({ code: 1006, error: { violation: 'opcode-reserved' } });
  });
});

it('a hundred connections with impossible lengths are all failed, and the server goes on (A2, A6)', async () => {
  const server = await serving();
  const peers = await Promise.all(Array.from({ length: 100 }, () => rawClient(server.port)));
  for (const raw of peers)
    raw.write(join([new TextEncoder().encode(request()), bytes('82ff ffffffffffffffff 00000000')]));
  await Promise.all(peers.map((raw) => raw.end()));
  for (const raw of peers) {
    expect(raw.frames.map(({ first, payload }) => [first, payload[0], payload[1]])).toEqual([[0x88, 0x03, 0xea]]);
    raw.socket.end();
  }
  await eventually(() => server.connections.size === 0);
  const next = await connect(server.url);
  expect(await next.close()).toMatchObject({ code: 1000 });
});

describe('a program without a single handler (D10)', () => {
  it.each<[string, Uint8Array, number]>([
    ['a violation', bytes('ffff'), 1002],
    ['an unmasked frame', bytes('8100'), 1002],
    ['text that is not UTF-8', frame(0x81, bytes('ff'), KEY), 1007],
    ['a message above the limit', frame(0x82, new Uint8Array(1_001), KEY), 1009],
    ['a Close that may not be sent', frame(0x88, bytes('03ed'), KEY), 1002],
    ['data that is not compressed (C3)', frame(0xc1, bytes('ffff'), KEY), 1007],
    ['data that becomes a thousand times as much (C3)', bomb(1_000_000), 1009],
  ])('fails a connection for %s, with one Close, and serves the next', async (_, wire, code) => {
    const server = await serving({ compression: true, limits: { messageBytes: 1_000 } });
    const raw = await rawClient(server.port);
    raw.write(request('/', ['Sec-WebSocket-Extensions: permessage-deflate']));
    await raw.head();
    raw.write(wire);
    await raw.end();
    expect(raw.frames.map(({ first }) => first)).toEqual([0x88]);
    expect(raw.frames[0]?.payload.subarray(0, 2)).toEqual(Uint8Array.of(code >> 8, code & 255));
    raw.socket.end();
    await raw.closed;
    const next = await connect(server.url);
    expect(await next.close()).toMatchObject({ code: 1000, clean: true });
  });

  it('outlives servers that fail its connections', async () => {
    const server = await rawServer();
    open.push(server);
    for (const wire of ['ffff', '8180000000 00', '8101ff', 'c10100', '880103']) {
      const connecting = connect(server.url);
      const raw = await server.next();
      raw.write(acceptance(await raw.head()));
      const connection = await connecting;
      raw.write(bytes(wire));
      await raw.end();
      raw.socket.end();
      expect((await connection.closed).code).toBe(1006);
    }
  });
});

describe('a peer that is gone while we send, ping and close (D11)', () => {
  const chatter = async (connection: WebSocketConnection, steps: number): Promise<void> => {
    for (let i = 0; i < steps && connection.phase !== 'closed'; i++) {
      connection.send('x'.repeat(1 + (i % 3) * 1_000));
      connection.ping(`${i}`);
      if (i % 7 === 6) await connection.drained();
      else await Promise.resolve();
    }
    await connection.close(4000);
  };

  it('settles everything at a server', async () => {
    const ended: Promise<void>[] = [];
    const server = await serving({ open: (connection) => void ended.push(chatter(connection, 40)) });
    for (let i = 0; i < 100; i++) {
      const raw = await rawClient(server.port);
      raw.write(request());
      await raw.until(() => raw.received.length > i * 37);
      raw.socket.resetAndDestroy();
      await raw.closed;
    }
    await Promise.all(ended);
    expect(ended).toHaveLength(100);
    await eventually(() => server.connections.size === 0);
  });

  it('settles everything at a client', async () => {
    const server = await rawServer();
    open.push(server);
    for (let i = 0; i < 100; i++) {
      const connecting = connect(server.url);
      const raw = await server.next();
      raw.write(acceptance(await raw.head()));
      const connection = await connecting;
      const talking = chatter(connection, 40);
      const target = raw.received.length + i * 37;
      await raw.until(() => raw.received.length >= target);
      raw.socket.resetAndDestroy();
      await talking;
      expect((await connection.closed).code).toBe(1006);
    }
  });
});
