import { afterEach, describe, expect, test, vi } from 'vitest';
import { applyMask, maskAll, unmaskedCopy } from '../../../core/framing/mask.ts';
import { watched, watchedWords } from '../../support/watched.ts';
import { bytes, hex } from '../../support/wire.ts';

/** RFC 6455 §5.3 as it stands: octet i of the payload is XORed with octet i mod 4 of the key. */
function reference(payload: Uint8Array, key: readonly number[], position: number): void {
  for (const [i, byte] of payload.entries()) payload[i] = byte ^ (key[(i + position) % 4] ?? 0);
}

const KEY = [0x37, 0xfa, 0x21, 0x3d];
const KEY_NUMBER = 0x37fa213d;

describe('the payload of a short frame', () => {
  test.each(Array.from({ length: 65 }, (_, i) => i))('is copied, %i bytes, unmasked by the key before it', (length) => {
    const chunk = Uint8Array.from({ length: 6 + length }, (_, i) => (i >= 2 && i < 6 ? (KEY[i - 2] ?? 0) : i * 7));
    const expected = chunk.slice(6);
    reference(expected, KEY, 0);
    expect(hex(unmaskedCopy(chunk, length))).toBe(hex(expected));
  });

  test.each([0, 7, 8, 9, 16, 64])('of %i bytes: each is read once, and the key again for the last seven', (length) => {
    const chunk = watched(new Uint8Array(6 + length));
    unmaskedCopy(chunk.memory, length);
    expect(chunk.touched).toBe(4 + length + (length % 8));
  });
});

describe('a view of words, which costs as much as 50 octets,', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  /** How many views are made for payloads of `chunk`, and how many octets go through one; each payload is `[start, end)`. */
  function viewed(chunk: Uint8Array, ...payloads: readonly (readonly [number, number])[]): [number, number] {
    const words = watchedWords();
    for (const [start, end] of payloads) applyMask(chunk, start, end, KEY_NUMBER, 0);
    vi.unstubAllGlobals();
    return [words.views, words.written * 4];
  }
  const memory = (length: number): Uint8Array => new Uint8Array(length);

  test('is made for 48 of them, and used for all words that are whole', () => {
    expect(viewed(memory(200), [0, 47])).toEqual([0, 0]);
    expect(viewed(memory(200), [0, 48])).toEqual([1, 48]);
    expect(viewed(memory(200), [5, 57])).toEqual([1, 48]);
    for (const [length, end] of [
      [48, 48],
      [49, 48],
      [50, 48],
      [51, 48],
    ] as const) {
      expect(viewed(new Uint8Array(new ArrayBuffer(60), 4, length), [0, end])).toEqual([1, 48]);
      expect(viewed(new Uint8Array(new ArrayBuffer(60), 5, length), [0, end])).toEqual([1, 44]);
    }
  });

  test('is not made where nothing changes', () => {
    const words = watchedWords();
    applyMask(memory(500), 0, 500, 0, 0);
    expect(words.views).toBe(0);
  });

  test('is made for a short payload of a chunk that has 512 octets left', () => {
    expect(viewed(memory(522), [10, 30])).toEqual([1, 16]);
    expect(viewed(memory(521), [10, 30])).toEqual([0, 0]);
  });

  test('is shared by what follows in its chunk, and made again where another was between', () => {
    const [one, other] = [memory(1_000), memory(100)];
    expect(viewed(one, [0, 8], [10, 30], [980, 992], [993, 994])).toEqual([1, 8 + 16 + 12]);
    const words = watchedWords();
    const views = (chunk: Uint8Array, end: number): number => {
      applyMask(chunk, 0, end, KEY_NUMBER, 0);
      return words.views;
    };
    expect([views(one, 8), views(other, 8), views(one, 8)]).toEqual([0, 0, 0]);
    expect([views(other, 60), views(other, 8), views(one, 8), views(other, 60)]).toEqual([1, 1, 2, 3]);
  });

  test('is shared only within chunks as a network has them', () => {
    expect(viewed(memory(65_536), [0, 48], [48, 96])).toEqual([1, 96]);
    expect(viewed(memory(65_537), [0, 48], [48, 96])).toEqual([2, 96]);
    expect(viewed(new Uint8Array(new ArrayBuffer(65_537), 0, 600), [0, 48], [48, 96])).toEqual([2, 96]);
  });

  test('is not made for more bytes than 32 bits can number', () => {
    const [one, other] = [2 ** 31 - 1, 2 ** 31].map((length) => {
      const chunk = Uint8Array.from({ length: 100 }, (_, i) => i);
      return Object.defineProperty(chunk, 'length', { value: length });
    });
    const expected = Uint8Array.from({ length: 100 }, (_, i) => i);
    reference(expected, KEY, 0);
    expect(() => applyMask(one as Uint8Array, 0, 100, KEY_NUMBER, 0)).toThrow(RangeError); // no memory is that large
    applyMask(other as Uint8Array, 0, 100, KEY_NUMBER, 0);
    expect(hex((other as Uint8Array).slice(0, 100))).toBe(hex(expected));
  });

  test('that could not be made leaves the one before forgotten, and what comes next right', () => {
    const chunk = memory(700).subarray(1);
    const expected = new Uint8Array(699);
    applyMask(chunk, 10, 100, KEY_NUMBER, 0);
    reference(expected.subarray(10, 100), KEY, 0);
    const long = Object.defineProperty(memory(100).subarray(2), 'length', { value: 2 ** 30 });
    expect(() => applyMask(long, 0, 90, KEY_NUMBER, 0)).toThrow(RangeError);
    applyMask(chunk, 100, 200, KEY_NUMBER, 0);
    reference(expected.subarray(100, 200), KEY, 0);
    expect(hex(chunk)).toBe(hex(expected));
  });

  test('of a message that fills another chunk does not pass for one of this', () => {
    const chunk = memory(700).subarray(1);
    const expected = new Uint8Array(699);
    const other = memory(100);
    applyMask(chunk, 10, 100, KEY_NUMBER, 0);
    reference(expected.subarray(10, 100), KEY, 0);
    maskAll(other.subarray(2), KEY_NUMBER, other.buffer, 2);
    applyMask(chunk, 100, 200, KEY_NUMBER, 0);
    reference(expected.subarray(100, 200), KEY, 0);
    expect(hex(chunk)).toBe(hex(expected));
    expect(other.subarray(0, 2)).toEqual(new Uint8Array(2));
  });

  test('is the right one behind a chunk whose view is not shared', () => {
    const chunk = memory(700).subarray(3);
    expect(viewed(chunk, [0, 9])).toEqual([1, 8]);
    expect(viewed(memory(70_000).subarray(1), [0, 48])).toEqual([1, 44]);
    applyMask(chunk, 0, 9, KEY_NUMBER, 0);
    expect(hex(chunk)).toBe('00'.repeat(697));
  });
});

test.each([0, 1, 2, 3])('all of what lies at %i in its memory is masked, and nothing beside it', (offset) => {
  for (let length = 3; length <= 130; length++) {
    const memory = Uint8Array.from({ length: offset + length + 5 }, (_, i) => i * 3);
    const expected = memory.slice();
    maskAll(memory.subarray(offset, offset + length), KEY_NUMBER, memory.buffer, offset);
    reference(expected.subarray(offset, offset + length), KEY, 0);
    expect(hex(memory)).toBe(hex(expected));
  }
});

describe('masking', () => {
  test('is the example of RFC 6455 §5.7', () => {
    const payload = bytes('48 65 6c 6c 6f');
    applyMask(payload, 0, 5, KEY_NUMBER, 0);
    expect(hex(payload)).toBe('7f9f4d5158');
  });

  test.each(Array.from({ length: 16 }, (_, i) => i))(
    'is the loop of RFC 6455 §5.3 at alignment %i, for every length up to 300',
    (alignment) => {
      for (let length = 0; length <= 300; length++) {
        const actual = Uint8Array.from({ length: alignment + length + 3 }, (_, i) => i * 7);
        const expected = actual.slice();
        applyMask(actual, alignment, alignment + length, KEY_NUMBER, 0);
        reference(expected.subarray(alignment, alignment + length), KEY, 0);
        expect(hex(actual)).toBe(hex(expected));
      }
    },
  );

  test.each([0, 1, 2, 3, 4, 5, 6, 7, 125, 65_537, 2 ** 32 + 3, Number.MAX_SAFE_INTEGER])(
    'goes on at position %i of the payload',
    (position) => {
      for (const length of [0, 1, 2, 3, 4, 5, 15, 16, 17, 127, 128, 129, 150]) {
        const actual = Uint8Array.from({ length }, (_, i) => i);
        const expected = actual.slice();
        applyMask(actual, 0, length, KEY_NUMBER, position);
        reference(expected, KEY, position % 4);
        expect(hex(actual)).toBe(hex(expected));
      }
    },
  );

  test('is right for many short payloads of one chunk, which share a view, and for another chunk after it', () => {
    const memory = Uint8Array.from({ length: 1_300 }, (_, i) => i * 11);
    const expected = memory.slice();
    for (const chunk of [memory.subarray(1, 650), memory.subarray(651)]) {
      const plain = expected.subarray(chunk.byteOffset, chunk.byteOffset + chunk.length);
      for (let start = 3, length = 0; start + length < chunk.length; start += length++) {
        applyMask(chunk, start, start + length, KEY_NUMBER, 0);
        reference(plain.subarray(start, start + length), KEY, 0);
      }
    }
    expect(hex(memory)).toBe(hex(expected));
  });

  test('touches only its range of a view of a larger buffer', () => {
    const memory = new Uint8Array(600);
    applyMask(memory.subarray(37, 537), 10, 410, KEY_NUMBER, 0);
    const expected = new Uint8Array(600);
    reference(expected.subarray(47, 447), KEY, 0);
    expect(hex(memory)).toBe(hex(expected));
  });

  test.each([0x80000000 | 0, -1, 0xff, 0x01000000])('takes the key %i as 32 bits', (key) => {
    const octets = [key >>> 24, (key >>> 16) & 255, (key >>> 8) & 255, key & 255];
    for (const length of [7, 200]) {
      const actual = new Uint8Array(length);
      const expected = new Uint8Array(length);
      applyMask(actual, 0, length, key, 1);
      reference(expected, octets, 1);
      expect(hex(actual)).toBe(hex(expected));
    }
  });

  test('leaves everything as it is with a key of zeros, and twice is once undone', () => {
    const payload = Uint8Array.from({ length: 200 }, (_, i) => i);
    const before = hex(payload);
    applyMask(payload, 0, 200, 0, 3);
    expect(hex(payload)).toBe(before);
    applyMask(payload, 0, 200, KEY_NUMBER, 3);
    applyMask(payload, 0, 200, KEY_NUMBER, 3);
    expect(hex(payload)).toBe(before);
  });
});
