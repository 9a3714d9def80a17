import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DeflateWindow } from '../../adapters/runtimes/deflate-window.ts';

it('holds the last bytes of whatever pieces, up to its limit', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), fc.integer({ min: 1, max: 32 }), (pieces, limit) => {
      const window = new DeflateWindow(limit);
      for (const piece of pieces) window.add(piece);
      const bytes = new Uint8Array(1 + window.length);
      window.copyTo(bytes, 1);
      expect([...bytes.subarray(1)]).toEqual(pieces.flatMap((piece) => [...piece]).slice(-limit));
    }),
  );
});

it('is as if new once cleared', () => {
  const window = new DeflateWindow(8);
  window.add(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9));
  window.clear();
  window.add(Uint8Array.of(7));
  const bytes = new Uint8Array(2);
  window.copyTo(bytes, 0);
  expect([window.length, ...bytes]).toEqual([1, 7, 0]);
});
