import { describe, expect, test } from 'vitest';
import { DataTransfer } from '../../core/data-transfer.ts';
import type { Output } from '../../core/events.ts';
import { type Close, NO_STATUS } from '../../core/framing/close-payload.ts';
import { MaskingKeys } from '../../core/framing/masking-keys.ts';
import { DEFAULT_DEADLINES, DEFAULT_LIMITS, type Limits } from '../../core/limits.ts';
import { Outlet } from '../../core/outlet.ts';
import { pseudoRandom } from '../support/opened.ts';
import { bytes, frames, hex, join } from '../support/wire.ts';

function setUp(limits: Partial<Limits> = {}, role: 'client' | 'server' = 'server') {
  const outputs: Output[] = [];
  const closes: Close[] = [];
  const clock = { now: 1_000 };
  const state = { sends: true };
  const outlet = new Outlet((output) => outputs.push(output));
  const transfer = new DataTransfer(
    {
      watcher: undefined,
      outlet,
      limits: { ...DEFAULT_LIMITS, ...limits },
      deadlines: DEFAULT_DEADLINES,
      now: () => clock.now,
      messages: 'whole',
      decodeAscii: undefined,
      inlet: { paused: false },
      reads: () => 'frames' as const,
      state,
      closeReceived: (close) => closes.push(close),
    },
    role === 'client' ? MaskingKeys.of(pseudoRandom()) : undefined,
    [],
  );
  const read = (wire: string): void => {
    const chunk = bytes(wire);
    for (let at = 0; at < chunk.length; ) at = transfer.read(chunk, at);
  };
  /** The frames written since the last call. */
  const sent = (): string[] => {
    outlet.flush();
    const chunks = outputs.splice(0).flatMap((output) => (output.type === 'write' ? output.chunks : []));
    return frames(join(chunks)).map(({ first, payload }) => `${first.toString(16)} ${hex(payload)}`);
  };
  return { clock, closes, outlet, outputs, read, sent, state, transfer };
}

describe('what is received', () => {
  test('becomes events', () => {
    const { outputs, read, closes } = setUp({}, 'client');
    read('81 01 61 82 01 62 89 01 63 8a 01 64');
    expect(outputs).toEqual([
      { type: 'message', data: 'a' },
      { type: 'message', data: bytes('62') },
      { type: 'ping', payload: bytes('63') },
      { type: 'pong', payload: bytes('64'), latency: undefined },
    ]);
    expect(closes).toEqual([]);
  });

  test.each([
    ['88 00', NO_STATUS],
    ['88 05 0f a0 62 79 65', { code: 4000, reason: 'bye' }],
  ])('may be a Close: %s', (wire, close) => {
    const { read, closes, outputs } = setUp({}, 'client');
    read(wire);
    expect(closes).toEqual([close]);
    expect(outputs).toEqual([]);
  });

  test('must be masked by a client, and not by a server', () => {
    expect(() => setUp({}, 'client').read('81 81')).toThrow(expect.objectContaining({ violation: 'masking-wrong' }));
    expect(() => setUp({}, 'server').read('81 01')).toThrow(expect.objectContaining({ violation: 'masking-wrong' }));
  });

  test('meets the limits', () => {
    expect(() => setUp({ frameBytes: 4 }, 'client').read('81 05')).toThrow(
      expect.objectContaining({ violation: 'frame-too-big' }),
    );
    expect(() => setUp({ messageBytes: 4 }, 'client').read('81 05')).toThrow(
      expect.objectContaining({ violation: 'message-too-big' }),
    );
  });
});

describe('what is sent', () => {
  test('is text for a string and binary for bytes', () => {
    const { sent, transfer } = setUp();
    transfer.send('a', false);
    transfer.send(bytes('62'), false);
    transfer.send(bytes('63').buffer, true);
    transfer.sendControl(9, bytes('64'));
    expect(sent()).toEqual(['81 61', '82 62', '82 63', '89 64']);
  });

  test('leaves early where it is much', () => {
    const { outputs, transfer } = setUp();
    for (let i = 0; i < 600; i++) transfer.sendControl(9, new Uint8Array(125));
    expect(outputs.map(({ type }) => type)).toEqual(['write']);
  });
});

describe('a Ping', () => {
  test('is answered before the program hears of it (CF3)', () => {
    const { outlet, outputs, read } = setUp({}, 'client');
    read('89 01 61');
    expect(outputs.map(({ type }) => type)).toEqual(['ping']);
    expect(outlet.waiting).toBe(7);
  });

  test('is not answered where nothing may be sent (CF7)', () => {
    const { outlet, read, state } = setUp({}, 'client');
    state.sends = false;
    read('89 01 61');
    expect(outlet.waiting).toBe(0);
  });

  test('waits while the transport is backed up: the newest is answered, once (B11, B12, CF5)', () => {
    const { outlet, read, sent, transfer } = setUp({ pongBytes: 100 }, 'client');
    outlet.queued = 100;
    read('89 01 61');
    expect(sent()).toEqual(['8a 61']);
    outlet.queued = 101;
    for (let i = 0; i < 1_000; i++) read('89 01 62');
    read('89 01 63');
    expect(sent()).toEqual([]);
    transfer.drained();
    expect(sent()).toEqual([]);
    outlet.queued = 0;
    transfer.drained();
    expect(sent()).toEqual(['8a 63']);
    transfer.drained();
    expect(sent()).toEqual([]);
  });

  test('that waited is dropped where nothing may be sent any more', () => {
    const { outlet, read, sent, state, transfer } = setUp({ pongBytes: 0 }, 'client');
    outlet.queued = 1;
    read('89 01 61');
    state.sends = false;
    outlet.queued = 0;
    transfer.drained();
    expect(sent()).toEqual([]);
  });
});

describe('keepalive', () => {
  test('pings, and measures the answer', () => {
    const { clock, outputs, read, sent, transfer } = setUp({}, 'client');
    expect(transfer.keepAlive(false)).toBe(true);
    expect(outputs).toEqual([{ type: 'deadline', milliseconds: 20_000 }]);
    expect(sent()).toEqual(['89 00000001']);
    clock.now += 7;
    read('8a 04 00 00 00 01');
    expect(outputs).toEqual([{ type: 'pong', payload: bytes('00 00 00 01'), latency: 7 }]);
    expect(transfer.latency).toBe(7);
  });

  test('gives up a peer that was not heard', () => {
    const { transfer } = setUp();
    expect([transfer.keepAlive(false), transfer.keepAlive(false), transfer.keepAlive(false)]).toEqual([
      true,
      true,
      false,
    ]);
  });

  test('does not give up a peer that was heard, or that nobody listened to', () => {
    const heard = setUp();
    for (let i = 0; i < 5; i++) {
      heard.transfer.heard();
      expect(heard.transfer.keepAlive(false)).toBe(true);
    }
    const deaf = setUp();
    for (let i = 0; i < 5; i++) expect(deaf.transfer.keepAlive(true)).toBe(true);
  });

  test('works without a clock', () => {
    const outputs: Output[] = [];
    const transfer = new DataTransfer(
      {
        watcher: undefined,
        outlet: new Outlet((output) => outputs.push(output)),
        limits: DEFAULT_LIMITS,
        deadlines: DEFAULT_DEADLINES,
        now: undefined,
        messages: 'whole',
        decodeAscii: undefined,
        inlet: { paused: false },
        reads: () => 'frames' as const,
        state: { sends: true },
        closeReceived: () => undefined,
      },
      MaskingKeys.of(pseudoRandom()),
      [],
    );
    transfer.keepAlive(false);
    transfer.read(bytes('8a 04 00 00 00 01'), 0);
    expect(outputs.at(-1)).toEqual({ type: 'pong', payload: bytes('00 00 00 01'), latency: undefined });
  });
});
