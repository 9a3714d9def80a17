import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeLatin1 } from '../../../core/bytes/latin1.ts';
import { UsageError } from '../../../core/errors.ts';
import { isFieldValue } from '../../../core/http/fields.ts';
import { HeadReader } from '../../../core/http/head-reader.ts';
import { writeHead } from '../../../core/http/head-writer.ts';
import { isToken } from '../../../core/http/lists.ts';

test('a head is a start line, its fields and an empty line', () => {
  expect(
    decodeLatin1(
      writeHead('HTTP/1.1 200 ', [
        ['A', 'b'],
        ['C', ''],
      ]),
    ),
  ).toBe('HTTP/1.1 200 \r\nA: b\r\nC: \r\n\r\n');
});

test('a body follows in the same array', () => {
  expect(decodeLatin1(writeHead('a', [], Uint8Array.of(0, 0xff)))).toBe('a\r\n\r\n\0\xff');
});

test('characters up to U+00FF are one byte each', () => {
  expect(writeHead('\xe9', [['a', '\xff']])).toEqual(Uint8Array.from(Buffer.from('\xe9\r\na: \xff\r\n\r\n', 'latin1')));
});

test.each(['\r', '\n', '\r\n', '\0', '\x7f', '\u0100', '\u2028', '😀'])('%j is written nowhere (F10)', (char) => {
  expect(() => writeHead(`a${char}`, [])).toThrow(UsageError);
  expect(() => writeHead('a', [[`b${char}`, 'c']])).toThrow(UsageError);
  expect(() => writeHead('a', [['b', `c${char}`]])).toThrow(UsageError);
});

test('what is wrong is named, escaped', () => {
  expect(() =>
    writeHead('a', [
      ['b', 'c'],
      ['d e', 'f\n'],
    ]),
  ).toThrow('not a field: "d e: f\\x0a"');
});

test('what is written is read (RFC 9112)', () => {
  const text = fc.string({ unit: 'binary', maxLength: 9 }).map((each) => [...each].filter(isFieldValue).join(''));
  const name = fc.string({ minLength: 1, maxLength: 9 }).filter(isToken);
  const line = text.filter((each) => each !== '');
  fc.assert(
    fc.property(line, fc.array(fc.tuple(name, text), { maxLength: 9 }), fc.uint8Array(), (start, pairs, body) => {
      const bytes = writeHead(start, pairs, body);
      const reader = new HeadReader({ headBytes: 999, startLineBytes: 99, fields: 9 }, 0);
      expect(reader.receive(bytes, 0, bytes.length)).toBe(bytes.length - body.length);
      expect(reader.startLine).toBe(start);
      expect([...reader.fields]).toEqual(pairs.map(([each, value]) => [each, value.replace(/^[ \t]+|[ \t]+$/g, '')]));
    }),
  );
});
