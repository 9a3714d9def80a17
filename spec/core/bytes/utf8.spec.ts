import { expect, test } from 'vitest';
import { encoder, fatal, lenient } from '../../../core/bytes/utf8.ts';
import { bytes, hex } from '../../support/wire.ts';

test('a byte order mark is data, for both decoders', () => {
  expect([lenient, fatal].map((decoder) => decoder.decode(bytes('ef bb bf c3 a4')))).toEqual(['\ufeffä', '\ufeffä']);
});

test('a fault is forgiven by one and not by the other', () => {
  expect(lenient.decode(bytes('61 ff 62'))).toBe('a\ufffdb');
  expect(() => fatal.decode(bytes('61 ff 62'))).toThrow();
});

test('lone surrogates become U+FFFD', () => {
  expect(hex(encoder.encode('ä\ud800'))).toBe('c3a4efbfbd');
});
