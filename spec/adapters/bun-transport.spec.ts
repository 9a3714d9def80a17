import { expect, it } from 'vitest';
import { type BunSocket, BunTransport } from '../../adapters/runtimes/bun-transport.ts';
import { pseudoRandom } from '../support/opened.ts';
import { hex, join } from '../support/wire.ts';

/** A socket of Bun that takes `most` bytes of a write, and nothing of every third. */
function stingy(most: number) {
  const taken: Uint8Array[] = [];
  const calls: string[] = [];
  let writes = 0;
  const socket: Omit<BunSocket, 'data'> = {
    remoteAddress: '127.0.0.1',
    write(bytes) {
      if (++writes % 3 === 0) return -1;
      const count = Math.min(most, bytes.length);
      taken.push(bytes.slice(0, count));
      return count;
    },
    shutdown: () => void calls.push('shutdown'),
    end: () => void calls.push('end'),
    terminate: () => void calls.push('terminate'),
    pause: () => undefined,
    resume: () => undefined,
    setNoDelay: () => undefined,
  };
  return { socket: socket as BunSocket, taken, calls };
}

const NOBODY = {
  start: () => undefined,
  received: () => undefined,
  ended: () => undefined,
  closed: () => undefined,
  drained: () => undefined,
  reportQueued: () => undefined,
};

it('a socket that takes 1 to 20 bytes of a write is given the rest, in order and once, and then its end (H10)', () => {
  const chunks = [1, 125, 126, 300, 2].map((length) => {
    const chunk = new Uint8Array(length);
    pseudoRandom(length)(chunk);
    return chunk;
  });
  for (let most = 1; most <= 20; most++) {
    const { socket, taken, calls } = stingy(most);
    const transport = new BunTransport(NOBODY);
    transport.open(socket);
    for (const chunk of chunks) transport.write([chunk]);
    transport.end();
    let waiting = transport.queued;
    for (let i = 0; transport.queued > 0 && i < 5_000; i++) {
      expect(calls).toEqual([]);
      transport.drained();
      expect(transport.queued).toBeLessThanOrEqual(waiting);
      waiting = transport.queued;
    }
    expect([hex(join(taken)), calls]).toEqual([hex(join(chunks)), ['shutdown']]);
  }
});

it('a transport that is given up before it has a socket ends the socket when it comes', async () => {
  let closed = 0;
  const { socket, calls } = stingy(1);
  const transport = new BunTransport({ ...NOBODY, closed: () => void closed++ });
  transport.abort();
  transport.open(socket);
  expect(calls).toEqual(['terminate']);
  await Promise.resolve();
  expect(closed).toBe(1);
});
