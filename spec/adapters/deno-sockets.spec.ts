import { afterEach, expect, it, vi } from 'vitest';
import type { TransportUser } from '../../adapters/driver.ts';
import { listen } from '../../adapters/runtimes/deno-sockets.ts';

/** A connection of Deno that reads chunks of these lengths, each full of the number of its read, and then its end. */
function connection(lengths: readonly number[]): { memories: ArrayBufferLike[] } {
  const memories: ArrayBufferLike[] = [];
  const conn = {
    remoteAddr: {},
    async read(target: Uint8Array): Promise<number | null> {
      const length = lengths[memories.length];
      if (length === undefined) return null;
      target.fill(memories.push(target.buffer), 0, length);
      return length;
    },
    write: async (bytes: Uint8Array) => bytes.length,
    closeWrite: async () => {},
    close() {},
  };
  async function* accepted(): AsyncGenerator<unknown> {
    yield conn;
  }
  const listener = { addr: {}, close() {}, [Symbol.asyncIterator]: accepted };
  vi.stubGlobal('Deno', { listen: () => listener });
  return { memories };
}

/** What comes of them, once the end has come. */
function received(): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  return new Promise((resolve) => {
    const user: TransportUser = {
      start() {},
      received: (chunk) => void chunks.push(chunk),
      ended: () => resolve(chunks),
      closed: () => {},
      drained() {},
      reportQueued() {},
    };
    void listen({}, () => user);
  });
}

afterEach(() => {
  vi.unstubAllGlobals();
});

it('small chunks share memory, and none is changed by those that follow', async () => {
  const lengths = Array.from({ length: 2_000 }, (_, i) => 1 + (i % 199));
  const { memories } = connection(lengths);
  const chunks = await received();
  expect(chunks.map(({ length }) => length)).toEqual(lengths);
  expect(chunks.every((chunk, i) => chunk.every((byte) => byte === (i + 1) % 256))).toBe(true);
  expect(new Set(memories).size).toBeLessThan(10);
});

it('nothing is read any more into the memory of a large chunk, which the program may transfer', async () => {
  const { memories } = connection([100, 16_384, 65_536, 16_383, 1]);
  const chunks = await received();
  expect(chunks.map(({ length }) => length)).toEqual([100, 16_384, 65_536, 16_383, 1]);
  const [small, large, whole, last, after] = memories;
  expect(large).toBe(small);
  expect(new Set([large, whole, last]).size).toBe(3);
  expect(after).toBe(last);
});

it('serves no TLS on a Unix socket, and says so', async () => {
  const listening = listen({ socketPath: '/run/a', tls: { cert: '', key: '' } }, () => {
    throw new Error('nobody comes');
  });
  await expect(listening).rejects.toMatchObject({ name: 'UsageError', message: 'Deno serves no TLS on a Unix socket' });
});
