import { describe, expect, test } from 'vitest';
import { UsageError } from '../../core/errors.ts';
import { DEFAULT_DEADLINES, DEFAULT_LIMITS, resolveDeadlines, resolveLimits } from '../../core/limits.ts';

const MEANINGLESS = [null, '', '5', NaN, -1, 1.5, -Infinity, {}, [], true, 5n, () => 5];

describe('the default limits', () => {
  test.each(Object.entries(DEFAULT_LIMITS))('%s is finite: %i (B8, LT1)', (_, limit) => {
    expect(Number.isSafeInteger(limit)).toBe(true);
    expect(limit).toBeGreaterThan(0);
  });

  test('let no text in that is longer than a string can be (D16)', () => {
    expect(DEFAULT_LIMITS.messageBytes).toBeLessThan(2 ** 29 - 24);
  });

  test('are those of every connection that asks for no other', () => {
    expect(resolveLimits(undefined)).toBe(DEFAULT_LIMITS);
    expect(resolveLimits({})).toEqual(DEFAULT_LIMITS);
    expect(resolveLimits({ fields: undefined } as object)).toEqual(DEFAULT_LIMITS);
  });
});

describe.each(Object.keys(DEFAULT_LIMITS))('the limit %s (LT8)', (name) => {
  test.each([0, 1, 5, 2 ** 31, Number.MAX_SAFE_INTEGER, Infinity])('may be %d', (value) => {
    expect(resolveLimits({ [name]: value })).toEqual({ ...DEFAULT_LIMITS, [name]: value });
  });

  test.each([...MEANINGLESS, Number.MAX_SAFE_INTEGER + 1])('may not be %s', (value) => {
    expect(() => resolveLimits({ [name]: value })).toThrow(UsageError);
    expect(() => resolveLimits({ [name]: value })).toThrow(`"${name}"`);
  });
});

describe('the default deadlines', () => {
  test('are finite, and fit a timer', () => {
    for (const milliseconds of Object.values(DEFAULT_DEADLINES)) {
      expect(milliseconds).toBeGreaterThanOrEqual(1_000);
      expect(milliseconds).toBeLessThanOrEqual(60_000);
    }
    expect(resolveDeadlines(undefined)).toBe(DEFAULT_DEADLINES);
  });
});

describe.each(Object.keys(DEFAULT_DEADLINES))('the deadline %s (LT6)', (name) => {
  test.each([1, 5, 2_147_483_647, Infinity])('may be %d', (value) => {
    expect(resolveDeadlines({ [name]: value })).toEqual({ ...DEFAULT_DEADLINES, [name]: value });
  });

  test.each([...MEANINGLESS, 0, 2_147_483_648])('may not be %s: a timer would fire at once', (value) => {
    expect(() => resolveDeadlines({ [name]: value })).toThrow(UsageError);
  });
});

describe('a name that is none', () => {
  test.each(['messageSize', 'constructor', '__proto__ ', 'toString'])('is refused: %s', (name) => {
    expect(() => resolveLimits({ [name]: 5 })).toThrow(`unknown limit: ${name}`);
    expect(() => resolveDeadlines({ [name]: 5 })).toThrow(`unknown deadline: ${name}`);
  });
});
