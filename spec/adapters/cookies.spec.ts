import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseCookies } from '../../adapters/interfaces/cookies.ts';

it.each([
  [['a=1; b=2'], { a: '1', b: '2' }],
  [['a=1', 'b=2'], { a: '1', b: '2' }],
  [['a="q"; b=""; c="'], { a: 'q', b: '', c: '"' }],
  [['a=x=y'], { a: 'x=y' }],
  [['a=%20'], { a: '%20' }],
  [['a; =b; ; c= d '], { c: 'd' }],
  [['a=first; a=second'], { a: 'first' }],
  [[], {}],
])('%j is %j', (values, cookies) => {
  expect(Object.fromEntries(parseCookies(values))).toEqual(cookies);
});

it('a cookie may have any name (D6)', () => {
  expect([...parseCookies(['__proto__=1; constructor=2'])]).toEqual([
    ['__proto__', '1'],
    ['constructor', '2'],
  ]);
});

it('pairs of tokens come back as they were written', () => {
  const word = fc.stringMatching(/^[a-z0-9_]{1,8}$/);
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(word, word), { selector: ([name]) => name }), (pairs) => {
      expect([...parseCookies([pairs.map((pair) => pair.join('=')).join('; ')])]).toEqual(pairs);
    }),
  );
});
