import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { encodeLatin1 } from '../../../core/bytes/latin1.ts';
import { ProtocolError } from '../../../core/errors.ts';
import { HeadReader } from '../../../core/http/head-reader.ts';
import { cutAt, cuts, feed } from '../../support/cuts.ts';

const LIMITS = { headBytes: 100, startLineBytes: 20, fields: 4 };
const HEAD = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

/** What becomes of text: the head and how many bytes it left, or where it broke which rule. */
function fate(text: string, emptyLines = 2, limits = LIMITS): unknown {
  const reader = new HeadReader(limits, emptyLines);
  const bytes = encodeLatin1(text);
  for (let i = 0; i < bytes.length && !reader.done; i++) {
    try {
      reader.receive(bytes, i, i + 1);
    } catch (error) {
      return { violation: (error as ProtocolError).violation, at: i };
    }
  }
  return { done: reader.done, startLine: reader.startLine, fields: [...reader.fields] };
}

describe('a head', () => {
  test.each<[string, string, [string, string][]]>([
    ['has fields', HEAD, [['Host', 'a']]],
    ['may have none', 'a\r\n\r\n', []],
    [
      'has values without the space around them',
      'a\r\nA: \t b c\t \r\nB:c\r\n\r\n',
      [
        ['A', 'b c'],
        ['B', 'c'],
      ],
    ],
    [
      'has empty values',
      'a\r\nA:\r\nB: \r\n\r\n',
      [
        ['A', ''],
        ['B', ''],
      ],
    ],
    [
      'has colons in values',
      'a\r\nA:b:c:\r\nB::\r\n\r\n',
      [
        ['A', 'b:c:'],
        ['B', ':'],
      ],
    ],
    ['has opaque bytes in values (WR7)', 'a\r\nA: \x80\xe9\xff\r\n\r\n', [['A', '\x80\xe9\xff']]],
    [
      'has names twice, in order',
      'a\r\nA: 1\r\na: 2\r\n\r\n',
      [
        ['A', '1'],
        ['a', '2'],
      ],
    ],
  ])('%s', (_, text, fields) => {
    expect(fate(text)).toEqual({ done: true, startLine: text.split('\r\n')[0], fields });
  });

  it('is read wherever it is cut, and nothing behind it is', () => {
    const text = `\r\nGET /\xe9 HTTP/1.1\r\nHost: a\r\nX-Long: ${'\xff'.repeat(40)}\r\n\r\n`;
    for (const chunks of cuts(encodeLatin1(`${text}\r\nmore`))) {
      const reader = new HeadReader(LIMITS, 1);
      expect(feed(reader, chunks, () => reader.done)).toEqual(encodeLatin1('\r\nmore'));
      expect(reader.startLine).toBe('GET /\xe9 HTTP/1.1');
      expect([...reader.fields]).toEqual([
        ['Host', 'a'],
        ['X-Long', '\xff'.repeat(40)],
      ]);
    }
  });

  it('that is complete reads no more', () => {
    const reader = new HeadReader(LIMITS, 0);
    const bytes = encodeLatin1(HEAD);
    reader.receive(bytes, 0, bytes.length);
    expect(reader.receive(bytes, 1, bytes.length)).toBe(1);
    expect([...reader.fields]).toHaveLength(1);
  });

  it('is empty until its first byte, and not by an empty chunk', () => {
    const reader = new HeadReader(LIMITS, 0);
    reader.receive(encodeLatin1('a'), 1, 1);
    expect(reader.empty).toBe(true);
    reader.receive(encodeLatin1('a'), 0, 1);
    expect(reader.empty).toBe(false);
  });
});

describe('a fault is known at the first byte that shows it', () => {
  /** `¦` stands behind the byte that is wrong; nothing follows it. */
  test.each([
    ['a ClientHello (WR16)', '\x16¦'],
    ['NUL', 'G\0¦'],
    ['LF without CR (WR1)', 'GET / HTTP/1.1\n¦'],
    ['CR without LF', 'GET / HTTP/1.1\ra¦'],
    ['CR CR LF', 'GET / HTTP/1.1\r\r¦'],
    ['LF first', '\n¦'],
    ['CR first', '\ra¦'],
    ['a third empty line (WR5)', '\r\n\r\n\r\n¦'],
    ['DEL', 'a\x7f¦'],
    ['space before the first field (WR4)', 'a\r\n ¦'],
    ['a line continued (WR3)', 'a\r\nA: b\r\n ¦'],
    ['a line continued with a tab', 'a\r\nA: b\r\n\t¦'],
    ['space before a colon (WR2)', 'a\r\nA ¦'],
    ['no name', 'a\r\n:¦'],
    ['no colon', 'a\r\nA\r¦'],
    ['a name that is no token', 'a\r\nA(¦'],
    ['a name beyond ASCII', 'a\r\nA\x80¦'],
    ['LF in a name', 'a\r\nA\n¦'],
    ['LF in a value', 'a\r\nA: b\n¦'],
    ['NUL in a value', 'a\r\nA: b\0¦'],
    ['a form feed (WR6)', 'a\r\nA: \f¦'],
    ['LF alone at the end', 'a\r\nA: b\r\n\n¦'],
    ['CR alone at the end', 'a\r\nA: b\r\n\ra¦'],
  ])('%s', (_, text) => {
    expect(fate(text.replace('¦', ''))).toEqual({ violation: 'head-malformed', at: text.length - 2 });
  });

  it('of an empty line where there may be none', () => {
    expect(fate('\r\na\r\n\r\n', 0)).toEqual({ violation: 'head-malformed', at: 1 });
  });
});

describe('a limit', () => {
  const line = 'a'.repeat(20);

  test.each([
    ['bytes of the start line', `${line}\r\n\r\n`, `${line}a`, 'start-line-too-long'],
    ['bytes of the start line, LF apart', `${line}\r\n\r\n`, `${line}a\r\n\r\n`, 'start-line-too-long'],
    ['fields', `a\r\n${'A:\r\n'.repeat(4)}\r\n`, `a\r\n${'A:\r\n'.repeat(5)}`, 'too-many-fields'],
    ['bytes', `a\r\nA:${'b'.repeat(91)}\r\n\r\n`, `a\r\nA:${'b'.repeat(92)}\r\n\r\n`, 'head-too-long'],
    [
      'bytes, empty lines among them',
      `\r\n\r\na\r\nA:${'b'.repeat(87)}\r\n\r\n`,
      `\r\n\r\na\r\nA:${'b'.repeat(95)}`,
      'head-too-long',
    ],
  ])('of %s is reached, but not passed (WR14)', (_, at, above, violation) => {
    expect(fate(at)).toMatchObject({ done: true });
    expect(fate(above)).toMatchObject({ violation });
    const bytes = encodeLatin1(above);
    expect(() => new HeadReader(LIMITS, 2).receive(bytes, 0, bytes.length)).toThrow(
      expect.objectContaining({ violation }),
    );
  });

  it('may be none', () => {
    const none = { headBytes: Infinity, startLineBytes: Infinity, fields: Infinity };
    expect(fate(`${line.repeat(9)}\r\n${'A:\r\n'.repeat(99)}\r\n`, 0, none)).toMatchObject({ done: true });
  });

  it('may be nothing at all', () => {
    expect(fate('a', 0, { ...LIMITS, headBytes: 0 })).toEqual({ violation: 'head-too-long', at: 0 });
    expect(fate('a', 0, { ...LIMITS, startLineBytes: 0 })).toEqual({ violation: 'start-line-too-long', at: 0 });
  });

  it('is met long before a head of 16 MiB, and such a head is read if it may be, byte by byte (E3)', () => {
    const size = 2 ** 24;
    const bytes = encodeLatin1(`GET / HTTP/1.1\r\nX: ${'a'.repeat(size)}\r\n\r\n`);
    expect(() => new HeadReader(LIMITS, 0).receive(bytes, 0, bytes.length)).toThrow(ProtocolError);
    const reader = new HeadReader({ headBytes: Infinity, startLineBytes: 99, fields: 1 }, 0);
    for (let i = 0; i < bytes.length; i++) reader.receive(bytes, i, i + 1);
    expect(reader.done).toBe(true);
    expect(reader.fields.get('x')).toHaveLength(size);
  });
});

test('any bytes are a head, the beginning of one, or a violation, wherever they are cut', () => {
  const part = fc.oneof(
    fc.constantFrom('\r\n', '\r', '\n', 'A:', ': ', ' ', '\t', 'a', 'a\r\nA: b\r\n', '\r\n\r\n', '\xe9', '\0'),
    fc.constant('a'.repeat(15)),
  );
  const text = fc.array(part, { maxLength: 12 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, fc.array(fc.nat(200)), fc.nat(3), (each, places, emptyLines) => {
      const reader = new HeadReader(LIMITS, emptyLines);
      const expected = fate(each, emptyLines) as { violation?: string };
      try {
        const left = feed(reader, cutAt(encodeLatin1(each), places), () => reader.done);
        expect({ done: reader.done, startLine: reader.startLine, fields: [...reader.fields] }).toEqual(expected);
        if (!reader.done) expect(left).toHaveLength(0);
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        expect(error.violation).toBe(expected.violation);
      }
    }),
  );
});
