import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { isToken, listElements, listHas, parseExtensions, trimOws } from '../../../core/http/lists.ts';

const TCHARS = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const malformed = expect.objectContaining({ name: 'ProtocolError', violation: 'extensions-malformed' });

test('a token is one or more of 77 characters (RFC 9110 §5.6.2)', () => {
  expect(isToken('')).toBe(false);
  for (let code = 0; code < 0x300; code++) {
    const char = String.fromCharCode(code);
    expect(isToken(char), `U+${code.toString(16)}`).toBe(TCHARS.includes(char));
    expect(isToken(`a${char}`)).toBe(TCHARS.includes(char));
  }
  expect(isToken('\u212a')).toBe(false);
});

test.each([
  [' \t a \t', 'a'],
  ['a b', 'a b'],
  [' \t ', ''],
  ['', ''],
  ['\xa0a\v', '\xa0a\v'],
  ['\u2003a', '\u2003a'],
])('%o without the space around it is %o (WR6)', (text, expected) => {
  expect(trimOws(text)).toBe(expected);
});

test('space is trimmed from a given place on', () => {
  expect(trimOws('a:  b ', 2)).toBe('b');
  expect(trimOws('a:', 2)).toBe('');
});

test.each([
  [[], []],
  [[''], []],
  [['a'], ['a']],
  [['a, b ,\tc'], ['a', 'b', 'c']],
  [[',a,,b,'], ['a', 'b']],
  [
    ['a', '', 'b,c'],
    ['a', 'b', 'c'],
  ],
  [[',,,'], []],
])('%j lists %j (RFC 9110 §5.6.1.2)', (values, elements) => {
  expect(listElements(values)).toEqual(elements);
});

test.each([
  [['keep-alive, UPGRADE'], true],
  [['keep-alive', 'upgrade'], true],
  [['notupgrade'], false],
  [['upgrade/1'], false],
  [['upgrade x'], false],
  [[], false],
  [['upgr\xe0de'], false],
])('whether %j has "upgrade": %o', (values, expected) => {
  expect(listHas(values, 'upgrade')).toBe(expected);
});

describe('offers of extensions (WR10, RFC 6455 §9.1)', () => {
  test.each([
    ['a', [['a', []]]],
    ['a;b', [['a', [['b', true]]]]],
    ['a;b=c', [['a', [['b', 'c']]]]],
    ['a; b="c"', [['a', [['b', 'c']]]]],
    ['a; b="\\c\\1d"', [['a', [['b', 'c1d']]]]],
    [
      ' a ; b = c ;d ',
      [
        [
          'a',
          [
            ['b', 'c'],
            ['d', true],
          ],
        ],
      ],
    ],
    [
      'a, a;b;b=1',
      [
        ['a', []],
        [
          'a',
          [
            ['b', true],
            ['b', '1'],
          ],
        ],
      ],
    ],
    ['', []],
    [' , ,', []],
    [',a, ', [['a', []]]],
    ['constructor; __proto__=toString', [['constructor', [['__proto__', 'toString']]]]],
  ])('%o', (value, expected) => {
    expect(parseExtensions([value], 8).map(({ name, params }) => [name, params])).toEqual(expected);
  });

  it('are one list over several lines (SH17)', () => {
    expect(parseExtensions(['a;b', '', 'c, a'], 8).map(({ name }) => name)).toEqual(['a', 'c', 'a']);
  });

  test.each([
    ...[';', 'a;', ';a', '=', 'a=b', 'a;b=', 'a;=b', 'a b', 'a;b c', 'a;b=c d', '"a"', 'a;"b"', 'a;;b'],
    ...['a;b="', 'a;b="c', 'a;b=""', 'a;b="c d"', 'a;b="c"d', 'a;b="\\', 'a;b="\\"', 'a;b="\\""', 'a;b="a,b;c"'],
    ...['a\xa0', 'é', 'a;b="é"', 'a/b', 'a;b="c\\ d"'],
  ])('%o is malformed (SH18)', (value) => {
    expect(() => parseExtensions([value], 8)).toThrow(malformed);
    expect(() => parseExtensions([`x, ${value}`], 8)).toThrow(malformed);
    expect(() => parseExtensions(['x', value], 8)).toThrow(malformed);
  });

  test('are at most as many as the limit, over all lines (E8)', () => {
    expect(parseExtensions(['a,b', 'c'], 3)).toHaveLength(3);
    expect(() => parseExtensions(['a,b', 'c,d'], 3)).toThrow(malformed);
    expect(() => parseExtensions(['a'], 0)).toThrow(malformed);
    expect(parseExtensions(['a'], Infinity)).toHaveLength(1);
  });

  const param = fc.tuple(
    fc.string({ unit: fc.constantFrom(...TCHARS), minLength: 1, maxLength: 4 }),
    fc.oneof(fc.constant(true as const), fc.string({ unit: fc.constantFrom(...TCHARS), minLength: 1, maxLength: 4 })),
  );
  const element = fc.record({ name: param.map(([name]) => name), params: fc.array(param, { maxLength: 4 }) });
  const space = fc.constantFrom('', ' ', '\t ');

  test('whatever is written in any of its notations is parsed', () => {
    const written = fc.tuple(fc.array(element, { maxLength: 5 }), space, fc.boolean(), fc.boolean());
    fc.assert(
      fc.property(written, ([elements, ows, quoted, escaped]) => {
        const value = (text: string): string => (quoted ? `"${escaped ? text.replace(/./g, '\\$&') : text}"` : text);
        const text = elements
          .map(({ name, params }) =>
            [name, ...params.map(([key, given]) => (given === true ? key : `${key}${ows}=${ows}${value(given)}`))].join(
              `${ows};${ows}`,
            ),
          )
          .join(`${ows},${ows}`);
        expect(parseExtensions([text], 5)).toEqual(elements);
      }),
    );
  });

  test('any text is parsed or malformed', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', ';', ',', '=', '"', '\\', ' ', '\t', 'é') });
    fc.assert(
      fc.property(text, (value) => {
        try {
          for (const { name, params } of parseExtensions([value], 9)) {
            expect(isToken(name)).toBe(true);
            for (const [key, given] of params) expect(isToken(key) && (given === true || isToken(given))).toBe(true);
          }
        } catch (error) {
          expect(error).toEqual(malformed);
        }
      }),
    );
  });
});

// The most that a head of 16 MiB could hold, a thousand times the default: what is quadratic would not end today.
describe('the work grows with the length only (E1, E2)', () => {
  const N = 2 ** 24;

  test.each(['\\c', 'a', ';', ',', 'a=', '"', ' ', 'a;', 'a ', '"\\', ' ;', ';a', '; a'])('%o, many times', (part) => {
    for (const begin of ['a; b="', 'a', 'a;b', 'a; b=', '']) {
      const value = `${begin}${part.repeat(N / 16 / part.length)}`;
      try {
        parseExtensions([value], 8);
        parseExtensions([`${value}x`, 'é'], Infinity);
      } catch (error) {
        expect(error).toEqual(malformed);
      }
    }
  });

  test('a list of spaces and commas', () => {
    expect(listHas([`b${' '.repeat(N)}x`], 'x')).toBe(false);
    expect(listElements([' ,'.repeat(N / 16)])).toEqual([]);
    expect(trimOws(`${' '.repeat(N)}a${' '.repeat(N)}`)).toBe('a');
    expect(isToken(`${'a'.repeat(N)} `)).toBe(false);
  });
});
