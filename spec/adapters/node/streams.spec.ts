import { describe, expect, it } from 'vitest';
import { connect, IncompleteMessage, serve, type WebSocketConnection } from '../../../adapters/node.ts';
import { UsageError } from '../../../core/index.ts';
import { type Certificate, selfSigned } from '../../support/certificates.ts';
import { pseudoRandom } from '../../support/opened.ts';
import { deferred } from '../../support/raw-socket.ts';

const CHUNK = new Uint8Array(65_536);
const UNLIMITED = { messageBytes: Infinity, frameBytes: Infinity, fragments: Infinity };

async function pair(options: { readonly compression?: boolean; readonly tls?: Certificate } = {}) {
  const accepted = deferred<WebSocketConnection>();
  const shared = { messages: 'chunks', limits: UNLIMITED, ...options } as const;
  const server = await serve({
    ...shared,
    open: (connection) => accepted.resolve(connection),
    error() {},
  });
  const client = await connect(server.url, { ...shared, tls: { ca: options.tls?.cert } });
  return { client, peer: await accepted.promise, url: server.url, close: () => server.close({ grace: 100 }) };
}

/** Counts what it yields, and yields 64 KiB each time. */
function source(count: number) {
  const state = { yielded: 0, over: false };
  async function* yields() {
    try {
      for (; state.yielded < count; state.yielded++) yield CHUNK;
    } finally {
      state.over = true;
    }
  }
  return { state, pieces: yields() };
}

describe('a streamed message', () => {
  it('arrives with the bytes it was sent with, whole messages around it', async () => {
    const { client, peer, close } = await pair();
    client.send('before');
    const sent = client.sendStream([Uint8Array.of(1, 2), Uint8Array.of(3)]);
    expect(await sent).toBe(true);
    expect(await client.sendStream(['a', '\ud83d', '\ude00'])).toBe(true);
    expect(await client.sendStream([Uint8Array.of(0xc3), Uint8Array.of(0xa4)], { text: true })).toBe(true);
    expect(await client.sendStream([])).toBe(true);
    void client.close();
    const read: unknown[] = [];
    for await (const message of peer.streams()) {
      const chunks: (string | number)[] = [];
      for await (const chunk of message) chunks.push(...chunk);
      read.push([message.kind, chunks.join(' ')]);
    }
    expect(read).toEqual([
      ['text', 'b e f o r e'],
      ['binary', '1 2 3'],
      ['text', 'a 😀'],
      ['text', 'ä'],
      ['binary', ''],
    ]);
    await close();
  });

  it.each([
    ['client', 'plain', {}],
    ['server', 'plain', {}],
    ['client', 'compressed', { compression: true }],
    ['server', 'compressed', { compression: true }],
    ['client', 'over TLS', { tls: selfSigned('IP:127.0.0.1') }],
  ] as const)('that a %s sends from the same memory again and again is not harmed: %s', async (side, _, options) => {
    const { client, peer, close } = await pair(options);
    const [sender, receiver] = side === 'client' ? [client, peer] : [peer, client];
    const pieces = [70_000, 65_536, 1, 300_000, 131_072].map((length) => {
      const piece = new Uint8Array(length);
      pseudoRandom(length)(piece);
      return piece.fill(7, 0, length / 2); // one half shrinks, the other does not
    });
    const sent = sender.sendStream(pieces);
    const { value: message } = await receiver.streams().next();
    const received: Uint8Array[] = [];
    for await (const chunk of message ?? []) {
      received.push(Buffer.from(chunk));
      await new Promise((resolve) => setImmediate(resolve)); // it takes its time, so that bytes wait
    }
    expect(await sent).toBe(true);
    expect(Buffer.concat(received).equals(Buffer.concat(pieces))).toBe(true);
    await close();
  });

  it('is sent no faster than the peer takes it, and the rest is skipped where that leaves the loop', async () => {
    const { client, peer, close } = await pair();
    const { state, pieces } = source(1_000);
    const sent = client.sendStream(pieces).then(() => client.send('next'));
    const messages = peer.streams();
    const first = await messages.next();
    let chunks = 0;
    for await (const chunk of first.value ?? []) {
      expect(chunk.length).toBeGreaterThan(0);
      if (++chunks === 5) break;
    }
    expect(state.yielded).toBeLessThan(1_000); // 64 MB fit into no buffer of loopback
    const next = await messages.next();
    expect(next.value?.kind).toBe('text');
    for await (const chunk of next.value ?? []) expect(chunk).toBe('next');
    await sent;
    expect(state.yielded).toBe(1_000);
    await close();
  });

  it('that breaks off is incomplete, and fails the connection with 1011', async () => {
    const { client, peer, close } = await pair();
    async function* broken() {
      yield 'half';
      throw new RangeError('no more');
    }
    const sent = client.sendStream(broken());
    await expect(sent).rejects.toThrow(RangeError);
    const { value: message } = await peer.streams().next();
    const chunks: unknown[] = [];
    await expect(
      (async () => {
        for await (const chunk of message ?? []) chunks.push(chunk);
      })(),
    ).rejects.toThrow(IncompleteMessage);
    expect(chunks).toEqual(['half']);
    expect((await peer.closed).code).toBe(1011);
    await close();
  });

  it('is abandoned by a close, and its source is told', async () => {
    const { client, close } = await pair();
    const { state, pieces } = source(Infinity);
    const sent = client.sendStream(pieces);
    void client.close();
    client.terminate();
    expect(await sent).toBe(false);
    expect(state.over).toBe(true);
    await close();
  });

  it('is taken once, and before the next one', async () => {
    const { client, peer, close } = await pair();
    await client.sendStream(['a']);
    client.send('b');
    const messages = peer.streams();
    const { value: first } = await messages.next();
    await messages.next();
    await expect(first?.[Symbol.asyncIterator]().next()).rejects.toThrow(UsageError);
    await close();
  });

  it('is not listened for where it would never be heard', async () => {
    const options = { messages: 'chunks', message() {} } as const;
    await expect(serve(options)).rejects.toThrow(UsageError);
    const { peer, url, close } = await pair();
    await expect(connect(url, options)).rejects.toThrow(UsageError);
    await expect(peer.receive()).rejects.toThrow(UsageError);
    await expect(
      (async () => {
        for await (const message of peer) expect(message).toBe('never');
      })(),
    ).rejects.toThrow(UsageError);
    await close();
  });

  it('needs the option, and pieces of one kind', async () => {
    const { client, url, close } = await pair();
    const whole = await connect(url);
    expect(() => whole.streams()).toThrow(UsageError);
    await expect(client.sendStream('text')).rejects.toThrow(UsageError);
    for (const none of [undefined, null, 5, {}, Promise.resolve('x')]) {
      await expect(client.sendStream(none as unknown as string[])).rejects.toThrow(
        /^pieces are what an iterable yields, not /,
      );
    }
    await expect(client.sendStream(['text', CHUNK, Uint8Array.of(0xff)])).rejects.toThrow(TypeError);
    expect(client.phase).not.toBe('open');
    expect(await client.sendStream(['x'])).toBe(false);
    await close();
  });
});
