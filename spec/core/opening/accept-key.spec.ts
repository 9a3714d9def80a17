import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { acceptKey, encodeKey } from '../../../core/opening/accept-key.ts';

test('the example of RFC 6455 §1.3', () => {
  expect(encodeKey(new TextEncoder().encode('the sample nonce'))).toBe('dGhlIHNhbXBsZSBub25jZQ==');
  expect(acceptKey('dGhlIHNhbXBsZSBub25jZQ==')).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
});

test('every key is 16 bytes of base64 (G19), and answered as Node would', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (random) => {
      const key = encodeKey(random);
      expect(key).toMatch(/^[A-Za-z0-9+/]{21}[AQgw]==$/);
      expect(Uint8Array.from(Buffer.from(key, 'base64'))).toEqual(Uint8Array.from(random));
      const hash = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
      expect(acceptKey(key)).toBe(hash.digest('base64'));
    }),
  );
});

test('a host may lend its SHA-1, which is given the key and the GUID as one text', () => {
  const asked: string[] = [];
  const sha1 = (text: string): string => {
    asked.push(text);
    return 'hash';
  };
  expect(acceptKey('key', sha1)).toBe('hash');
  expect(asked).toEqual(['key258EAFA5-E914-47DA-95CA-C5AB0DC85B11']);
});

test('a key is hashed as text: its meaningless bits count (SH7)', () => {
  expect(acceptKey('AAAAAAAAAAAAAAAAAAAAAA==')).not.toBe(acceptKey('AAAAAAAAAAAAAAAAAAAAAB=='));
});
