import { describe, expect, test } from 'vitest';
import type { Extension } from '../../../core/extensions/extension.ts';
import {
  acceptExtensions,
  agreeExtensions,
  checkExtensions,
  offerExtensions,
} from '../../../core/extensions/negotiation.ts';
import { parseExtensions } from '../../../core/http/lists.ts';
import { UsageError } from '../../../core/index.ts';

/** Agrees to everything but the parameter `no`, and answers what it was offered. */
const extension = (name: string, reserved: number): Extension => {
  const codec = { encode: () => undefined, decode: () => {} };
  return {
    name,
    reserved,
    offer: () => [[['a', '1']], []],
    agree: (params) => (params.some(([key]) => key === 'no') ? undefined : codec),
    accept: (params) => (params.some(([key]) => key === 'no') ? undefined : { params, codec }),
  };
};
const accept = (offers: string, ...spoken: Extension[]): string =>
  acceptExtensions(parseExtensions([offers], 64), spoken).extensions;
const agreed = (answer: string, ...spoken: Extension[]): number[] | undefined =>
  agreeExtensions(parseExtensions([answer], 64), spoken)?.map(({ reserved }) => reserved);

test('a client offers each extension in each of its ways, in order', () => {
  expect(offerExtensions([extension('x', 0x40), extension('y', 0)])).toBe('x; a=1, x, y; a=1, y');
  expect(offerExtensions([])).toBe('');
});

describe('a server', () => {
  test('PD10 takes the first offer of each extension that it accepts, in the order of the client', () => {
    expect(accept('y; b, x; no, x; c=2, x; d', extension('x', 0x40), extension('y', 0x20))).toBe('y; b, x; c=2');
  });

  test('PD23 passes over what it does not speak, and what wants RSV bits that are taken', () => {
    expect(accept('x-webkit-deflate-frame, z, y, x', extension('x', 0x40), extension('y', 0x40))).toBe('y');
    expect(accept('z')).toBe('');
  });
});

describe('a client', () => {
  test('agrees to what its extensions agree to', () => {
    expect(agreed('x; b, y', extension('x', 0x40), extension('y', 0x20))).toEqual([0x40, 0x20]);
    expect(agreed('', extension('x', 0x40))).toEqual([]);
    expect(agreed('other')).toEqual([]);
  });

  test('does not agree where one of them does not, or where two want the same RSV bit', () => {
    expect(agreed('x; no', extension('x', 0x40))).toBeUndefined();
    expect(agreed('x, y', extension('x', 0x60), extension('y', 0x20))).toBeUndefined();
  });
});

test('extensions have different names, which are tokens, and RSV bits that exist', () => {
  expect(() => checkExtensions([extension('x', 0x70), extension('y', 0)])).not.toThrow();
  const names = new UsageError('extension names must be different tokens');
  expect(() => checkExtensions([extension('x', 0), extension('x', 0)])).toThrow(names);
  expect(() => checkExtensions([extension('z', 0), extension('x y', 0)])).toThrow(names);
  expect(() => checkExtensions([extension('x', 0x80)])).toThrow(new UsageError('not RSV bits: 128'));
});
