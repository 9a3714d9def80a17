/** What a connection keeps of what has passed: nothing (B16–B19). */
import { expect, test } from 'vitest';
import { nodeDeflate } from '../../adapters/runtimes/node-deflate.ts';
import { Connection, type Output, permessageDeflate } from '../../core/index.ts';
import { collect, inUse } from '../support/memory.ts';
import { opened } from '../support/opened.ts';
import { bytes, frame } from '../support/wire.ts';

const MIB = 2 ** 20;
const KEY = bytes('37fa213d');

/** A client and a server joined without a network, which keep nothing of what is put out. */
function joined(compressed: boolean): { client: Connection; messages: () => number } {
  let count = 0;
  const extensions = compressed ? [permessageDeflate({ deflate: nodeDeflate })] : [];
  const deliver = (to: () => Connection) => (output: Output) => {
    if (output.type === 'request') server.accept();
    if (output.type === 'message') count++;
    if (output.type === 'write') for (const chunk of output.chunks) to().receive(chunk.slice());
  };
  const client: Connection = new Connection({
    role: 'client',
    request: { host: 'x', target: '/' },
    getRandomValues: (target) => crypto.getRandomValues(target),
    output: deliver(() => server),
    extensions,
  });
  const server: Connection = new Connection({ role: 'server', output: deliver(() => client), extensions });
  client.start();
  return { client, messages: () => count };
}

test.each([
  ['as it is', false],
  ['compressed', true],
])('a message that was sent %s is referred to by nobody (B18)', async (_, compressed) => {
  const { client, messages } = joined(compressed);
  const sent = (): WeakRef<ArrayBuffer> => {
    const message = new Uint8Array(MIB).fill(7);
    client.send(message, { transfer: true });
    return new WeakRef(message.buffer);
  };
  const reference = sent();
  await collect();
  expect([reference.deref(), messages()]).toEqual([undefined, 1]);
  client.send('still at work');
  expect(messages()).toBe(2);
});

test('a message that was received is referred to by nobody, and its buffer is not kept (B18, B19)', async () => {
  let reference: WeakRef<object> | undefined;
  const { connection, outputs } = opened('server', {
    output: (output) => {
      if (output.type === 'message' && output.data instanceof Uint8Array) reference = new WeakRef(output.data.buffer);
    },
  });
  const before = await inUse();
  const receive = (first: number): void => connection.receive(frame(first, new Uint8Array(4 * MIB), KEY));
  for (const first of [0x02, 0x80]) receive(first);
  expect(reference).toBeDefined();
  outputs.length = 0;
  expect((await inUse()) - before).toBeLessThan(MIB / 8);
  expect(reference?.deref()).toBeUndefined();
  expect(connection.state).toBe('open');
});

test('a message that broke a rule is let go before the transport has ended (B16)', async () => {
  const { connection, outputs } = opened('server', { limits: { messageBytes: 8 * MIB } });
  const receive = (first: number, count: number): void => connection.receive(frame(first, new Uint8Array(count), KEY));
  receive(0x02, 10);
  const before = await inUse();
  receive(0x00, 6 * MIB);
  expect((await inUse()) - before).toBeGreaterThan(5 * MIB);
  receive(0x00, 3 * MIB);
  outputs.splice(0, outputs.length - 1); // the error is kept
  expect((await inUse()) - before).toBeLessThan(2 * MIB);
  expect(connection.state).toBe('closing.failed');
});

test('Pings that are never answered leave nothing behind, and silence still ends the connection (B16)', async () => {
  const { connection, outputs } = opened('client', { deadlines: { ping: 10, pong: 5 } });
  const ping = (count: number): void => {
    for (let i = 0; i < count; i++) {
      connection.ping(`${i}`);
      outputs.length = 0;
    }
  };
  ping(1_000);
  const before = await inUse();
  ping(100_000);
  expect((await inUse()) - before).toBeLessThan(MIB / 2);
  expect(connection.bufferedAmount).toBe(0);
  for (let i = 0; i < 3; i++) connection.expire();
  expect(connection.state).toBe('closing.failed');
});

test.each(['client', 'server'] as const)(
  'Pongs that nobody asked for leave nothing behind at a %s (B10)',
  async (role) => {
    const { connection, outputs } = opened(role);
    const receive = (count: number): void => {
      const pong = frame(0x8a, new Uint8Array(125), role === 'server' ? KEY : undefined);
      for (let i = 0; i < count; i++) {
        connection.receive(pong.slice());
        outputs.length = 0;
      }
    };
    receive(1_000);
    const before = await inUse();
    receive(100_000);
    expect((await inUse()) - before).toBeLessThan(MIB / 2);
    expect(connection.state).toBe('open');
  },
);

test.each([
  ['in order', (connection: Connection): unknown => connection.receive(frame(0x88, bytes('03e8'), KEY))],
  ['by a violation', (connection: Connection): unknown => connection.receive(bytes('83'))],
  [
    'by data that is not compressed',
    (connection: Connection): unknown => connection.receive(frame(0xc2, bytes('ffff'), KEY)),
  ],
  [
    'in the middle of a message',
    (connection: Connection): unknown => connection.receive(frame(0x41, bytes('f248cd'), KEY)),
  ],
  ['at once', (connection: Connection): unknown => connection.abort()],
  ['without a word', (): unknown => undefined],
])('an engine is released by a connection that ends %s (B20)', (_, end) => {
  const live = new Set<object>();
  const counted = <Context extends { release(): void }>(context: Context): Context => {
    live.add(context);
    const release = context.release.bind(context);
    return Object.assign(context, {
      release() {
        live.delete(context);
        release();
      },
    });
  };
  const extension = permessageDeflate({
    deflate: {
      deflater: (options) => counted(nodeDeflate.deflater(options)),
      inflater: (options) => counted(nodeDeflate.inflater(options)),
    },
    threshold: 0,
  });
  for (let i = 0; i < 50; i++) {
    const connection: Connection = new Connection({
      role: 'server',
      extensions: [extension],
      output: ({ type }) => void (type === 'request' && connection.accept()),
    });
    connection.receive(
      new TextEncoder().encode(
        'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
          'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n' +
          'Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n',
      ),
    );
    connection.receive(frame(0xc1, bytes('f248cdc9c90700'), KEY));
    connection.send('a'.repeat(1_000));
    expect(live.size).toBe(2);
    end(connection);
    connection.transportClosed();
    expect(live.size).toBe(0);
  }
});
