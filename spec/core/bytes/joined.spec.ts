import { expect, test } from 'vitest';
import { joined } from '../../../core/bytes/joined.ts';

test('what is joined is a copy of both', () => {
  const first = Uint8Array.of(1, 2);
  const bytes = Uint8Array.of(3, 4, 5, 6);
  const both = joined(first, bytes, 1, 3);
  first.fill(0);
  bytes.fill(0);
  expect([...both]).toEqual([1, 2, 4, 5]);
  expect(joined(first, bytes, 4, 4)).not.toBe(first);
});
