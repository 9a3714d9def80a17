import { describe, expect, it } from 'vitest';
import { broadcast, connect, PreparedMessage, serve, type WebSocketConnection } from '../../../adapters/node.ts';
import { deferred, eventually, rawClient, request } from '../../support/raw-socket.ts';

describe('a broadcast', () => {
  it('reaches every open connection, in order with what is sent otherwise', async () => {
    const server = await serve();
    const clients = await Promise.all([1, 2, 3].map(() => connect(server.url)));
    await eventually(() => server.connections.size === 3);
    for (const connection of server.connections) connection.send('before');
    expect(await server.broadcast('to all')).toBe(3);
    expect(await server.broadcast(new PreparedMessage(Uint8Array.of(1, 2)))).toBe(3);
    for (const client of clients) {
      expect(await client.receive()).toBe('before');
      expect(await client.receive()).toBe('to all');
      expect(await client.receive()).toEqual(Uint8Array.of(1, 2));
    }
    const [first, ...others] = clients;
    await first?.close();
    await eventually(() => server.connections.size === 2);
    expect(await server.broadcast('to the rest')).toBe(2);
    for (const client of others) expect(await client.receive()).toBe('to the rest');
    await server.close();
  });

  it('passes over what is closing, and masks what clients send', async () => {
    const received = deferred<unknown>();
    const server = await serve({ message: (_connection, message) => received.resolve(message) });
    const [client, closing] = await Promise.all([connect(server.url), connect(server.url)]);
    void closing.close();
    expect(await broadcast([client, closing], 'from a client')).toBe(1);
    expect(await received.promise).toBe('from a client');
    await server.close();
  });
});

it.each(['explode', null])('a broadcast knows no other way with who is slow, such as %j', async (slow) => {
  const how = { slow } as unknown as { slow: 'wait' };
  expect(() => broadcast([], 'x', how)).toThrow(`the option "slow" is one of wait, skip, drop, not ${slow}`);
});

it('a broadcast passes over who is in the middle of a streamed message, and reaches the others', async () => {
  const server = await serve();
  const clients = await Promise.all([1, 2].map(() => connect(server.url)));
  await eventually(() => server.connections.size === 2);
  const [first] = server.connections;
  const more = deferred<string>();
  const begun = deferred();
  const sending = first?.sendStream(
    (async function* () {
      yield 'one ';
      begun.resolve();
      yield await more.promise;
    })(),
  );
  await begun.promise;
  expect(await server.broadcast('to all')).toBe(1);
  more.resolve('two');
  expect(await sending).toBe(true);
  expect((await Promise.all(clients.map((client) => client.receive()))).sort()).toEqual(['one two', 'to all']);
  await server.close();
});

describe('a broadcast to a slow receiver (B14)', () => {
  /** A connection whose peer does not read, until it is told to, with more waiting than may. */
  async function slow(): Promise<{
    readonly connection: WebSocketConnection;
    read(): void;
    end(): Promise<unknown>;
  }> {
    const opened = deferred<WebSocketConnection>();
    const server = await serve({ open: (connection) => opened.resolve(connection) });
    const raw = await rawClient(server.port);
    raw.write(request());
    await raw.head();
    raw.socket.pause();
    const connection = await opened.promise;
    // More than any socket's buffers take.
    connection.send(new Uint8Array(32 << 20), { transfer: true });
    return {
      connection,
      read: () => void raw.socket.resume(),
      end: () => {
        raw.socket.resetAndDestroy();
        return server.close();
      },
    };
  }

  it('leaves it out with `skip`', async () => {
    const { connection, end } = await slow();
    const before = connection.bufferedAmount;
    expect(await broadcast([connection], 'not for you', { slow: 'skip' })).toBe(0);
    expect(connection.bufferedAmount).toBeLessThanOrEqual(before);
    expect(connection.phase).toBe('open');
    await end();
  });

  it('ends it with `drop`', async () => {
    const { connection, end } = await slow();
    expect(await broadcast(new Set([connection]), 'not for you', { slow: 'drop' })).toBe(0);
    expect((await connection.closed).code).toBe(1006);
    await end();
  });

  it('sends, and waits until it has room, with `wait`, the default', async () => {
    const { connection, read, end } = await slow();
    let settled = false;
    const done = broadcast([connection], 'for you, too').then((sent) => {
      settled = true;
      return sent;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(settled).toBe(false);
    read();
    expect(await done).toBe(1);
    expect(connection.bufferedAmount).toBeLessThanOrEqual(65_536);
    await end();
  });

  it('waits no longer for one that has ended', async () => {
    const { connection, end } = await slow();
    const done = broadcast([connection], 'for you, too');
    connection.terminate();
    expect(await done).toBe(1);
    await end();
  });
});
