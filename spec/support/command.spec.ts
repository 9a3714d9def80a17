import { describe, expect, it } from 'vitest';
import { CallError, chosen, count, seedOf } from './command.ts';

describe('what a command is told', () => {
  it('is a whole number where one is asked for', () => {
    expect(count('seeds', '2000')).toBe(2_000);
    for (const wrong of ['', '0', '-1', '1.5', 'x', '1e400']) expect(() => count('seeds', wrong)).toThrow(CallError);
  });

  it('is a seed of 64 bits', () => {
    expect(seedOf('18446744073709551615')).toBe(2n ** 64n - 1n);
    for (const wrong of ['', '-1', '0x1', '1n', '18446744073709551616', '123456789012345678901'])
      expect(() => seedOf(wrong)).toThrow(CallError);
  });

  it('is one of the names there are, or all of them', () => {
    expect(chosen([], ['a', 'b'])).toEqual(['a', 'b']);
    expect(chosen(['b'], ['a', 'b'])).toEqual(['b']);
    expect(() => chosen(['c'], [])).toThrow(/^there is no c$/);
    expect(() => chosen(['c'], ['a', 'b'])).toThrow('there is no c: it is a, b');
  });
});
