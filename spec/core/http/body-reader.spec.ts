import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { decodeLatin1, encodeLatin1 } from '../../../core/bytes/latin1.ts';
import { BodyReader } from '../../../core/http/body-reader.ts';
import { type Field, FieldList } from '../../../core/http/fields.ts';
import { cutAt, cuts, feed } from '../../support/cuts.ts';

const LIMIT = 20;
const CHUNKED: Field = ['Transfer-Encoding', 'chunked'];

/** Reads `text` however it is cut: what is kept, what is left, and whether the body has ended. */
function read(text: string, fields: readonly Field[], status = 403, limit = LIMIT): unknown {
  const fates = new Set<string>();
  for (const chunks of cuts(encodeLatin1(text))) {
    const reader = new BodyReader(status, new FieldList(fields), limit);
    const left = decodeLatin1(feed(reader, chunks, () => false));
    fates.add(JSON.stringify([decodeLatin1(reader.take()), left, reader.done]));
  }
  expect(fates.size).toBe(1);
  return JSON.parse([...fates][0] ?? '');
}

const length = (value: string): Field => ['content-length', value];

describe('the length of a body (RFC 9112 §6.3)', () => {
  test.each<[string, readonly Field[], string, [kept: string, left: string, done: boolean]]>([
    ['Content-Length', [length('3')], 'abcd', ['abc', 'd', true]],
    ['Content-Length, not reached', [length('3')], 'ab', ['ab', '', false]],
    ['Content-Length 0', [length('0')], 'a', ['', 'a', true]],
    ['Content-Length at the limit', [length('20')], 'a'.repeat(21), ['a'.repeat(20), 'a', true]],
    ['Content-Length above the limit', [length('21')], 'a'.repeat(21), ['a'.repeat(20), 'a', true]],
    ['a Content-Length that is none', [length('+1')], 'a', ['', 'a', true]],
    ['two of them', [length('1'), length('1')], 'a', ['', 'a', true]],
    ['the end of the transport', [], 'abc', ['abc', '', false]],
    ['the end of the transport, up to the limit', [], 'a'.repeat(30), ['a'.repeat(20), 'a'.repeat(10), true]],
    ['a coding other than chunked: the end', [['Transfer-Encoding', 'gzip'], length('1')], 'ab', ['ab', '', false]],
    ['chunks', [CHUNKED], '3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n', ['abcd', '\r\n', true]],
    ['chunks rather than Content-Length', [length('1'), CHUNKED], '2\r\nab\r\n0\r\n', ['ab', '', true]],
    ['chunks where that is the last coding', [['Transfer-Encoding', 'gzip, CHUNKED']], '1\r\na\r\n', ['a', '', false]],
  ])('%s', (_, fields, text, expected) => {
    expect(read(text, fields)).toEqual(expected);
  });

  test.each([204, 304])('is nothing with %i', (status) => {
    expect(read('a', [length('1')], status)).toEqual(['', 'a', true]);
    expect(read('1\r\na', [CHUNKED], status)).toEqual(['', '1\r\na', true]);
    expect(read('a', [], status)).toEqual(['', 'a', true]);
  });

  it('does not matter where nothing is kept', () => {
    for (const fields of [[], [CHUNKED], [length('5')]])
      expect(read('1\r\na', fields, 403, 0)).toEqual(['', '1\r\na', true]);
  });
});

describe('chunks (RFC 9112 §7.1)', () => {
  test.each([
    ['a size in either case', `a\r\n${'b'.repeat(10)}\r\nA\r\n${'c'.repeat(10)}`, `${'b'.repeat(10)}${'c'.repeat(10)}`],
    ['leading zeros', '0003\r\nabc\r\n000\r\n', 'abc'],
    ['extensions', '1;a\r\nb\r\n1 ; c="d\xe9"\r\ne\r\n0;f\r\n', 'be'],
    ['a trailer, which is not read', '1\r\na\r\n0\r\nX: y\r\n\r\n', 'a'],
    ['a chunk of 2^48-1 bytes, as far as it is kept', `ffffffffffff\r\n${'a'.repeat(20)}`, 'a'.repeat(20)],
    ['a size line of 254 bytes', `1;${'x'.repeat(250)}\r\na\r\n0\r\n`, 'a'],
  ])('may have %s', (_, text, kept) => {
    expect(read(text, [CHUNKED])).toMatchObject([kept, expect.anything(), true]);
  });

  test.each([
    ...[
      '\n',
      'x\r\n',
      '1\n',
      '\r\n',
      '-1\r\n',
      '+1\r\n',
      '0x1\r\n',
      ' 1\r\n',
      '1 1\r\n',
      '1 \r\n',
      '1;\0\r\n',
      '1\r\r\n',
    ],
    ...['1000000000000\r\n', `1;${'x'.repeat(253)}`, `${'0'.repeat(255)}`],
  ])('end with a size line %j, which is wrong', (text) => {
    expect(read(text, [CHUNKED])).toMatchObject(['', expect.anything(), true]);
    expect(read(`1\r\na\r\n${text}`, [CHUNKED])).toMatchObject(['a', expect.anything(), true]);
  });

  test.each(['ab\r\n', 'a\n', 'a\r\r\n', 'a1\r\n'])('end where %j is no chunk of one byte', (text) => {
    expect(read(`1\r\n${text}1\r\nb\r\n0\r\n`, [CHUNKED])).toMatchObject(['a', expect.anything(), true]);
  });
});

test('the kept bytes are in an array of their own', () => {
  const reader = new BodyReader(403, new FieldList([]), 99);
  for (let i = 0; i < 5; i++) reader.receive(Uint8Array.of(i), 0, 1);
  const body = reader.take();
  expect(body.buffer.byteLength).toBe(5);
});

test('any bytes are read or left, wherever they are cut', () => {
  const part = fc.oneof(
    fc.constantFrom('1', '2', 'a', '\r\n', '\r', '\n', ';', ' ', '0\r\n', '2\r\nab\r\n'),
    fc.string(),
  );
  const text = fc.array(part, { maxLength: 9 }).map((parts) => parts.join('').replace(/[^\0-\xff]/g, ''));
  fc.assert(
    fc.property(text, fc.array(fc.nat(99)), fc.boolean(), (each, places, chunked) => {
      const run = (cut: readonly number[]): unknown => {
        const reader = new BodyReader(403, new FieldList(chunked ? [CHUNKED] : [length('9')]), 8);
        const left = feed(reader, cutAt(encodeLatin1(each), cut), () => false);
        return [reader.take(), left, reader.done];
      };
      expect(run(places)).toEqual(run([]));
    }),
  );
});
