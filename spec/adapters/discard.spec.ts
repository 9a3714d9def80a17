import { expect, test } from 'vitest';
import { discard } from '../../adapters/runtimes/discard.ts';

test('memory that is discarded is gone at once', () => {
  const memory = new ArrayBuffer(65_536);
  discard(memory);
  discard(memory); // and may be so again
  expect(memory.byteLength).toBe(0);
});

test('a little is left to the collector, and so is what cannot be transferred', () => {
  const little = new ArrayBuffer(1_023);
  discard(little);
  expect(little.byteLength).toBe(1_023);
  const pool = Buffer.allocUnsafe(8).buffer as ArrayBuffer;
  const { byteLength } = pool;
  expect(byteLength).toBeGreaterThan(1_023);
  discard(pool);
  expect(pool.byteLength).toBe(byteLength);
});
