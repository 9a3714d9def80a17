import { describe, expect, it } from 'vitest';
import { MemoryLink } from '../../adapters/runtimes/memory.ts';
import { VirtualClock } from '../../adapters/runtimes/virtual-clock.ts';
import { Driven, type DrivenOptions, openPair, openServer, pair, RawPeer, request } from '../support/driven.ts';
import { bytes, frame, frames, masked } from '../support/wire.ts';

const DEADLINES = { opening: 1_000, closing: 500, ping: 10_000, pong: 2_000 };
const TIMED: DrivenOptions = { deadlines: DEADLINES };
const KEY = bytes('37fa213d');
const text = (data: Uint8Array): string => new TextDecoder().decode(data);

/** A server whose client has sent nothing yet. */
function waitingServer(options: DrivenOptions = TIMED) {
  const clock = new VirtualClock();
  const link = new MemoryLink(clock);
  const peer = new RawPeer(link.client);
  return { clock, peer, server: new Driven('server', clock, options).over(link.server) };
}

/** A client whose server is bytes. */
function waitingClient() {
  const clock = new VirtualClock();
  const link = new MemoryLink(clock);
  const peer = new RawPeer(link.server);
  return { clock, peer, client: new Driven('client', clock, TIMED).over(link.client) };
}

describe('the opening deadline (F4, LT5)', () => {
  it('counts from the start, not from the last byte: a request that trickles in is refused with 408', () => {
    const { clock, peer, server } = waitingServer();
    for (const byte of request().subarray(0, 40)) {
      peer.write(Uint8Array.of(byte));
      clock.advance(25);
    }
    clock.settle();
    expect(text(peer.take())).toMatch(/^HTTP\/1\.1 408 /);
    expect(server.log).toEqual(['error', 'write', 'end']);
    expect(peer.told).toEqual(['ended']);
    clock.advance(499);
    expect(server.isClosed).toBe(false);
    clock.advance(1); // the client keeps its half open
    expect(server.log.slice(3)).toEqual(['abort', 'closed']);
    expect(server.closed).toMatchObject({ code: 1006, clean: false, error: { violation: 'opening-too-slow' } });
    expect(clock.nextTimer).toBeUndefined();
  });

  it('bounds the decision of a program, too, which then comes too late', () => {
    const { clock, peer, server } = waitingServer({ ...TIMED, decides: false });
    peer.write(request());
    clock.advance(1_000);
    expect(text(peer.take())).toMatch(/^HTTP\/1\.1 408 /);
    expect(server.connection.accept()).toBe(false);
  });

  it('ends a client whose server says nothing', () => {
    const { clock, client, peer } = waitingClient();
    clock.advance(999);
    expect(client.log).toEqual(['write']);
    clock.advance(1);
    expect(client.log).toEqual(['write', 'error', 'abort', 'closed']);
    expect(client.closed.error).toMatchObject({ violation: 'opening-too-slow' });
    expect(peer.told).toEqual(['reset']);
    expect(clock.nextTimer).toBeUndefined();
  });

  it('is over once the connection is open', () => {
    const { clock, client, server } = pair(TIMED, TIMED, { toServer: { latency: 400 }, toClient: { latency: 400 } });
    clock.advance(5_000);
    expect([client.connection.phase, server.connection.phase]).toEqual(['open', 'open']);
  });
});

describe('keepalive (LT5)', () => {
  it('finds a silent peer at the ping and pong deadlines, on both sides (H8)', () => {
    const { clock, link, client, server } = openPair(TIMED, TIMED);
    link.stall();
    clock.advance(10_000 + 2_000);
    expect([client.log, server.log]).toEqual([['write'], ['write']]); // a Ping each
    clock.advance(1); // the last chance to read what waits
    for (const side of [client, server]) {
      expect(side.log).toEqual(['write', 'error', 'write', 'abort', 'closed']);
      expect(side.closed).toMatchObject({ code: 1006, clean: false, error: { violation: 'pong-missing' } });
    }
    expect(clock.nextTimer).toBeUndefined();
  });

  it('keeps an idle connection, and measures its latency', () => {
    const { clock, client, server } = openPair(TIMED, {}, { toServer: { latency: 30 }, toClient: { latency: 20 } });
    clock.advance(1_000_000);
    expect([client.connection.phase, server.connection.phase]).toEqual(['open', 'open']);
    expect(client.connection.latency).toBe(50);
    expect(server.connection.latency).toBe(50);
    expect(client.count('pong')).toBeGreaterThan(80);
  });

  it('takes any byte for life, in the middle of a long frame, and silence behind it for death (H7)', () => {
    const { clock, peer, server } = openServer(TIMED);
    const long = masked(frame(0x82, new Uint8Array(100)), KEY);
    for (const byte of long.subarray(0, 60)) {
      peer.write(Uint8Array.of(byte));
      clock.advance(1_500);
    }
    expect(server.connection.phase).toBe('open');
    expect(server.messages).toEqual([]);
    clock.advance(2 * 12_001);
    expect(server.closed.error).toMatchObject({ violation: 'pong-missing' });
  });

  it('lets a process that stood still read what waits before it declares its peer dead (H7)', () => {
    const { clock, link, client, server } = openPair(TIMED);
    clock.advance(9_999);
    link.toClient.stall();
    clock.advance(1 + 2_000); // the deadline passes with the Pong waiting
    link.toClient.release();
    clock.advance(50_000);
    expect([client.connection.phase, server.connection.phase]).toEqual(['open', 'open']);
    expect(client.count('pong')).toBeGreaterThan(0);
  });

  /** A server that sends `size` bytes to a client which pings every second; how many seconds it is held, up to 300. */
  function held(size: number, reads: (second: number) => boolean, options: DrivenOptions = TIMED): number {
    const { clock, link, peer, server } = openServer(options);
    peer.take();
    server.connection.send(new Uint8Array(size));
    for (let second = 0; second < 300; second++) {
      if (reads(second)) link.client.resume();
      else link.client.pause();
      peer.write(masked(frame(0x89, bytes('61')), KEY));
      clock.advance(1_000);
      if (server.isClosed) return second + 1;
    }
    return 300;
  }

  it('gives up a peer that goes on sending and reads nothing (B13)', () => {
    // Ping 1 is due after 10 seconds; by the second nothing was taken. Each mebibyte has one interval more.
    expect(held(200_000, () => false)).toBe(20);
    expect(held(3 * 1_048_576, () => false)).toBe(40); // the network has taken a little
    const { clock, link, peer, server } = openServer(TIMED);
    link.client.pause();
    server.connection.send(new Uint8Array(200_000));
    for (let i = 0; i < 20; i++) {
      peer.write(masked(frame(0x89, bytes('61')), KEY));
      clock.advance(1_000);
    }
    expect(server.closed).toMatchObject({ code: 1006, clean: false, error: { violation: 'pong-missing' } });
    expect(link.server.queued).toBe(0); // nothing is kept
    expect(clock.nextTimer).toBeUndefined();
  });

  it('keeps a peer that reads slowly, or to which nothing is sent, and one it cannot judge', () => {
    expect(held(2_000_000, (second) => second % 9 === 0)).toBe(300);
    expect(held(100, () => false)).toBe(300); // the network has taken it
    expect(held(200_000, () => false, { deadlines: { ...DEADLINES, pong: Infinity } })).toBe(300);
  });

  it('does not take its own deafness for silence of the peer', () => {
    const { clock, client, server } = openPair(TIMED, TIMED);
    client.connection.pause();
    clock.advance(100_000);
    // It answers no Ping; its own are the life its peer hears.
    expect([client.connection.phase, server.connection.phase]).toEqual(['open', 'open']);
    client.connection.resume();
    clock.settle();
    expect(client.count('ping')).toBeGreaterThan(0);
  });

  it('can be turned off', () => {
    const { clock, link, client, server } = openPair(
      { deadlines: { ping: Infinity } },
      { deadlines: { ping: Infinity } },
    );
    link.stall();
    clock.advance(1_000_000_000);
    expect([client.log, server.log]).toEqual([[], []]);
  });
});

describe('the closing deadline (F5, H12, LT5)', () => {
  it.each(['client', 'server'] as const)('ends a %s whose peer never answers its Close', (role) => {
    const { clock, link, ...both } = openPair(TIMED, TIMED);
    const closing = both[role];
    link.stall();
    closing.connection.close(1000);
    clock.advance(499);
    expect(closing.isClosed).toBe(false);
    clock.advance(1);
    expect(closing.log).toEqual(['write', 'abort', 'closed']);
    expect(closing.closed).toMatchObject({ code: 1006, clean: false, sent: { code: 1000 } });
  });

  it.each(['messages', 'a Ping', 'half a frame'] as const)('is not put off by %s', (what) => {
    const { clock, peer, server } = openServer(TIMED);
    const whole = masked(frame(what === 'a Ping' ? 0x89 : 0x82, new Uint8Array(90)), KEY);
    server.connection.close(1000);
    for (let i = 0; i < 50; i++) {
      peer.write(what === 'half a frame' ? whole.subarray(i, i + 1) : whole.slice());
      clock.advance(10);
    }
    expect(server.closed).toMatchObject({ code: 1006, clean: false });
    expect(frames(peer.take()).map(({ first }) => first)).toEqual([0x88]); // no Pong behind a Close
  });

  it('ends a server whose client answers the Close and keeps the transport open, cleanly', () => {
    const { clock, peer, server } = openServer(TIMED);
    server.connection.close(1000);
    clock.advance(100);
    peer.write(masked(frame(0x88, bytes('03e8')), KEY));
    clock.advance(399);
    expect(server.log).toEqual(['write', 'end']);
    clock.advance(1); // one deadline for all of it
    expect(server.log).toEqual(['write', 'end', 'abort', 'closed']);
    expect(server.closed).toMatchObject({ code: 1000, clean: true });
    expect(peer.told).toEqual(['ended', 'reset']);
  });

  it('ends a client whose server answers the Close and keeps the transport open, cleanly', () => {
    const { clock, link, client } = openPair(TIMED, TIMED);
    link.server.end = () => undefined;
    client.connection.close(1000);
    clock.advance(499);
    expect(client.connection.state).toBe('closing.bothSent');
    clock.advance(1);
    expect(client.closed).toMatchObject({ code: 1000, clean: true });
    expect(client.log).toEqual(['write', 'abort', 'closed']);
  });

  it.each(['close', 'violation'] as const)(
    'ends a connection whose network takes nothing any more, after a %s',
    (how) => {
      const { clock, link, peer, server } = openServer(TIMED);
      peer.transport.pause();
      server.connection.send(new Uint8Array(1_000_000));
      if (how === 'close') server.connection.close(1000);
      else peer.write(bytes('83'), bytes('80'));
      clock.advance(499);
      expect(link.server.queued).toBeGreaterThan(900_000);
      expect(server.isClosed).toBe(false);
      clock.advance(1);
      expect(server.log.slice(-2)).toEqual(['abort', 'closed']);
      expect(peer.told).toEqual(['reset']);
      expect(clock.nextTimer).toBeUndefined();
    },
  );

  it('ends a failed connection whose peer goes on sending, and drops what it sends', () => {
    const { clock, peer, server } = openServer(TIMED);
    peer.write(bytes('83'), bytes('80'));
    for (let i = 0; i < 50; i++) {
      peer.write(masked(frame(0x82, new Uint8Array(10_000)), KEY));
      clock.advance(10);
    }
    expect(server.messages).toEqual([]);
    expect(server.log).toEqual(['error', 'write', 'end', 'abort', 'closed']);
    expect(frames(peer.take()).map(({ first }) => first)).toEqual([0x88]); // it was read to here
  });

  it('does not wait for a program that reads nothing', () => {
    const { clock, client, server } = openPair(TIMED, TIMED);
    server.connection.pause();
    client.connection.send('unread');
    server.connection.close(1000);
    clock.advance(500);
    expect(server.isClosed).toBe(true);
    expect(client.isClosed).toBe(true);
    expect(clock.nextTimer).toBeUndefined();
  });
});

describe('a peer that ends its half', () => {
  it('without a Close is answered with one, and has closed abnormally', () => {
    const { clock, peer, server } = openServer(TIMED);
    peer.transport.end();
    clock.settle();
    expect(frames(peer.take()).map(({ first }) => first)).toEqual([0x88]);
    expect(peer.told).toEqual(['ended', 'closed']);
    expect(server.closed).toMatchObject({ code: 1006, clean: false, error: undefined });
    expect(clock.nextTimer).toBeUndefined();
  });

  it('before a request is let go silently', () => {
    const { clock, peer, server } = waitingServer();
    peer.transport.end();
    clock.settle();
    expect(peer.take()).toEqual(new Uint8Array());
    expect(server.log).toEqual(['end', 'closed']);
  });

  it('behind its request, and still reads, is answered and then closed', () => {
    const { clock, peer, server } = waitingServer();
    peer.write(request());
    peer.transport.end();
    clock.settle();
    expect(text(peer.take())).toMatch(/^HTTP\/1\.1 101 /);
    expect(server.log).toEqual(['request', 'open', 'write', 'write', 'end', 'closed']);
    expect(server.closed.code).toBe(1006);
  });
});
