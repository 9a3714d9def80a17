import { constants } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import { nodeHost } from '../../../adapters/runtimes/node-host.ts';

const decodeAscii = (bytes: Uint8Array): string | undefined => nodeHost.decodeAscii?.(bytes);

describe('what Node decodes itself', () => {
  test('is ASCII, from 4 KiB on', () => {
    const text = Array.from({ length: 4_096 }, (_, i) => String.fromCharCode(i % 128)).join('');
    expect(decodeAscii(new TextEncoder().encode(text))).toBe(text);
    expect(decodeAscii(new TextEncoder().encode(text.slice(1)))).toBeUndefined();
    expect(decodeAscii(new TextEncoder().encode(`xx${text}xx`).subarray(2, 4_098))).toBe(text);
  });

  test.each([0, 1, 4_095, 8_000])('is nothing with another byte in it, as at %i', (place) => {
    const bytes = new Uint8Array(8_001).fill(97);
    bytes[place] = 0x80;
    expect(decodeAscii(bytes)).toBeUndefined();
  });

  test('is nothing that is longer than a string can be', () => {
    expect(decodeAscii({ length: constants.MAX_STRING_LENGTH + 1 } as Uint8Array)).toBeUndefined();
  });
});
