import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProtocolError, type Violation } from '../../../core/errors.ts';
import { FrameDecoder, reservedBitsSet } from '../../../core/framing/frame-decoder.ts';
import type { FrameSink } from '../../../core/framing/frame-sink.ts';
import { bytes, frame, hex, join } from '../../support/wire.ts';

interface SetUp {
  readonly masked?: boolean;
  readonly frameBytes?: number;
  /** What `dataFrame` allows. */
  readonly allowed?: number;
}

/** A decoder whose sink writes down what it is told. */
function setUp({ masked = false, frameBytes = 1_000_000, allowed = Infinity }: SetUp = {}) {
  const log: string[] = [];
  const sink: FrameSink = {
    dataFrame(fin, opcode, reserved) {
      log.push(`data ${fin ? 'fin' : 'more'} ${opcode} ${reserved}`);
      return allowed;
    },
    payload(data, start, end, left) {
      log.push(`payload ${hex(data.subarray(start, end))} ${left}`);
    },
    controlFrame(opcode, payload) {
      log.push(`control ${opcode} ${hex(payload)}`);
    },
  };
  const decoder = new FrameDecoder(sink, masked, frameBytes);
  return { log, sink, decoder };
}

describe('a chunk that is one short message', () => {
  const whole: [boolean, string][] = [
    [true, '82 82 00 00 00 00 61 62'],
    [false, '82 02 61 62'],
  ];

  test.each(whole)('is read straight, masked: %s', (masked, chunk) => {
    const { decoder, sink, log } = setUp({ masked });
    const taken = Object.assign(sink, { room: 2, message: (opcode: number) => log.push(`message ${opcode}`) });
    expect(taken.room).toBe(2);
    expect(decoder.decodeMessage(bytes(chunk))).toBe(true);
    expect(decoder.decodeMessage(bytes(chunk))).toBe(true);
    expect(log).toEqual(['message 2', 'message 2']);
  });

  test.each(whole)('is not looked for in the middle of a frame, masked: %s', (masked, chunk) => {
    const { decoder, sink, log } = setUp({ masked });
    Object.assign(sink, { room: 1_000, message: () => log.push('message') });
    for (const header of bytes(masked ? '82 85 01 02 03 04' : '82 05')) {
      decoder.decode(Uint8Array.of(header), 0, 1);
      expect(decoder.decodeMessage(bytes(chunk))).toBe(false);
    }
    expect(log).toEqual(['data fin 2 0']);
  });
});

test.each<[string, boolean, string]>([
  ['81 80', false, 'only a client masks its frames'],
  ['81 00', true, 'a client masks its frames'],
])('%s, where all are masked: %s, is told so', (chunk, masked, message) => {
  const { decoder } = setUp({ masked });
  expect(() => decoder.decode(bytes(chunk), 0, 2)).toThrow(expect.objectContaining({ message }));
});

/** Decodes everything, chunk after chunk, and returns what the sink was told. */
function decode(options: SetUp, ...chunks: string[]): string[] {
  const { decoder, log } = setUp(options);
  for (const chunk of chunks.map(bytes)) {
    for (let at = 0; at < chunk.length; ) at = decoder.decode(chunk, at, chunk.length);
  }
  return log;
}

describe('a frame decoder', () => {
  test('tells of a data frame at its first byte, and of its payload as it comes', () => {
    expect(decode({}, '81', '05 48', '65 6c', '6c 6f')).toEqual([
      'data fin 1 0',
      'payload 48 4',
      'payload 656c 2',
      'payload 6c6f 0',
    ]);
  });

  test('tells of an empty frame when its header is complete', () => {
    expect(decode({}, '02', '00')).toEqual(['data more 2 0', 'payload  0']);
    expect(decode({ masked: true }, '82 80 01 02 03', '04')).toEqual(['data fin 2 0', 'payload  0']);
  });

  test('says nothing of a chunk that has no payload', () => {
    expect(decode({ masked: true }, '82 82 01 02 03 04', '60 60')).toEqual(['data fin 2 0', 'payload 6162 0']);
  });

  test('hands on the reserved bits of data frames', () => {
    expect(decode({}, 'c1 00', '20 00', '90 00')).toEqual([
      'data fin 1 64',
      'payload  0',
      'data more 0 32',
      'payload  0',
      'data fin 0 16',
      'payload  0',
    ]);
  });

  test('collects a control frame, however it is cut, in memory of its own', () => {
    expect(decode({}, '89 03 61 62 63')).toEqual(['control 9 616263']);
    expect(decode({}, '89', '03', '61', '62', '63', '8a 00', '88 01', '7a')).toEqual([
      'control 9 616263',
      'control 10 ',
      'control 8 7a',
    ]);
    expect(decode({ masked: true }, '89 83 01 02 03 04 60', '60', '60')).toEqual(['control 9 616263']);
    expect(decode({}, '89 02', '61 62', '89 01', '63', '89 03', '64 65 66', '89 00')).toEqual([
      'control 9 6162',
      'control 9 63',
      'control 9 646566',
      'control 9 ',
    ]);
    const { decoder, sink } = setUp();
    const chunk = bytes('89 01 61');
    let payload: Uint8Array = new Uint8Array(0);
    sink.controlFrame = (_, given) => {
      payload = new Uint8Array(given.buffer);
    };
    decoder.decode(chunk, 0, 3);
    chunk.fill(0);
    expect(hex(payload)).toBe('61');
  });

  test('stops behind the first frame, and says where', () => {
    const { decoder, log } = setUp();
    const chunk = bytes('81 01 61 82 01 62');
    expect(decoder.decode(chunk, 0, 6)).toBe(3);
    expect(log).toHaveLength(2);
    expect(decoder.decode(chunk, 3, 6)).toBe(6);
    expect(decoder.decode(chunk, 6, 6)).toBe(6);
    expect(log).toHaveLength(4);
  });

  test('reads no byte outside of its range', () => {
    const { decoder, log } = setUp();
    const chunk = bytes('ff 81 02 61 62 ff');
    expect(decoder.decode(chunk, 1, 3)).toBe(3);
    expect(decoder.decode(chunk, 3, 5)).toBe(5);
    expect(log).toEqual(['data fin 1 0', 'payload 6162 0']);
  });

  test('has the frame behind it when the sink is told: the sink may read on', () => {
    const { decoder, log, sink } = setUp();
    const chunk = bytes('81 01 61 89 00 82 01 62');
    const write = sink.payload;
    sink.payload = (data, start, end, left) => {
      write(data, start, end, left);
      if (end === 3) decoder.decode(chunk, 3, 5);
    };
    decoder.decode(chunk, 0, 8);
    decoder.decode(chunk, 5, 8);
    expect(log).toEqual(['data fin 1 0', 'payload 61 0', 'control 9 ', 'data fin 2 0', 'payload 62 0']);
  });

  test.each([126, 127, 255, 256, 65_535, 65_536, 70_000])(
    'reads %i bytes with each masking, whole and in pieces',
    (size) => {
      const payload = Uint8Array.from({ length: size }, (_, i) => i * 3);
      for (const key of [undefined, bytes('00 00 00 00'), bytes('37 fa 21 3d')]) {
        for (const piece of [1, 3, 4_096, size + 20]) {
          const { decoder, sink } = setUp({ masked: key !== undefined });
          const pieces: Uint8Array[] = [];
          sink.payload = (data, start, end) => {
            pieces.push(data.slice(start, end));
          };
          const wire = frame(0x82, payload, key);
          let read = 0;
          for (let at = 0; at < wire.length; at += piece) {
            const chunk = wire.slice(at, at + piece);
            read += decoder.decode(chunk, 0, chunk.length);
          }
          expect(read).toBe(wire.length);
          expect(hex(join(pieces))).toBe(hex(payload));
        }
      }
    },
  );
});

describe('a frame decoder finds the fault at the byte that shows it', () => {
  test.each<[Violation, string, string, SetUp]>([
    ['opcode-reserved', 'a reserved data opcode', '83', {}],
    ['opcode-reserved', 'the highest reserved data opcode', '87', {}],
    ['opcode-reserved', 'a reserved control opcode', '8b', {}],
    ['opcode-reserved', 'the highest opcode', '0f', {}],
    ['reserved-bits-set', 'RSV1 on a Ping', 'c9', {}],
    ['reserved-bits-set', 'RSV3 on a Close', '98', {}],
    ['control-frame-fragmented', 'a Ping without FIN', '09', {}],
    ['masking-wrong', 'a masked frame where none may be', '81 80', {}],
    ['masking-wrong', 'an unmasked frame where all must be masked', '81 7d', { masked: true }],
    ['masking-wrong', 'an unmasked frame, before its length', '89 7e', { masked: true }],
    ['control-frame-too-long', 'a Ping with a length of 16 bits', '89 7e', {}],
    ['control-frame-too-long', 'a Ping with a length of 64 bits', '89 ff', { masked: true }],
    ['length-not-minimal', '125 in 16 bits', '82 7e 00 7d', {}],
    ['length-not-minimal', '65535 or less in 64 bits', '82 7f 00 00 00 00 00 00', {}],
    ['length-out-of-range', 'the highest bit', '82 7f 80', {}],
    ['frame-too-big', 'a short length', '82 7d', { frameBytes: 124 }],
    ['frame-too-big', 'the first byte of 16', '82 7e 04', { frameBytes: 1_023 }],
    ['frame-too-big', 'the second byte of 16', '82 7e 03 ff', { frameBytes: 1_022 }],
    ['frame-too-big', 'a byte of 64', '82 7f 00 00 00 01', { frameBytes: 2 ** 32 - 1 }],
    ['frame-too-big', '2^53 without a limit', '82 7f 00 20', { frameBytes: Infinity }],
    ['message-too-big', 'what is left of the message', '82 0b', { allowed: 10 }],
    ['frame-too-big', 'the limit of frames where it is as low', '82 0b', { allowed: 10, frameBytes: 10 }],
    ['message-too-big', 'nothing is left of the message', '82 01', { allowed: 0 }],
  ])('%s: %s', (violation, _, wire, options) => {
    const chunk = bytes(wire);
    expect(() => setUp(options).decoder.decode(chunk, 0, chunk.length)).toThrow(
      expect.objectContaining({ name: 'ProtocolError', violation }),
    );
    const { decoder } = setUp(options);
    for (let at = 0; at < chunk.length - 1; at++) decoder.decode(chunk, at, at + 1);
    expect(() => decoder.decode(chunk, chunk.length - 1, chunk.length)).toThrow(expect.objectContaining({ violation }));
  });

  test.each<[string, string, SetUp]>([
    ['at the limit of frames, in 7 bits', '82 7d', { frameBytes: 125 }],
    ['at the limit of frames, in 16 bits', '82 7e 03 ff', { frameBytes: 1_023 }],
    ['at the limit of frames, in 64 bits', '82 7f 00 00 00 01 00 00 00 00', { frameBytes: 2 ** 32 }],
    ['at what is left of the message', '82 0a', { allowed: 10 }],
    ['of 126 bytes', '82 7e 00 7e', {}],
    ['of 65,536 bytes', '82 7f 00 00 00 00 00 01 00 00', {}],
    ['of 2^53 - 1 bytes, without a limit', '82 7f 00 1f ff ff ff ff ff ff', { frameBytes: Infinity }],
    ['of control, whatever the limit of frames', '89 7d', { frameBytes: 0, allowed: 0 }],
  ])('and none in a frame %s', (_, wire, options) => {
    const chunk = bytes(wire);
    expect(setUp(options).decoder.decode(chunk, 0, chunk.length)).toBe(chunk.length);
  });

  test('says who must mask', () => {
    const thrown = (masked: boolean, wire: string) => () => setUp({ masked }).decoder.decode(bytes(wire), 0, 2);
    expect(thrown(true, '81 00')).toThrow('a client masks its frames');
    expect(thrown(false, '81 80')).toThrow('only a client masks its frames');
  });

  test('names the bits and the opcode', () => {
    expect(reservedBitsSet(0x40, 1)).toMatchObject({
      violation: 'reserved-bits-set',
      closeCode: 1002,
      message: 'RSV bits 0x40 on opcode 1 have no meaning here',
    });
  });
});

test('whatever the bytes are, each call reads at least one of them, and all that is read lies behind (B9)', () => {
  const frameLike = fc.tuple(
    fc.constantFrom(0x81, 0x01, 0x80, 0x89, 0x88),
    fc.constantFrom(0, 1, 3, 126, 127, 128, 131, 254),
    fc.uint8Array({ maxLength: 12 }),
  );
  const wire = fc
    .array(frameLike, { minLength: 1, maxLength: 8 })
    .map((frames) => Uint8Array.from(frames.flatMap(([first, second, rest]) => [first, second, ...rest])));
  fc.assert(
    fc.property(wire, fc.boolean(), (all, isMasked) => {
      const { decoder } = setUp({ masked: isMasked });
      let calls = 0;
      for (let at = 0; at < all.length; calls++) {
        let next: number;
        try {
          next = decoder.decode(all, at, all.length);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
          return;
        }
        expect(next).toBeGreaterThan(at);
        expect(next).toBeLessThanOrEqual(all.length);
        at = next;
      }
      expect(calls).toBeLessThanOrEqual(all.length / 2 + 1);
    }),
  );
});

describe('a frame of a client that comes whole', () => {
  test('is unmasked by all four bytes of its key (RFC 6455 §5.7)', () => {
    expect(decode({ masked: true }, '81 85 37 fa 21 3d 7f 9f 4d 51 58')).toEqual([
      'data fin 1 0',
      'payload 48656c6c6f 0',
    ]);
    expect(decode({ masked: true }, '82 80 37 fa 21 3d 82 81 01 02 03 04 60')).toEqual([
      'data fin 2 0',
      'payload  0',
      'data fin 2 0',
      'payload 61 0',
    ]);
  });

  test.each<[Violation, string, SetUp]>([
    ['masking-wrong', '81 05 48 65 6c 6c 6f', {}],
    ['masking-wrong', '81 00 48 65 6c 6c 6f', {}],
    ['frame-too-big', '81 85 37 fa 21 3d 7f 9f 4d 51 58', { frameBytes: 4 }],
    ['message-too-big', '81 85 37 fa 21 3d 7f 9f 4d 51 58', { allowed: 4 }],
  ])('breaks %s as any other: %s', (violation, wire, options) => {
    expect(() => decode({ masked: true, ...options }, wire)).toThrow(expect.objectContaining({ violation }));
  });

  test('may be exactly as long as it may be', () => {
    const wire = '81 85 37 fa 21 3d 7f 9f 4d 51 58';
    expect(decode({ masked: true, frameBytes: 5, allowed: 5 }, wire)).toHaveLength(2);
  });
});

test('a server may send a length of 64 bits', () => {
  expect(decode({}, '82 7f 00 00 00 00 00 01 00 00 61')).toEqual(['data fin 2 0', 'payload 61 65535']);
});

test.each<[Violation, string, SetUp?]>([
  ['opcode-reserved', '83 00'],
  ['reserved-bits-set', 'd9 00'],
  ['control-frame-fragmented', '09 00'],
  ['control-frame-too-long', '89 7e'],
  ['length-not-minimal', '82 7e 00 7d'],
  ['length-out-of-range', '82 7f 80'],
  ['frame-too-big', '82 7f 7f ff ff ff ff ff ff ff'], // of 63 bits, so that it is in range
  ['masking-wrong', '81 85'],
  ['masking-wrong', '81 05', { masked: true }],
  ['frame-too-big', '82 7e 00 7e', { frameBytes: 10 }],
])('%s is said in words', (violation, wire, options = {}) => {
  expect(() => decode(options, wire)).toThrow(
    expect.objectContaining({ violation, message: expect.stringMatching(/\w+ \w+/) }),
  );
});
