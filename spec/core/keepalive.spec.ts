import { describe, expect, test } from 'vitest';
import { Keepalive, type Written } from '../../core/keepalive.ts';
import { bytes, hex } from '../support/wire.ts';

const DEADLINES = { ping: 20, pong: 5 };

/** What a verdict says, in short. */
function expire(keepalive: Keepalive, deadlines = DEADLINES, now?: number, written?: Written): string {
  const verdict = keepalive.expire(deadlines, now, written);
  if (verdict.peerIsGone) return 'gone';
  return `${verdict.ping === undefined ? 'wait' : `ping ${hex(verdict.ping)}, wait`} ${verdict.wait}`;
}

describe('keepalive', () => {
  test('pings at intervals while the peer answers', () => {
    const keepalive = new Keepalive();
    for (const count of ['00000001', '00000002', '00000003']) {
      expect(expire(keepalive)).toBe(`ping ${count}, wait 5`);
      keepalive.heard = true;
      expect(expire(keepalive)).toBe('wait 15');
    }
  });

  test('gives a silent peer up, after one more turn to read what has come (H7, H8)', () => {
    const keepalive = new Keepalive();
    expect(expire(keepalive)).toBe('ping 00000001, wait 5');
    expect(expire(keepalive)).toBe('wait 1');
    expect(expire(keepalive)).toBe('gone');
  });

  test('a byte in the last turn saves the peer', () => {
    const keepalive = new Keepalive();
    expire(keepalive);
    expire(keepalive);
    keepalive.heard = true;
    expect(expire(keepalive)).toBe('wait 15');
    expect(expire(keepalive)).toBe('ping 00000002, wait 5');
    expect(expire(keepalive)).toBe('wait 1');
    expect(expire(keepalive)).toBe('gone');
  });

  test('does not count bytes that came before the Ping', () => {
    const keepalive = new Keepalive();
    keepalive.heard = true;
    expire(keepalive);
    expect(expire(keepalive)).toBe('wait 1');
  });

  test.each([20, 30])('pings again at once where an answer may take as long as the interval: %i', (pong) => {
    const keepalive = new Keepalive();
    const deadlines = { ping: 20, pong };
    expect(expire(keepalive, deadlines)).toBe(`ping 00000001, wait ${pong}`);
    keepalive.heard = true;
    expect(expire(keepalive, deadlines)).toBe(`ping 00000002, wait ${pong}`);
    expect(expire(keepalive, deadlines)).toBe('wait 1');
    expect(expire(keepalive, deadlines)).toBe('gone');
  });

  test('never gives the peer up where silence has no bound', () => {
    const keepalive = new Keepalive();
    const deadlines = { ping: 20, pong: Infinity };
    expect(expire(keepalive, deadlines)).toBe('ping 00000001, wait 20');
    expect(expire(keepalive, deadlines)).toBe('ping 00000002, wait 20');
    expect(expire(keepalive, deadlines)).toBe('ping 00000003, wait 20');
  });
});

describe('a peer that sends', () => {
  const MIB = 1_048_576;
  const EQUAL = { ping: 20, pong: 20 };
  /** How many Pings go out before the peer is given up, up to 100; each is told what was `written`. */
  function pings(written: (i: number) => Written | undefined, deadlines = EQUAL): number {
    const keepalive = new Keepalive();
    for (let i = 0; i < 100; i++) {
      keepalive.heard = true;
      const verdict = keepalive.expire(deadlines, undefined, written(i));
      if (verdict.peerIsGone) return i;
    }
    return 100;
  }

  test.each([
    [1, 1],
    [MIB - 1, 1],
    [MIB, 2],
    [64 * MIB, 65],
  ])('and takes nothing of %i bytes is given up behind Ping %i (B13)', (queued, count) => {
    expect(pings(() => ({ queued, taken: 500 }))).toBe(count);
    // What is written meanwhile makes no difference, and before the first Ping nothing is known.
    expect(pings((i) => ({ queued: queued + 6 * i, taken: i === 0 ? 400 : 500 }))).toBeGreaterThan(count);
  });

  test.each<[string, (i: number) => Written | undefined]>([
    ['takes a byte between two Pings', (i) => ({ queued: 1_000_000, taken: i })],
    ['takes everything', () => ({ queued: 0, taken: 7 })],
    ['had everything until now', (i) => ({ queued: i % 2, taken: 7 })],
    ['may wait for us', () => undefined],
  ])('and %s lives', (_, written) => {
    expect(pings(written)).toBe(100);
  });

  test('lives where silence has no bound', () => {
    expect(pings(() => ({ queued: 9, taken: 0 }), { ping: 20, pong: Infinity })).toBe(100);
  });

  test('is judged where a Ping goes out, and not between two', () => {
    const keepalive = new Keepalive();
    const stuck = { queued: 9, taken: 0 };
    const seen = Array.from({ length: 3 }, () => {
      keepalive.heard = true;
      return expire(keepalive, DEADLINES, undefined, stuck);
    });
    expect(seen).toEqual(['ping 00000001, wait 5', 'wait 15', 'gone']);
  });
});

describe('latency', () => {
  test('is the time from the last Ping to its Pong', () => {
    const keepalive = new Keepalive();
    expect(keepalive.latency).toBeUndefined();
    expire(keepalive, DEADLINES, 1_000);
    expect(keepalive.pong(bytes('00 00 00 01'), 1_007)).toBe(7);
    expect(keepalive.latency).toBe(7);
  });

  test('is measured once for each Ping', () => {
    const keepalive = new Keepalive();
    expire(keepalive, DEADLINES, 1_000);
    keepalive.pong(bytes('00 00 00 01'), 1_007);
    expect(keepalive.pong(bytes('00 00 00 01'), 1_009)).toBeUndefined();
    expect(keepalive.latency).toBe(7);
  });

  test.each(['', '00 00 00 02', '00 00 00', '00 00 00 01 00', '01 00 00 00'])(
    'has nothing to do with the Pong %j',
    (payload) => {
      const keepalive = new Keepalive();
      expire(keepalive, DEADLINES, 1_000);
      expect(keepalive.pong(bytes(payload), 1_007)).toBeUndefined();
      expect(keepalive.latency).toBeUndefined();
    },
  );

  test('is unknown without a clock, and before a Ping', () => {
    const keepalive = new Keepalive();
    expect(keepalive.pong(bytes('00 00 00 00'), 5)).toBeUndefined();
    expire(keepalive);
    expect(keepalive.pong(bytes('00 00 00 01'), 5)).toBeUndefined();
    expire(keepalive, { ping: 1, pong: Infinity }, 5);
    expect(keepalive.pong(bytes('00 00 00 01'), undefined)).toBeUndefined();
  });
});
