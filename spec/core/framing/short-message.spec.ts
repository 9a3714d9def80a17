import { describe, expect, test } from 'vitest';
import type { FrameSink } from '../../../core/framing/frame-sink.ts';
import { takeMessage } from '../../../core/framing/short-message.ts';
import { bytes, frame, hex } from '../../support/wire.ts';

const KEY = bytes('37 fa 21 3d');

/** Whether `chunk` was taken by a sink with room for `room` bytes, and what that was told. */
function take(chunk: Uint8Array, room = 1_000, frameBytes = 1_000, masked = true): [boolean, ...string[]] {
  const [taken, ...messages] = taking(chunk, room, frameBytes, masked);
  return [taken, ...messages.map(([opcode, payload]) => `${opcode} ${hex(payload)}`)];
}

type Message = readonly [opcode: number, bytes: Uint8Array];

function taking(chunk: Uint8Array, room = 1_000, frameBytes = 1_000, masked = true): [boolean, ...Message[]] {
  const told: Message[] = [];
  const never = (): never => {
    throw new Error('the long way');
  };
  const sink: FrameSink = {
    ...(room !== -2 && { room }),
    dataFrame: never,
    payload: never,
    controlFrame: never,
    message: (...message) => void told.push(message),
  };
  return [takeMessage(chunk, sink, masked, frameBytes), ...told];
}

describe('a chunk that is a short message', () => {
  test.each([0, 1, 7, 8, 9, 64, 124, 125])('is taken, of %i bytes', (length) => {
    const payload = Uint8Array.from({ length }, (_, i) => i * 5);
    expect(take(frame(0x82, payload, KEY))).toEqual([true, `2 ${hex(payload)}`]);
    expect(take(frame(0x81, payload, KEY))).toEqual([true, `1 ${hex(payload)}`]);
    expect(take(frame(0x82, payload), 1_000, 1_000, false)).toEqual([true, `2 ${hex(payload)}`]);
  });

  test.each([0, 1, 2, 3, 5])(
    'is unmasked wherever in its memory it lies, as at %i, and nothing beside it',
    (offset) => {
      for (let length = 0; length <= 125; length++) {
        const payload = Uint8Array.from({ length }, (_, i) => i * 5);
        const wire = frame(0x82, payload, KEY);
        const memory = new Uint8Array(offset + wire.length + 5).fill(0xee);
        memory.set(wire, offset);
        expect(take(Buffer.from(memory.buffer, offset, wire.length))).toEqual([true, `2 ${hex(payload)}`]);
        expect([hex(memory.slice(0, offset)), hex(memory.slice(offset + wire.length))]).toEqual([
          'ee'.repeat(offset),
          'ee'.repeat(5),
        ]);
      }
    },
  );

  test.each([
    ['of 64 bytes and less', 64, true, 64],
    ['of more, in place', 65, true, 71],
    ['without a mask, in place', 5, false, 7],
  ])('has plain memory: %s', (_, length, masked, memory) => {
    const wire = frame(0x82, new Uint8Array(length).fill(97), masked ? KEY : undefined);
    const chunk = Buffer.from(new Uint8Array(wire).buffer);
    const [, [, data] = []] = taking(chunk, 1_000, 1_000, masked);
    expect(data).toEqual(new Uint8Array(length).fill(97));
    expect(Object.getPrototypeOf(data)).toBe(Uint8Array.prototype);
    expect(data?.buffer.byteLength).toBe(memory);
    expect(data?.buffer === chunk.buffer).toBe(memory !== 64);
  });

  test.each([true, false])(
    'does not keep memory alive that is more than four times as large (B17; masked: %s)',
    (masked) => {
      const wire = frame(0x82, new Uint8Array(100).fill(97), masked ? KEY : undefined);
      for (const [size, kept] of [
        [400, 400],
        [401, 100],
      ] as const) {
        const chunk = Buffer.from(new ArrayBuffer(size), 3, wire.length);
        chunk.set(wire);
        const [, [, data] = []] = taking(chunk, 1_000, 1_000, masked);
        if (kept === 100) chunk.fill(0);
        expect(data).toEqual(new Uint8Array(100).fill(97));
        expect(data?.buffer.byteLength).toBe(kept);
      }
    },
  );

  test('that is text is not copied to be decoded', () => {
    const wire = frame(0x81, new Uint8Array(100).fill(97), KEY);
    const chunk = Buffer.from(new ArrayBuffer(1_000), 3, wire.length);
    chunk.set(wire);
    const [, [, data] = []] = taking(chunk);
    expect(data?.buffer).toBe(chunk.buffer);
  });

  test('may be exactly as long as it may be', () => {
    const chunk = (): Uint8Array => frame(0x82, bytes('61 62'), KEY);
    expect(take(chunk(), 2, 2)).toEqual([true, '2 6162']);
    expect(take(chunk(), 1, 2)).toEqual([false]);
    expect(take(chunk(), 2, 1)).toEqual([false]);
  });
});

describe('anything else is left as it is', () => {
  const whole = frame(0x82, bytes('61 62 63'), KEY);
  test.each<[string, Uint8Array]>([
    ['no byte', new Uint8Array()],
    ['half a header', whole.slice(0, 5)],
    ['half a header, with a length as if it were -1', bytes('82 7f 00 00 00')],
    ['a byte less', whole.slice(0, -1)],
    ['a byte more', Uint8Array.of(...whole, 0x82)],
    ['two messages', Uint8Array.of(...whole, ...whole)],
    ['no mask', frame(0x82, bytes('61 62 63 64 65 66 67'))],
    ['a length of 16 bits', frame(0x82, new Uint8Array(126), KEY)],
    ['a length of 16 bits that has a shorter form', bytes('82 fe 00 02 37 fa 21 3d 61 62')],
    ['a length of 16 bits, as if it were 126', Uint8Array.of(0x82, 0xfe, ...new Uint8Array(130))],
    ['the first fragment', frame(0x02, bytes('61'), KEY)],
    ['the last fragment', frame(0x80, bytes('61'), KEY)],
    ['a reserved bit', frame(0xc2, bytes('61'), KEY)],
    ['a reserved opcode', frame(0x83, bytes('61'), KEY)],
    ['a Close', frame(0x88, bytes('03 e8'), KEY)],
    ['a Ping', frame(0x89, bytes('61'), KEY)],
    ['a Pong', frame(0x8a, bytes('61'), KEY)],
  ])('%s', (_, chunk) => {
    const before = hex(chunk);
    expect(take(chunk)).toEqual([false]);
    expect(hex(chunk)).toBe(before);
  });

  test.each<[string, Uint8Array]>([
    ['half a header of a server', bytes('82')],
    ['a byte less of a server', bytes('82 02 61')],
    ['a byte more of a server', bytes('82 01 61 82')],
    ['a mask of a server', frame(0x82, bytes('61 62 63'), KEY)],
    ['a length of 16 bits of a server', frame(0x82, new Uint8Array(126))],
    ['a fragment of a server', bytes('02 01 61')],
  ])('%s', (_, chunk) => {
    const before = hex(chunk);
    expect(take(chunk, 1_000, 1_000, false)).toEqual([false]);
    expect(hex(chunk)).toBe(before);
  });

  test('a message, where the sink takes none so now, or never', () => {
    const chunk = frame(0x82, new Uint8Array(), KEY);
    expect(take(chunk, -1)).toEqual([false]);
    expect(take(chunk, -2)).toEqual([false]);
  });
});
