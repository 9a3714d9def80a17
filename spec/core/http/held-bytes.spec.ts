import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HeldBytes } from '../../../core/http/held-bytes.ts';

test('what was appended is taken, in order, and only once', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 }), { maxLength: 4 }), (rounds) => {
      const held = new HeldBytes();
      for (const chunks of rounds) {
        for (const chunk of chunks) held.append(chunk, 0, chunk.length);
        const expected = chunks.flatMap((chunk) => [...chunk]);
        expect(held.length).toBe(expected.length);
        expect([...held.take()]).toEqual(expected);
        expect(held.length).toBe(0);
      }
    }),
  );
});

test('a part is copied, and the source may change', () => {
  const held = new HeldBytes();
  const source = Uint8Array.of(1, 2, 3, 4);
  held.append(source, 1, 3);
  source.fill(0);
  expect([...held.take()]).toEqual([2, 3]);
});

test('a mebibyte is held one byte at a time', () => {
  const held = new HeldBytes();
  for (let i = 0; i < 2 ** 20; i++) held.append(Uint8Array.of(i), 0, 1);
  const taken = held.take();
  expect([taken.length, taken.at(255), taken.at(-1)]).toEqual([2 ** 20, 255, 255]);
  expect(taken.buffer.byteLength).toBeLessThanOrEqual(2 ** 21);
});
