import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Driver } from '../../adapters/driver.ts';
import { ConnectionReset, MemoryLink } from '../../adapters/runtimes/memory.ts';
import { memoryHost } from '../../adapters/runtimes/memory-host.ts';
import type { LinkOptions } from '../../adapters/runtimes/network-conditions.ts';
import { VirtualClock } from '../../adapters/runtimes/virtual-clock.ts';
import { join } from '../support/wire.ts';

/** What one side was told, in order: bytes as chunks, and the rest by name. */
type Told = Uint8Array | 'ended' | 'drained' | 'closed' | 'reset';

function listener(): { told: Told[]; received(bytes: Uint8Array): void } & Record<'ended' | 'drained', () => void> & {
    closed(error?: unknown): void;
  } {
  const told: Told[] = [];
  return {
    told,
    received: (bytes) => told.push(bytes),
    ended: () => told.push('ended'),
    drained: () => told.push('drained'),
    closed: (error) => told.push(error instanceof ConnectionReset ? 'reset' : 'closed'),
  };
}

function linked(options?: LinkOptions) {
  const clock = new VirtualClock();
  const link = new MemoryLink(clock, options);
  const client = listener();
  const server = listener();
  link.client.attach(client);
  link.server.attach(server);
  return { clock, link, client: client.told, server: server.told };
}

const text = (...told: readonly (Told | undefined)[]): string =>
  told.map((each) => (each instanceof Uint8Array ? String.fromCharCode(...each) : `<${each}>`)).join(' ');
const bytes = (letters: string): Uint8Array => Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
const some = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i * 7);
const size = (told: readonly Told[]): number => join(told.filter((each) => each instanceof Uint8Array)).length;

describe('bytes on a link', () => {
  it('pass only while the clock goes on, and come as one chunk where they come together', () => {
    const { clock, link, server } = linked();
    link.client.write([bytes('a'), new Uint8Array(0), bytes('b')]);
    link.client.write([bytes('c')]);
    expect(text(...server)).toBe('');
    clock.settle();
    expect(text(...server)).toBe('abc');
  });

  it('arrive unchanged and in order, however they are cut, delayed and bounded', () => {
    const way = fc.record({
      latency: fc.nat(20),
      capacity: fc.integer({ min: 1, max: 50 }),
      sizes: fc.array(fc.nat(9)),
    });
    fc.assert(
      fc.property(
        way,
        fc.array(fc.nat(120), { maxLength: 8 }),
        fc.nat(9),
        ({ latency, capacity, sizes }, writes, wait) => {
          let turn = 0;
          const chunk = (): number => sizes[turn++ % sizes.length] ?? 4;
          const { clock, link, client, server } = linked({ toClient: { latency, capacity, chunk } });
          for (const length of writes) {
            link.server.write([some(length)]);
            clock.advance(wait);
          }
          link.server.end();
          clock.advance(1_000_000);
          expect(client.pop()).toBe('ended');
          expect(join(client.filter((each) => each instanceof Uint8Array))).toEqual(join(writes.map(some)));
          expect(link.server.queued).toBe(0);
          expect(server.every((each) => each === 'drained')).toBe(true);
        },
      ),
    );
  });

  it('take the latency of their direction', () => {
    const { clock, link, client, server } = linked({ toServer: { latency: 30 }, toClient: { latency: 5 } });
    link.client.write([bytes('up')]);
    link.server.write([bytes('down')]);
    clock.advance(4);
    expect(text(...client)).toBe('');
    clock.advance(1);
    expect(text(...client)).toBe('down');
    clock.advance(24);
    expect(text(...server)).toBe('');
    clock.advance(1);
    expect(text(...server)).toBe('up');
  });

  it('come in the chunks the link was told to make', () => {
    const { clock, link, server } = linked({ toServer: { chunk: (available) => (available > 3 ? 2 : 0) } });
    link.client.write([bytes('abcde')]);
    clock.settle();
    expect(text(...server)).toBe('ab c d e'); // at least one byte
  });

  it('are copies: whoever reads may change them', () => {
    const { clock, link, server } = linked();
    const written = bytes('abc');
    link.client.write([written]);
    clock.settle();
    const [read] = server;
    if (read instanceof Uint8Array) read.fill(0);
    expect(read).toEqual(new Uint8Array(3));
    expect(written).toEqual(bytes('abc'));
  });

  it('wait for a receiver, and for one that has paused', () => {
    const clock = new VirtualClock();
    const { client, server } = new MemoryLink(clock);
    const { told, ...receiver } = listener();
    client.write([bytes('early')]);
    clock.settle();
    server.attach(receiver);
    clock.settle();
    client.write([bytes('late')]);
    server.pause();
    client.end();
    clock.settle();
    expect(text(...told)).toBe('early');
    server.resume();
    clock.settle();
    expect(text(...told)).toBe('early late <ended>');
  });

  it('stop within a chunk’s turn where the receiver pauses in it', () => {
    const clock = new VirtualClock();
    const { client, server } = new MemoryLink(clock, { toServer: { chunk: () => 1 } });
    const { told, ...receiver } = listener();
    server.attach({
      ...receiver,
      received(chunk) {
        told.push(chunk);
        server.pause();
      },
    });
    client.write([bytes('abc')]);
    clock.settle();
    expect(text(...told)).toBe('a');
    server.resume();
    clock.settle();
    expect(text(...told)).toBe('a b');
  });
});

describe('the capacity of a link', () => {
  it('holds the writer back, who is told once nothing waits any more', () => {
    const { clock, link, client, server } = linked({ toServer: { capacity: 10 } });
    link.server.pause();
    link.client.write([some(25)]);
    expect(link.client.queued).toBe(15);
    clock.advance(1_000);
    expect(link.client.queued).toBe(15);
    expect(client).toEqual([]);
    link.server.resume();
    clock.settle();
    expect(link.client.queued).toBe(0);
    expect(client).toEqual(['drained']);
    expect(size(server)).toBe(25);
  });

  it('tells nothing to a writer that was never held back', () => {
    const { clock, link, client } = linked({ toServer: { capacity: 10 } });
    link.client.write([some(10)]);
    clock.settle();
    expect(client).toEqual([]);
  });
});

it('a link carries drivers', () => {
  const clock = new VirtualClock();
  const { client, server } = new MemoryLink(clock);
  const events: string[] = [];
  const accepting: Driver = new Driver({ role: 'server' }, memoryHost(clock), {
    event: ({ type }) => type === 'request' && accepting.connection.accept(),
    drain: () => undefined,
  });
  const asking = new Driver({ role: 'client', request: { host: 'x', target: '/' } }, memoryHost(clock), {
    event: ({ type }) => events.push(type),
    drain: () => undefined,
  });
  client.drive(asking); // a server that is late finds the request waiting
  clock.settle();
  server.drive(accepting);
  clock.settle();
  asking.connection.close();
  clock.settle();
  expect(events).toEqual(['open', 'closed']);
  expect(clock.nextTimer).toBeUndefined();
});

describe('the end of a link', () => {
  it('comes behind all bytes, and leaves the other direction open', () => {
    const { clock, link, client, server } = linked({ toServer: { capacity: 2 } });
    link.client.write([bytes('abc')]);
    link.client.end();
    clock.settle();
    link.server.write([bytes('still')]);
    clock.settle();
    expect(text(...server)).toBe('ab c <ended>');
    expect(text(...client)).toBe('<drained> still');
  });

  it('closes each side once both halves have ended', () => {
    const { clock, link, client, server } = linked({ toServer: { latency: 10 }, toClient: { latency: 10 } });
    link.client.end();
    clock.advance(10);
    link.server.end();
    clock.settle();
    expect([text(...client), text(...server)]).toEqual(['', '<ended> <closed>']);
    clock.advance(10);
    expect([text(...client), text(...server)]).toEqual(['<ended> <closed>', '<ended> <closed>']);
    expect(clock.nextTimer).toBeUndefined();
  });

  it('by an abort loses what is pending, and resets the peer, even one that has paused', () => {
    const { clock, link, client, server } = linked({ toServer: { latency: 10 } });
    link.server.pause();
    link.client.write([bytes('lost')]);
    link.client.abort();
    link.client.abort();
    link.client.write([bytes('lost')]);
    link.client.end();
    expect(link.client.queued).toBe(0);
    clock.advance(9);
    expect([text(...client), text(...server)]).toEqual(['<closed>', '']);
    link.server.write([bytes('lost, too')]);
    clock.advance(10);
    expect([text(...client), text(...server)]).toEqual(['<closed>', '<reset>']);
    expect(clock.nextTimer).toBeUndefined();
  });

  it('reaches a side that has met an end, if the peer then aborts', () => {
    const { clock, link, server } = linked();
    link.client.end();
    clock.settle();
    link.client.abort();
    clock.settle();
    expect(server).toEqual(['ended', 'reset']);
  });
});

describe('faults', () => {
  it('a stall lets nothing pass and tells nobody, until it is released', () => {
    const { clock, link, client, server } = linked({ toServer: { capacity: 4 } });
    link.stall();
    link.client.write([bytes('abcdef')]);
    link.server.end();
    clock.advance(1_000_000);
    expect([...client, ...server]).toEqual([]);
    expect(link.client.queued).toBe(2);
    link.release();
    clock.settle();
    expect([text(...client), text(...server)]).toEqual(['<drained> <ended>', 'abcd ef']);
  });

  it('a stall holds even a reset up', () => {
    const { clock, link, client, server } = linked();
    link.toServer.stall();
    link.client.abort();
    clock.advance(1_000_000);
    expect([text(...client), text(...server)]).toEqual(['<closed>', '']);
    link.toServer.release();
    clock.settle();
    expect(text(...server)).toBe('<reset>');
  });

  it('a cut with an end lets exactly so many bytes pass, and the other direction alone', () => {
    for (const at of [0, 1, 3]) {
      const { clock, link, client, server } = linked();
      link.toServer.cut(at, 'end');
      link.client.write([bytes('ab')]);
      clock.settle();
      link.client.write([bytes('cd')]);
      clock.settle();
      expect(text(...server.slice(-1))).toBe('<ended>');
      expect(size(server)).toBe(at);
      expect(client).toEqual([]);
      link.server.write([bytes('down')]);
      link.server.end();
      link.client.end();
      clock.settle();
      expect([text(...client), text(...server.slice(-2))]).toEqual(['down <ended> <closed>', '<ended> <closed>']);
    }
  });

  it('a cut with a reset lets exactly so many bytes pass, and closes both sides with an error', () => {
    for (const at of [0, 1, 3]) {
      const { clock, link, client, server } = linked();
      link.toClient.cut(at, 'reset');
      link.server.write([bytes('abcd')]);
      clock.settle();
      expect(text(...client.slice(-1))).toBe('<reset>');
      expect(size(client)).toBe(at);
      expect(server).toEqual(['reset']);
      expect(clock.nextTimer).toBeUndefined();
    }
  });

  it('a cut behind bytes that have passed already happens at once', () => {
    const { clock, link, client, server } = linked();
    link.client.write([bytes('abc')]);
    clock.settle();
    link.toServer.cut(1, 'reset');
    clock.settle();
    expect([text(...client), text(...server)]).toEqual(['<reset>', 'abc <reset>']);
  });

  it('a write may throw, and then nothing of it is written', () => {
    const { clock, link, server } = linked();
    link.client.beforeWrite = ([first]) => {
      if (first?.length === 1) throw new Error('broken pipe');
    };
    expect(() => link.client.write([bytes('a')])).toThrow('broken pipe');
    link.client.write([bytes('bc')]);
    clock.settle();
    expect(text(...server)).toBe('bc');
  });
});
