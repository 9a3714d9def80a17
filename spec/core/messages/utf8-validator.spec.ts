import { describe, expect, test, vi } from 'vitest';
import { Utf8Validator } from '../../../core/messages/utf8-validator.ts';
import { endsWhole } from '../../support/utf8.ts';
import { watched, watchedWords } from '../../support/watched.ts';
import { bytes } from '../../support/wire.ts';

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function isUtf8(data: Uint8Array): boolean {
  try {
    strict.decode(data);
    return true;
  } catch {
    return false;
  }
}

/** How many bytes a fresh validator takes before it fails; all of them where it does not. */
function taken(data: Uint8Array): number {
  const validator = new Utf8Validator();
  for (let at = 0; at < data.length; at++) if (!validator.push(data, at, at + 1)) return at;
  return data.length;
}

describe('the UTF-8 validator', () => {
  test('agrees with TextDecoder on every sequence of up to two bytes', () => {
    for (let first = 0; first < 256; first++) {
      for (const data of [
        Uint8Array.of(first),
        ...Array.from({ length: 256 }, (_, second) => Uint8Array.of(first, second)),
      ]) {
        const validator = new Utf8Validator();
        expect(validator.push(data, 0, data.length) && endsWhole(validator)).toBe(isUtf8(data));
      }
    }
  });

  test('agrees with TextDecoder on sequences of three and four bytes, at every bound', () => {
    const borders = [0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff];
    for (let lead = 0xe0; lead < 0x100; lead++) {
      for (const second of borders) {
        for (const third of borders) {
          for (const data of [
            Uint8Array.of(lead, second, third),
            ...borders.map((fourth) => Uint8Array.of(lead, second, third, fourth)),
          ]) {
            const validator = new Utf8Validator();
            expect(validator.push(data, 0, data.length) && endsWhole(validator)).toBe(isUtf8(data));
          }
        }
      }
    }
  });

  test.each([0, 1, 2, 3])(
    'finds every byte among ASCII that is passed over by the word, in memory from %i on',
    (offset) => {
      for (const length of [63, 64, 65, 66, 67, 90]) {
        for (let place = 0; place < length; place++) {
          for (const inside of ['ff', '80', 'c3', 'c3 a4', 'e2 82 ac', 'f0 9f 98 80']) {
            const memory = new Uint8Array(offset + length + 4).fill(0xff); // what lies around is not looked at
            const data = memory.subarray(offset, offset + length).fill(0x61);
            data.set(bytes(inside).subarray(0, length - place), place);
            const expected = isUtf8(data);
            for (const [given, start] of [
              [memory, offset],
              [memory.subarray(offset), 0],
              [memory.subarray(1), offset - 1],
            ] as const) {
              if (start < 0) continue;
              const validator = new Utf8Validator();
              expect(validator.push(given, start, start + length) && endsWhole(validator)).toBe(expected);
            }
          }
        }
      }
    },
  );

  /** Words and bytes of `text` that are read, in memory from `offset` on. */
  function read(text: string, offset: number): [number, number] {
    const memory = new Uint8Array(offset + text.length);
    memory.set(new TextEncoder().encode(text), offset);
    const words = watchedWords();
    const data = watched(memory.subarray(offset));
    expect(new Utf8Validator().push(data.memory, 0, text.length)).toBe(true);
    vi.unstubAllGlobals();
    return [words.read, data.touched];
  }

  test('reads no word behind its range', () => {
    const words = watchedWords();
    const memory = new Uint8Array(10_000).fill(0x61);
    expect(new Utf8Validator().push(memory, 100, 200)).toBe(true);
    vi.unstubAllGlobals();
    expect(words.read).toBeLessThanOrEqual(25);
  });

  test('reads ASCII by the word from 64 bytes on, each once, and by the byte what is no whole word', () => {
    expect([0, 1, 2, 3].map((offset) => read('a'.repeat(63), offset))).toEqual(Array(4).fill([0, 63]));
    expect([64, 65, 66, 67].map((length) => read('a'.repeat(length), 0))).toEqual([
      [15, 4],
      [15, 5],
      [15, 6],
      [15, 7],
    ]);
    expect([0, 1, 2, 3].map((offset) => read('a'.repeat(80), offset))).toEqual([
      [19, 4],
      [19, 4],
      [19, 4],
      [19, 4],
    ]);
  });

  test('goes on behind a character that was cut, with the words of the next piece', () => {
    const text = new TextEncoder().encode(`${'a'.repeat(70)}€${'a'.repeat(70)}`);
    for (let at = 0; at <= text.length; at++) {
      const validator = new Utf8Validator();
      expect(validator.push(text, 0, at) && validator.push(text, at, text.length) && endsWhole(validator)).toBe(true);
      const wrong = Uint8Array.of(...text, 0x61);
      wrong[at] = 0xff;
      const other = new Utf8Validator();
      expect(other.push(wrong, 0, at) && other.push(wrong, at, wrong.length)).toBe(false);
    }
  });

  test.each([
    ['80', 0],
    ['c0 80', 0],
    ['c1 bf', 0],
    ['f5 80', 0],
    ['ff', 0],
    ['61 c3 28', 2],
    ['e0 9f bf', 1],
    ['ed a0 80', 1],
    ['f0 8f bf bf', 1],
    ['f4 90 80 80', 1],
    ['e2 82 28', 2],
    ['f0 9f 98 7f', 3],
    ['ce ba e1 bd b9 cf 83 ce bc ce b5 f4 90 80 80', 12],
  ])('fails at the first byte that nothing makes valid: %s (UT4)', (hex, at) => {
    expect(taken(bytes(hex))).toBe(at);
  });

  test.each(['c3', 'e2 82', 'f0 9f 98', 'e0 a0', 'ed 9f', 'f4 8f bf'])(
    'is not complete within a character: %s',
    (hex) => {
      const validator = new Utf8Validator();
      expect(validator.push(bytes(hex), 0, bytes(hex).length)).toBe(true);
      expect(endsWhole(validator)).toBe(false);
    },
  );

  test('goes back to the usual bounds behind a special lead (e0, ed, f0, f4)', () => {
    expect(taken(bytes('e0 a0 80 e1 80 80 ed 80 bf ee bf bf f0 90 80 80 f1 80 80 80 f4 8f bf bf f3 bf bf bf'))).toBe(
      28,
    );
  });

  test('reads only its range', () => {
    const validator = new Utf8Validator();
    expect(validator.push(bytes('ff e2 82 ac ff'), 1, 4)).toBe(true);
    expect(endsWhole(validator)).toBe(true);
    expect(validator.push(bytes('ff'), 0, 0)).toBe(true);
  });
});
