import { describe, expect, test, vi } from 'vitest';
import { OutputGatherer } from '../../../core/bytes/output-gatherer.ts';
import { FIN, FrameEncoder, RSV1 } from '../../../core/framing/frame-encoder.ts';
import { MaskingKeys } from '../../../core/framing/masking-keys.ts';
import { pseudoRandom } from '../../support/opened.ts';
import { bytes, frame, frames, hex, join } from '../../support/wire.ts';

/** Sizes on both sides of every border: of the length field, of short text, of copying (A12). */
const SIZES = [
  0,
  1,
  2,
  124,
  125,
  126,
  127,
  128,
  254,
  255,
  256,
  257,
  16_383,
  16_384,
  16_385,
  65_534,
  65_535,
  65_536,
  65_537,
  2 ** 20 - 1,
  2 ** 20,
  2 ** 20 + 1,
];

const BINARY = FIN | 2;
const TEXT = FIN | 1;

const content = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, i) => i * 31 + 7);

/** Without the cost of a difference that could be shown. */
const same = (a: Uint8Array | undefined, b: Uint8Array): boolean => a !== undefined && Buffer.compare(a, b) === 0;

function setUp(masked: boolean) {
  const output = new OutputGatherer();
  const encoder = new FrameEncoder(output, masked ? MaskingKeys.of(pseudoRandom(3)) : undefined);
  return { encoder, output, taken: () => join(output.take()) };
}

describe.each([
  ['a server', false],
  ['a client', true],
])('the frames of %s', (_, masked) => {
  test.each(SIZES)('have the shortest header for %i bytes (A12)', (size) => {
    const { encoder, taken } = setUp(masked);
    const payload = content(size);
    encoder.encode(BINARY, payload.slice(), false);
    const wire = taken();
    const header = (size < 126 ? 2 : size < 65_536 ? 4 : 10) + (masked ? 4 : 0);
    expect(wire.length).toBe(header + size);
    const [read, ...more] = frames(wire);
    expect(more).toEqual([]);
    expect(read?.first).toBe(BINARY);
    expect(read?.key !== undefined).toBe(masked);
    expect(same(read?.payload, payload)).toBe(true);
    expect(same(wire, frame(BINARY, payload, read?.key))).toBe(true);
  });

  test.each(SIZES)('are the same where %i bytes are given away', (size) => {
    const { encoder, taken } = setUp(masked);
    encoder.encode(BINARY, content(size), true);
    const copying = setUp(masked);
    copying.encoder.encode(BINARY, content(size), false);
    expect(same(taken(), copying.taken())).toBe(true);
  });

  test.each([126, 70_000])('come from a view of a larger buffer as well: %i bytes (A13)', (size) => {
    for (const offset of [1, 7]) {
      const memory = content(size + 20);
      const { encoder, taken } = setUp(masked);
      encoder.encode(BINARY, memory.subarray(offset, offset + size), false);
      expect(frames(taken()).map(({ payload }) => payload)).toEqual([memory.slice(offset, offset + size)]);
    }
  });

  test('leave the bytes of the caller as they are (I7)', () => {
    const { encoder, taken } = setUp(masked);
    const payload = content(20_000);
    encoder.encode(BINARY, payload, false);
    encoder.encode(BINARY, payload, false);
    expect(payload).toEqual(content(20_000));
    payload.fill(0);
    expect(frames(taken()).map((each) => each.payload)).toEqual([content(20_000), content(20_000)]);
  });

  test.each([0, 1, 13, 39, 40, 41, 42, 43, 125, 126, 127, 5_461, 5_462, 16_384, 16_385, 20_000, 65_536])(
    'carry text of %i characters as UTF-8',
    (size) => {
      for (const char of ['a', '\u00e9', '\u20ac', '\ud800']) {
        const { encoder, taken } = setUp(masked);
        encoder.encodeText(TEXT, char.repeat(size));
        const wire = taken();
        const [read, ...more] = frames(wire);
        expect(more).toEqual([]);
        expect(read?.first).toBe(TEXT);
        expect(new TextDecoder('utf-8', { fatal: true }).decode(read?.payload)).toBe(
          char.replace('\ud800', '\ufffd').repeat(size),
        );
      }
    },
  );

  test.each([
    ['\ud800a\udc00', 'efbfbd61efbfbd'],
    ['\ud83d\ude00', 'f09f9880'],
    [`${'x'.repeat(60)}\ud800`, `${'78'.repeat(60)}efbfbd`],
    ['\ufeff', 'efbbbf'],
  ])('carry %j, lone surrogates as U+FFFD (UT10)', (text, expected) => {
    const { encoder, taken } = setUp(masked);
    encoder.encodeText(TEXT, text);
    expect(frames(taken()).map(({ payload }) => hex(payload))).toEqual([expected]);
  });

  test('have the first byte they were given', () => {
    const { encoder, taken } = setUp(masked);
    for (const first of [0x01, RSV1 | 0x02, 0x00, FIN, FIN | RSV1 | 0x01, 0x88, 0x89, 0x8a])
      encoder.encode(first, bytes('61'), false);
    expect(frames(taken()).map(({ first }) => first)).toEqual([0x01, 0x42, 0x00, 0x80, 0xc1, 0x88, 0x89, 0x8a]);
  });
});

describe('the payload of a frame', () => {
  test('is passed on without a copy where it is long and given away', () => {
    const payload = content(16_384);
    const { encoder, output } = setUp(false);
    encoder.encode(BINARY, payload, true);
    expect(output.take()[1]).toBe(payload);
    encoder.encode(BINARY, content(16_383), true);
    expect(output.take()).toHaveLength(1);
  });
});

describe('the masking keys of frames', () => {
  test('are those of the source, a new one for each, also where it is empty (I4, I6, FR11, LT3)', () => {
    const { encoder, taken } = setUp(true);
    const expected = MaskingKeys.of(pseudoRandom(3));
    for (let i = 0; i < 500; i++) {
      encoder.encode(BINARY, new Uint8Array(0), false);
      encoder.encodeText(TEXT, '');
      encoder.encode(BINARY, content(16_384), true);
      encoder.encode(0x89, bytes('01 02'), false);
    }
    const keys = frames(taken()).map(({ key }) => hex(key ?? new Uint8Array(0)));
    expect(keys).toEqual(keys.map(() => (expected.next() >>> 0).toString(16).padStart(8, '0')));
    expect(new Set(keys).size).toBe(2_000);
  });
});

test.each([
  ['short texts', '\u20ac'.repeat(40)], // 120 bytes, five less than a short frame holds
  ['texts', '\u20ac'.repeat(1_000)],
  ['texts with more than there is room for', `${'a'.repeat(15_000)}${'\u20ac'.repeat(1_000)}`],
])('%s of the longest characters fit wherever a slab ends', (_, text) => {
  const output = new OutputGatherer();
  const encoder = new FrameEncoder(output, undefined);
  for (let i = 0; i < 200_000 / text.length; i++) encoder.encodeText(TEXT, text);
  const read = frames(join(output.take()));
  expect(read).toHaveLength(Math.ceil(200_000 / text.length));
  expect(new Set(read.map(({ payload }) => new TextDecoder().decode(payload)))).toEqual(new Set([text]));
});

test('text is encoded straight into its place, of up to 16 KiB', () => {
  const encode = vi.spyOn(TextEncoder.prototype, 'encode');
  const encoder = new FrameEncoder(new OutputGatherer(), undefined);
  const apart = (text: string): number => {
    encode.mockClear();
    encoder.encodeText(TEXT, text);
    return encode.mock.calls.length;
  };
  expect(['', 'a'.repeat(126), 'a'.repeat(16_384), '\u20ac'.repeat(5_461)].map(apart)).toEqual([0, 0, 0, 0]);
  expect(['a'.repeat(16_385), '\u20ac'.repeat(5_462), '\u20ac'.repeat(42)].map(apart)).toEqual([1, 1, 1]);
  encode.mockRestore();
});
