import { afterEach, describe, expect, test, vi } from 'vitest';
import { applyMask, unmaskAlone } from '../../../core/framing/mask.ts';
import { watched } from '../../support/watched.ts';
import { bytes, hex } from '../../support/wire.ts';

/** RFC 6455 §5.3 as it stands: octet i of the payload is XORed with octet i mod 4 of the key. */
function reference(payload: Uint8Array, key: readonly number[], position: number): void {
  for (const [i, byte] of payload.entries()) payload[i] = byte ^ (key[(i + position) % 4] ?? 0);
}

const KEY = [0x37, 0xfa, 0x21, 0x3d];
const KEY_NUMBER = 0x37fa213d;

test.each(Array.from({ length: 126 }, (_, i) => i))(
  'a payload of %i bytes is unmasked by the key before it',
  (length) => {
    const chunk = Uint8Array.from({ length: 9 + length }, (_, i) => (i >= 5 && i < 9 ? (KEY[i - 5] ?? 0) : i * 7));
    const expected = chunk.slice();
    unmaskAlone(chunk, 9);
    reference(expected.subarray(9), KEY, 0);
    expect(hex(chunk)).toBe(hex(expected));
  },
);

test.each([0, 7, 8, 9, 16, 125])(
  'of %i bytes, each is touched once, and the key again for the last seven',
  (length) => {
    const chunk = watched(new Uint8Array(6 + length));
    unmaskAlone(chunk.memory, 6);
    expect(chunk.touched).toBe(4 + length * 2 + (length % 8));
  },
);

describe('a view, which costs as much as 128 octets,', () => {
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  });

  /** How many views are made for payloads of `chunk`, and how many octets go through one; each payload is `[start, end)`. */
  function viewed(chunk: Uint8Array, ...payloads: readonly (readonly [number, number])[]): [number, number] {
    let views = 0;
    const Native = DataView;
    class Counted extends Native<ArrayBuffer> {
      constructor(...from: ConstructorParameters<typeof DataView<ArrayBuffer>>) {
        super(...from);
        views++;
      }
    }
    vi.stubGlobal('DataView', Counted);
    const set = vi.spyOn(Native.prototype, 'setInt32');
    for (const [start, end] of payloads) applyMask(chunk, start, end, KEY_NUMBER, 0);
    const octets = set.mock.calls.length * 4;
    set.mockRestore();
    vi.unstubAllGlobals();
    return [views, octets];
  }
  const memory = (length: number): Uint8Array => new Uint8Array(length);

  test('is made for 128 of them, and used for all that come sixteen at a time', () => {
    expect(viewed(memory(127), [0, 127])).toEqual([0, 0]);
    expect(viewed(memory(128), [0, 128])).toEqual([1, 128]);
    expect(viewed(memory(150), [5, 148])).toEqual([1, 128]);
    expect(viewed(memory(250), [100, 200])).toEqual([0, 0]);
  });

  test('is not made where nothing changes', () => {
    const set = vi.spyOn(DataView.prototype, 'setInt32');
    applyMask(memory(500), 0, 500, 0, 0);
    expect(set).not.toHaveBeenCalled();
  });

  test('is made from the second payload of a chunk on that has 512 octets left, and shared by what follows', () => {
    expect(viewed(memory(1_000), [0, 100])).toEqual([0, 0]);
    expect(viewed(memory(522), [0, 10], [10, 30])).toEqual([1, 16]);
    expect(viewed(memory(521), [0, 10], [10, 30])).toEqual([0, 0]);
    expect(viewed(memory(600), [0, 300], [300, 320], [320, 340])).toEqual([1, 288 + 32]);
    expect(viewed(memory(600), [0, 20], [300, 320], [320, 340])).toEqual([0, 0]);
    expect(viewed(memory(1_000), [0, 10], [10, 30], [30, 50], [50, 200])).toEqual([1, 32 + 144]);
  });

  test('is made for each chunk, and again where another was between', () => {
    const [one, other] = [memory(300), memory(300)];
    expect([viewed(one, [0, 128]), viewed(other, [0, 128]), viewed(one, [128, 138])]).toEqual([
      [1, 128],
      [1, 128],
      [0, 0],
    ]);
  });

  test('is shared only within chunks as a network has them', () => {
    expect(viewed(memory(65_536), [0, 128], [128, 256])).toEqual([1, 256]);
    expect(viewed(memory(65_537), [0, 128], [128, 256])).toEqual([2, 256]);
    expect(viewed(memory(65_537), [0, 10], [10, 30])).toEqual([0, 0]);
  });
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
