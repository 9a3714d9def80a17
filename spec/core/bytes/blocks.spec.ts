import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { Blocks } from '../../../core/bytes/blocks.ts';
import { hex, join } from '../../support/wire.ts';

const MIB = 1_048_576;

/** Bytes of all arrays that `work` allocates by their length. */
function allocated(work: () => void): number {
  const lengths: number[] = [];
  const Real = Uint8Array;
  vi.stubGlobal(
    'Uint8Array',
    new Proxy(Real, {
      construct(target, args, newTarget) {
        if (typeof args[0] === 'number') lengths.push(args[0]);
        return Reflect.construct(target, args, newTarget);
      },
    }),
  );
  try {
    work();
  } finally {
    vi.unstubAllGlobals();
  }
  return lengths.reduce((sum, length) => sum + length, 0);
}

describe('bytes in blocks', () => {
  it('are those that were appended, in order, however they were cut', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 40 }), (pieces) => {
        const blocks = new Blocks();
        let length = 0;
        for (const piece of pieces) {
          const around = join([Uint8Array.of(1, 2), piece, Uint8Array.of(3)]);
          blocks.append(around, 2, 2 + piece.length, Infinity);
          length += piece.length;
          expect(blocks.length).toBe(length);
        }
        expect(hex(blocks.take())).toBe(hex(join(pieces)));
        expect(blocks.length).toBe(0);
        expect(blocks.take()).toHaveLength(0);
      }),
    );
  });

  it('are the appender’s no longer: they are copied', () => {
    const blocks = new Blocks();
    const piece = Uint8Array.of(1, 2, 3);
    blocks.append(piece, 0, 3, 0);
    piece.fill(9);
    expect([...blocks.take()]).toEqual([1, 2, 3]);
  });

  it('have spare room for no more than there is, and for a mebibyte at most (B2, B4)', () => {
    const piece = new Uint8Array(1_000);
    const blocks = new Blocks();
    const small = allocated(() => {
      for (let i = 0; i < 100; i++) blocks.append(piece, 0, 1_000, Infinity);
    });
    expect(small).toBeLessThanOrEqual(2 * 100_000);
    const large = allocated(() => {
      for (let i = 0; i < 20_000; i++) blocks.append(piece, 0, 1_000, Infinity);
    });
    expect(small + large).toBeLessThanOrEqual(blocks.length + MIB);
  });

  it('have none behind their known end', () => {
    const piece = new Uint8Array(40);
    const blocks = new Blocks();
    expect(
      allocated(() => {
        blocks.append(piece, 0, 40, 40);
        blocks.append(piece, 0, 40, 0);
      }),
    ).toBe(80);
  });

  it('that fit one block are taken without a copy', () => {
    const blocks = new Blocks();
    blocks.append(new Uint8Array(100), 0, 100, 0);
    expect(allocated(() => blocks.take())).toBe(0);
  });

  it('are let go at the end (B16)', () => {
    const blocks = new Blocks();
    for (let i = 0; i < 3; i++) blocks.append(new Uint8Array(100), 0, 100, 0);
    blocks.end();
    expect([blocks.length, blocks.take().length]).toEqual([0, 0]);
  });
});
