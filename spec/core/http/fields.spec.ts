import { describe, expect, it, test } from 'vitest';
import { type Field, FieldList, fieldPairs, isField, isFieldValue } from '../../../core/http/fields.ts';

describe('a list of fields', () => {
  const pairs: Field[] = [
    ['Host', 'a'],
    ['X-A', '1'],
    ['x-a', '2'],
    ['__proto__', 'p'],
  ];
  const fields = new FieldList(pairs);

  test.each(['X-A', 'x-a', 'X-a'])('is looked up without case, by %s (WR8)', (name) => {
    expect(fields.get(name)).toBe('1');
    expect(fields.all(name)).toEqual(['1', '2']);
  });

  it('has nothing under a name it does not have', () => {
    expect(fields.get('X-B')).toBeUndefined();
    expect(fields.all('X-B')).toEqual([]);
  });

  it('knows the names that objects have only from the peer (D1)', () => {
    expect(fields.get('__proto__')).toBe('p');
    for (const name of ['constructor', 'toString', 'hasOwnProperty', 'valueOf', 'prototype']) {
      expect(fields.all(name)).toEqual([]);
    }
  });

  it.each([
    ['^', '~'],
    ['`', '@'],
    ['-', '\r'],
    ['a', 'b'],
    ['a^', 'A~'],
  ])('takes %s and %s for two names: only letters have a case', (one, another) => {
    const list = new FieldList([[one, '1']]);
    expect(list.get(one)).toBe('1');
    expect(list.get(another)).toBeUndefined();
  });

  it('keeps order and spelling', () => {
    expect([...fields]).toEqual(pairs);
  });
});

test.each([
  ['pairs', [['a', '1']] as const],
  ['a record', { a: '1' }],
  ['a map', new Map([['a', '1']])],
  ['Headers', new Headers({ a: '1' })],
  ['a list of fields', new FieldList([['a', '1']])],
])('a host gives fields as %s', (_, init) => {
  expect(fieldPairs(init)).toEqual([['a', '1']]);
});

test('what a host gave is copied', () => {
  const given: Field[] = [['a', '1']];
  fieldPairs(given).push(['b', '2']);
  expect(given).toHaveLength(1);
});

describe('a value', () => {
  const controls = Array.from({ length: 256 }, (_, code) => code).filter(
    (code) => (code < 0x20 && code !== 0x09) || code === 0x7f,
  );

  it('has no control character but HTAB, and none that is no byte (RFC 9110 §5.5)', () => {
    for (let code = 0; code < 0x300; code++) {
      const isGood = code < 0x100 && !controls.includes(code);
      expect(isFieldValue(`a${String.fromCharCode(code)}b`), `U+${code.toString(16)}`).toBe(isGood);
    }
    for (const char of ['\u2028', '\u212a', '\ud800', '😀']) expect(isFieldValue(char)).toBe(false);
  });

  it('does not end with a line end that a pattern overlooks', () => {
    expect(isFieldValue('a\n')).toBe(false);
  });
});

test.each([
  ['a', '', true],
  ['', 'a', false],
  ['a b', 'a', false],
  ['a', '\n', false],
  ['a', undefined as unknown as string, false],
])('the field %o: %o may stand in a head: %o', (name, value, expected) => {
  expect(isField(name, value)).toBe(expected);
});
