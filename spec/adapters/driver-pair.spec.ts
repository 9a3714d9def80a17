import { describe, expect, it } from 'vitest';
import type { MemoryLink } from '../../adapters/runtimes/memory.ts';
import type { LinkOptions } from '../../adapters/runtimes/network-conditions.ts';
import type { Role } from '../../core/index.ts';
import { type Driven, type DrivenOptions, openPair, openServer, pair } from '../support/driven.ts';
import { bytes, frame, frames, hex, join, masked } from '../support/wire.ts';

const KEY = bytes('37fa213d');
const fromClient = (first: number, payload: Uint8Array): Uint8Array => masked(frame(first, payload), KEY);
const number = (i: number): Uint8Array => Uint8Array.of(i >>> 24, i >>> 16, i >>> 8, i);
const ONE_BYTE = { chunk: () => 1 };

const ECHO: DrivenOptions = {
  handle: (event, connection) => event.type === 'message' && connection.send(event.data),
};

/** The chunks one side writes are counted. */
function countWrites(link: MemoryLink, role: Role): { writes: number } {
  const counted = { writes: 0 };
  link[role].beforeWrite = () => {
    counted.writes++;
  };
  return counted;
}

const errors = (...all: readonly Driven[]): unknown[] => all.flatMap(({ host }) => host.errors);

describe('two drivers over a link', () => {
  it('open after one latency at the server, and two at the client', () => {
    const { clock, client, server } = pair({}, {}, { toServer: { latency: 30 }, toClient: { latency: 20 } });
    clock.advance(29);
    expect(server.connection.phase).toBe('connecting');
    clock.advance(1);
    expect([server.connection.phase, client.connection.phase]).toEqual(['open', 'connecting']);
    clock.advance(19);
    expect(client.connection.phase).toBe('connecting');
    clock.advance(1);
    expect(client.connection.phase).toBe('open');
  });

  it.each<[string, LinkOptions]>([
    ['without a delay', {}],
    ['byte by byte', { toServer: ONE_BYTE, toClient: ONE_BYTE }],
    ['with latency', { toServer: { latency: 40 }, toClient: { latency: 70 } }],
    ['through a network of 3 bytes', { toServer: { capacity: 3 }, toClient: { capacity: 3 } }],
  ])('echo messages of every length at the borders, %s', (_, network) => {
    const { clock, link, client, server } = openPair({ deadlines: { ping: Infinity } }, ECHO, network);
    const sent = [0, 1, 125, 126, 4_000, 65_535, 65_536, 70_000]
      .filter((length) => length <= 4_000 || network.toServer?.latency !== undefined)
      .flatMap((length) => ['x'.repeat(length), new Uint8Array(length).fill(length)]);
    for (const data of sent) client.connection.send(data);
    clock.advance(1_000_000);
    expect(client.messages).toEqual(sent);
    expect([link.client.queued, client.connection.bufferedAmount]).toEqual([0, 0]);
    expect(errors(client, server)).toEqual([]);
  });

  it('is the same stream of bytes over a network that takes 1 to 20 bytes at a time (H10)', () => {
    const streamOver = (network: LinkOptions): string => {
      const { clock, link, client } = openPair({ deadlines: { ping: Infinity, closing: Infinity } }, {}, network);
      const came: Uint8Array[] = [];
      link.server.attach({
        received: (chunk) => came.push(chunk.slice()),
        ended: () => undefined,
        closed: () => undefined,
        drained: () => undefined,
      });
      for (const size of [0, 1, 125, 126, 700]) client.connection.send('x'.repeat(size));
      client.connection.ping('p');
      client.connection.close(4000, 'bye');
      clock.advance(100_000);
      return hex(join(came));
    };
    const whole = streamOver({});
    expect(whole.length).toBeGreaterThan(1_900);
    for (let capacity = 1; capacity <= 20; capacity++) expect(streamOver({ toServer: { capacity } })).toBe(whole);
  });

  it.each(['client', 'server'] as const)(
    'Question, then Close in one chunk: the answer sent from the message handler reaches the %s before our Close',
    (asking) => {
      const answering: DrivenOptions = {
        handle: (event, connection) => event.type === 'message' && connection.send('answer'),
      };
      const { clock, ...both } = openPair(...(asking === 'client' ? [{}, answering] : [answering, {}]));
      const asked = both[asking === 'client' ? 'server' : 'client'];
      both[asking].connection.send('question');
      both[asking].connection.close(1000, 'bye');
      clock.settle();
      expect(both[asking].messages).toEqual(['answer']);
      expect(both[asking].closed).toMatchObject({ code: 1000, clean: true });
      expect(asked.closed).toMatchObject({ code: 1000, reason: 'bye', clean: true });
      expect(asked.count('write')).toBe(1); // the answer and the Close together
    },
  );

  it('ten thousand small messages in one chunk that are each answered leave in a handful of writes', () => {
    const { clock, link, client, server } = openPair({}, ECHO, {
      toServer: { capacity: Infinity, chunk: (available) => available },
    });
    const counted = countWrites(link, 'server');
    for (let i = 0; i < 10_000; i++) client.connection.send(number(i));
    clock.settle();
    expect(client.messages).toEqual(Array.from({ length: 10_000 }, (_, i) => number(i)));
    expect(counted.writes).toBeLessThanOrEqual(3);
    expect(errors(client, server)).toEqual([]);
  });

  it('close in either role, or both at once, cleanly, and leave no timer', () => {
    for (const closing of [['client'], ['server'], ['client', 'server']] as const) {
      const { clock, ...both } = openPair({}, {}, { toServer: { latency: 5 }, toClient: { latency: 5 } });
      for (const role of closing) both[role].connection.close(3000, role);
      clock.advance(100);
      for (const role of ['client', 'server'] as const) {
        expect(both[role].closed).toMatchObject({ code: 3000, clean: true, error: undefined });
        expect(both[role].count('abort')).toBe(0);
      }
      expect(clock.nextTimer).toBeUndefined();
    }
  });
});

describe('a peer that does not read (B13)', () => {
  it('is counted by the byte, and then given up', () => {
    const limit = 1_048_576;
    const { clock, link, client, server } = openPair({ limits: { queueBytes: limit } });
    link.server.pause();
    const message = new Uint8Array(1_024);
    let sent = 0;
    for (; client.connection.send(message) >= 0; sent++) {
      expect(client.connection.bufferedAmount).toBe(link.client.queued);
    }
    expect(link.client.queued).toBe(0); // given up: nothing is kept
    expect(sent * 1_032).toBeGreaterThan(limit + 65_536);
    expect(sent * 1_032).toBeLessThan(limit + 65_536 + 2 * 1_032); // the queue, the network, and one message
    clock.settle();
    expect(client.log.slice(-4)).toEqual(['error', 'write', 'abort', 'closed']);
    expect(client.closed).toMatchObject({ code: 1006, error: { violation: 'queue-too-big' } });
    expect(server.closed.error).toBeInstanceOf(Error);
    expect(clock.nextTimer).toBeUndefined();
  });

  it('is waited for by a program that minds bufferedAmount and drain', () => {
    const { clock, link, client, server } = openPair();
    link.server.pause();
    client.connection.send(new Uint8Array(200_000));
    clock.settle();
    expect(client.connection.bufferedAmount).toBeGreaterThan(100_000);
    expect(client.log).not.toContain('drain');
    link.server.resume();
    clock.settle();
    expect(client.log).toContain('drain');
    expect(client.connection.bufferedAmount).toBe(0);
    expect(server.messages).toEqual([new Uint8Array(200_000)]);
  });
});

describe('a program that does not read (B15)', () => {
  it('holds the peer back, whatever that sends, and loses nothing', () => {
    const size = 16_384;
    const most = 1_024; // 16 MiB
    const { clock, link, client, server } = openPair({}, { deadlines: { ping: Infinity } });
    server.connection.pause();
    let sent = 0;
    const sendSome = (): void => {
      while (sent < most && client.connection.bufferedAmount < 4 * size) client.connection.send(message(sent++));
    };
    const message = (i: number): Uint8Array => new Uint8Array(size).fill(i);
    sendSome();
    clock.advance(10_000);
    const held = sent;
    expect(held * size).toBeLessThan(65_536 + 5 * size); // the network and the sender's own queue: none is here
    expect(server.log).toEqual(['pause']);
    clock.advance(10_000);
    expect(sent).toBe(held);
    server.connection.resume();
    for (let i = 0; i < most && server.messages.length < most; i++) {
      clock.settle();
      sendSome();
    }
    expect(link.client.queued).toBe(0);
    expect(server.messages).toHaveLength(most);
    expect(server.messages.every((data, i) => data.length === size && data[0] === i % 256)).toBe(true);
  });

  it('that pauses within a chunk keeps the rest of that chunk, and no more', () => {
    const { clock, client, server } = openPair(
      {},
      { handle: (event, connection) => event.type === 'message' && connection.pause() },
    );
    for (let i = 0; i < 5; i++) client.connection.send(`${i}`);
    clock.settle();
    client.connection.send('behind');
    clock.settle();
    expect(server.messages).toEqual(['0']);
    for (let i = 1; i <= 5; i++) {
      server.connection.resume();
      clock.settle();
    }
    expect(server.messages).toEqual(['0', '1', '2', '3', '4', 'behind']);
  });

  it('gets all of 100 messages that came in one chunk with a Close, one by one, and then the end (H4)', () => {
    const { clock, client, server } = openPair(
      {},
      { handle: (event, connection) => event.type === 'message' && connection.pause() },
    );
    for (let i = 0; i < 100; i++) client.connection.send(`${i}`);
    client.connection.close(1000);
    clock.settle();
    for (let i = 1; i < 100; i++) {
      expect(server.messages).toHaveLength(i);
      expect(server.isClosed).toBe(false);
      server.connection.resume();
      clock.settle();
    }
    server.connection.resume();
    clock.settle();
    expect(server.messages).toEqual(Array.from({ length: 100 }, (_, i) => `${i}`));
    expect([server.closed, client.closed]).toMatchObject([
      { code: 1000, clean: true },
      { code: 1000, clean: true },
    ]);
  });

  it('gets all of 100 messages and the Close although the peer has ended and gone meanwhile (H3, H4)', () => {
    const { clock, peer, server } = openServer({
      handle: (event, connection) => event.type === 'message' && event.data === '0' && connection.pause(),
    });
    const messages = Array.from({ length: 100 }, (_, i) => fromClient(0x81, new TextEncoder().encode(`${i}`)));
    peer.write(...messages, fromClient(0x88, bytes('03e8')));
    peer.transport.end();
    clock.settle();
    peer.transport.abort();
    clock.settle();
    server.connection.resume();
    expect(server.messages).toHaveLength(100);
    expect(server.closed.code).toBe(1000);
  });
});

describe('a flood of Pings from a peer that reads nothing (B11, B12)', () => {
  const ping = (i: number, size: number): Uint8Array => fromClient(0x89, join([number(i), new Uint8Array(size - 4)]));

  it.each([4, 125])('of %i bytes keeps a bounded queue, and the newest is answered on drain', (size) => {
    const { clock, peer, server } = openServer({ limits: { pongBytes: 65_536 } });
    peer.transport.pause();
    for (let i = 0; i < 50_000; i++) {
      peer.write(ping(i, size));
      if (i % 100 === 0) clock.settle();
    }
    clock.settle();
    expect(server.count('ping')).toBe(50_000);
    expect(server.connection.bufferedAmount).toBeLessThanOrEqual(2 * 65_536 + size + 2);
    peer.transport.resume();
    clock.settle();
    const pongs = frames(peer.take()).map(({ payload }) => hex(payload.subarray(0, 4)));
    expect(pongs.at(0)).toBe(hex(number(0)));
    expect(pongs.at(-1)).toBe(hex(number(49_999)));
    expect(pongs.length).toBeLessThan(50_000);
    expect(server.connection.bufferedAmount).toBe(0);
  });

  it('adds nothing to a queue that is long already, and is answered once behind it (H9)', () => {
    const { clock, link, peer, server } = openServer();
    peer.transport.pause();
    server.connection.send(new Uint8Array(8_388_608));
    clock.settle();
    const before = link.server.queued;
    for (let i = 0; i < 1_000; i++) peer.write(ping(i, 4));
    clock.settle();
    expect(link.server.queued).toBe(before);
    peer.transport.resume();
    clock.settle();
    expect(frames(peer.take()).map(({ payload }) => payload.length)).toEqual([8_388_608, 4]);
  });
});
