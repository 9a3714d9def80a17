import { expect, test } from 'vitest';
import { plain } from '../../../core/bytes/plain.ts';

test('a Buffer becomes an array of the same bytes whose slice is a copy', () => {
  const memory = Buffer.from('abcdef').subarray(1, 5);
  const bytes = plain(memory);
  expect(Object.getPrototypeOf(bytes)).toBe(Uint8Array.prototype);
  expect(bytes).toEqual(Uint8Array.from(memory));
  memory[0] = 0;
  expect(bytes[0]).toBe(0);
  expect(bytes.slice().buffer).not.toBe(memory.buffer);
});

test('what is no Buffer stays what it is', () => {
  const bytes = new Uint8Array(3);
  expect(plain(bytes)).toBe(bytes);
});
