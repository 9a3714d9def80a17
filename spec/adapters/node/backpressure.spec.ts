import { describe, expect, it } from 'vitest';
import { connect, serve, type WebSocketConnection } from '../../../adapters/node.ts';
import { deferred, eventually, rawClient, request } from '../../support/raw-socket.ts';
import { bytes, frame } from '../../support/wire.ts';

const KEY = bytes('37fa213d');
const CHUNK = new Uint8Array(100_000);

/** Sends until that is to stop, and returns how many messages that took. */
function fill(connection: WebSocketConnection): number {
  let count = 1;
  while (connection.send(CHUNK)) count++;
  return count;
}

describe('a peer that does not read', () => {
  it('stops a program that heeds `send`, and all arrives once it reads', async () => {
    const opened = deferred<WebSocketConnection>();
    let drains = 0;
    const server = await serve({ open: (connection) => opened.resolve(connection), drain: () => void drains++ });
    const raw = await rawClient(server.port);
    raw.write(request());
    await raw.head();
    raw.socket.pause();
    const connection = await opened.promise;
    let count = 0;
    let waiting = deferred<boolean>();
    for (let stuck = false; !stuck; ) {
      count += fill(connection);
      expect(connection.bufferedAmount).toBeLessThan(400_000);
      waiting = deferred<boolean>();
      const { resolve } = waiting;
      void connection.drained().then(() => resolve(true));
      // Loopback takes what it takes within a few turns; then only the peer can help.
      let turns = 0;
      let drained = false;
      void waiting.promise.then(() => {
        drained = true;
      });
      await eventually(() => drained || ++turns > 2_000);
      stuck = !drained;
    }
    raw.socket.resume();
    expect(await waiting.promise).toBe(true);
    expect(drains).toBeGreaterThan(0);
    await eventually(() => connection.bufferedAmount === 0);
    const head = raw.text.indexOf('\r\n\r\n') + 4;
    await raw.until(() => raw.received.length >= head + count * (CHUNK.length + 10));
    expect(raw.received.length).toBe(head + count * (CHUNK.length + 10));
    raw.socket.resetAndDestroy();
    await server.close();
  });

  it('is given up where the program does not stop, and `drained` is settled', async () => {
    const opened = deferred<WebSocketConnection>();
    const server = await serve({ limits: { queueBytes: 1_000_000 }, open: (connection) => opened.resolve(connection) });
    const raw = await rawClient(server.port);
    raw.write(request());
    await raw.head();
    raw.socket.pause();
    const connection = await opened.promise;
    fill(connection);
    const drained = connection.drained();
    while (connection.phase === 'open') {
      connection.send(CHUNK);
      expect(connection.bufferedAmount).toBeLessThan(1_200_000);
    }
    await drained;
    expect(await connection.closed).toMatchObject({ code: 1006, error: { violation: 'queue-too-big' } });
    raw.socket.destroy();
    await server.close();
  });
});

describe('a peer that goes on sending and reads nothing', () => {
  it('is given up by the keepalive, and not held for ever (B13)', async () => {
    const opened = deferred<WebSocketConnection>();
    const server = await serve({
      deadlines: { ping: 50, pong: 50 },
      open: (connection) => opened.resolve(connection),
    });
    const raw = await rawClient(server.port);
    raw.write(request());
    await raw.head();
    raw.socket.pause();
    const connection = await opened.promise;
    const pinging = setInterval(() => raw.write(frame(0x89, bytes('61'), KEY)), 5);
    while (connection.phase === 'open') {
      // Until loopback takes no more, and a little waits.
      if (connection.bufferedAmount < 200_000) connection.send(CHUNK);
      await new Promise((resolve) => setImmediate(resolve));
    }
    clearInterval(pinging);
    expect(await connection.closed).toMatchObject({
      code: 1006,
      error: { violation: 'pong-missing' },
    });
    expect(connection.bufferedAmount).toBe(0);
    raw.socket.destroy();
    await server.close();
  });
});

describe('a program that is at work', () => {
  it('holds its peer back, loses nothing, and answers Pings meanwhile', async () => {
    const work = deferred();
    const started = deferred();
    const lengths: number[] = [];
    const server = await serve({
      async message(_, message) {
        started.resolve();
        await work.promise;
        lengths.push(message.length);
      },
    });
    const client = await connect(server.url);
    client.send('first');
    await started.promise;
    const raw = await rawClient(server.port);
    raw.write(Buffer.concat([Buffer.from(request()), frame(0x81, bytes('61'), KEY), frame(0x89, bytes('70'), KEY)]));
    await raw.until(() => raw.frames.some(({ first }) => first === 0x8a));
    raw.socket.resetAndDestroy();
    const count = 300;
    for (let i = 0; i < count; i++) client.send(CHUNK); // 30 MB, far above what may wait here and in the kernel
    let turns = 0;
    await eventually(() => ++turns > 2_000);
    expect(client.bufferedAmount).toBeGreaterThan(1_000_000);
    work.resolve();
    await client.close();
    await eventually(() => server.connections.size === 0);
    expect(lengths.filter((length) => length === CHUNK.length)).toHaveLength(count);
    await server.close();
  });
});
