import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeBase64 } from '../../../core/bytes/base64.ts';

test.each([
  ['', ''],
  ['f', 'Zg=='],
  ['fo', 'Zm8='],
  ['foo', 'Zm9v'],
  ['foob', 'Zm9vYg=='],
  ['fooba', 'Zm9vYmE='],
  ['foobar', 'Zm9vYmFy'],
])('%o is %o in base64 (RFC 4648 §10)', (text, expected) => {
  expect(encodeBase64(new TextEncoder().encode(text))).toBe(expected);
});

test('any bytes are encoded as Node encodes them', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
      expect(encodeBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
    }),
  );
});
