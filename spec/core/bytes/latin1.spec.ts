import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { decodeLatin1, encodeLatin1, writeLatin1 } from '../../../core/bytes/latin1.ts';

const ALL = Uint8Array.from({ length: 256 }, (_, i) => i);

describe('decoding', () => {
  it('gives each of the 256 bytes its own character', () => {
    expect([...decodeLatin1(ALL)].map((char) => char.charCodeAt(0))).toEqual([...ALL]);
    for (const byte of ALL) expect(decodeLatin1(Uint8Array.of(byte)).charCodeAt(0)).toBe(byte);
  });

  test.each([
    ['a letter of two bytes', [0xc3, 0xa9]],
    ['a byte order mark', [0xef, 0xbb, 0xbf]],
    ['a replacement character', [0xef, 0xbf, 0xbd]],
    ['a broken sequence', [0x61, 0xff]],
    ['an emoji', [0xf0, 0x9f, 0x98, 0x80]],
  ])('sees no UTF-8 in %s', (_, bytes) => {
    expect(decodeLatin1(Uint8Array.from(bytes))).toBe(String.fromCharCode(...bytes));
  });

  it('may be of a part', () => {
    expect(decodeLatin1(ALL, 0x61, 0x64)).toBe('abc');
    expect(decodeLatin1(ALL, 0xfe)).toBe('\xfe\xff');
  });

  test('any bytes are decoded as Node decodes them, and encoded back', () => {
    const bytes = fc.oneof(
      fc.uint8Array(),
      fc.string().map((text) => new TextEncoder().encode(text)),
    );
    fc.assert(
      fc.property(bytes, (each) => {
        expect(decodeLatin1(each)).toBe(Buffer.from(each).toString('latin1'));
        expect(encodeLatin1(decodeLatin1(each))).toEqual(Uint8Array.from(each));
      }),
    );
  });
});

test('text is written into its place and nowhere else, ASCII or not', () => {
  for (const text of ['', 'abc', 'a\xffc', '\xff\xff\xff']) {
    const bytes = new Uint8Array(8).fill(1);
    writeLatin1(text, bytes, 2);
    expect([...bytes]).toEqual([1, 1, ...Buffer.from(text, 'latin1'), ...Array(6 - text.length).fill(1)]);
  }
});
