import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OutputGatherer } from '../../../core/bytes/output-gatherer.ts';
import { bytes, hex, join } from '../../support/wire.ts';

function write(gatherer: OutputGatherer, data: Uint8Array, spare = 0): void {
  gatherer.reserve(data.length + spare);
  gatherer.bytes.set(data, gatherer.offset);
  gatherer.advance(data.length);
}

describe('an output gatherer', () => {
  test('has nothing at first, and nothing once it was taken', () => {
    const gatherer = new OutputGatherer();
    expect(gatherer.length).toBe(0);
    expect(gatherer.take()).toEqual([]);
    write(gatherer, bytes('01'));
    gatherer.take();
    expect(gatherer.length).toBe(0);
    expect(gatherer.take()).toEqual([]);
  });

  test('joins small pieces that follow each other into one', () => {
    const gatherer = new OutputGatherer();
    for (let i = 0; i < 100; i++) write(gatherer, Uint8Array.of(i), 20);
    expect(gatherer.length).toBe(100);
    const taken = gatherer.take();
    expect(taken).toHaveLength(1);
    expect(hex(join(taken))).toBe(hex(Uint8Array.from({ length: 100 }, (_, i) => i)));
  });

  test('joins text to the pieces around it, a byte for each character', () => {
    const gatherer = new OutputGatherer();
    write(gatherer, bytes('01'));
    gatherer.appendLatin1('a\xff');
    write(gatherer, bytes('04'));
    expect(gatherer.length).toBe(4);
    expect(gatherer.take().map(hex)).toEqual(['0161ff04']);
  });

  test('passes appended bytes on as they are, in their place', () => {
    const gatherer = new OutputGatherer();
    const large = bytes('02 03');
    write(gatherer, bytes('01'));
    gatherer.append(large);
    write(gatherer, bytes('04'));
    expect(gatherer.length).toBe(4);
    const taken = gatherer.take();
    expect(taken.map(hex)).toEqual(['01', '0203', '04']);
    expect(taken[1]).toBe(large);
  });

  test('makes room for what is longer than a slab', () => {
    const gatherer = new OutputGatherer();
    write(gatherer, bytes('01'));
    write(gatherer, new Uint8Array(100_000).fill(2));
    const taken = gatherer.take();
    expect(taken.map(({ length }) => length)).toEqual([1, 100_000]);
    expect(taken[1]?.every((byte) => byte === 2)).toBe(true);
  });

  test('what was taken never changes, whichever connections write meanwhile (H6)', () => {
    const pieces = fc.array(
      fc.record({ who: fc.nat(2), what: fc.constantFrom('write', 'append', 'take'), size: fc.nat(9_000) }),
      {
        minLength: 20,
        maxLength: 80,
      },
    );
    fc.assert(
      fc.property(pieces, (list) => {
        const gatherers = [new OutputGatherer(), new OutputGatherer(), new OutputGatherer()];
        const sent = ['', '', ''];
        const taken: Uint8Array[][] = [[], [], []];
        for (const [i, { who, what, size }] of list.entries()) {
          const gatherer = gatherers[who];
          if (gatherer === undefined) continue;
          if (what === 'take') {
            taken[who]?.push(...gatherer.take());
          } else {
            const data = new Uint8Array(size).fill(i);
            if (what === 'write') write(gatherer, data, 14);
            else gatherer.append(data);
            sent[who] += hex(data);
          }
        }
        for (const [who, gatherer] of gatherers.entries()) {
          expect(hex(join([...(taken[who] ?? []), ...gatherer.take()]))).toBe(sent[who]);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('room that was reserved and not used is used by the next', () => {
    const gatherer = new OutputGatherer();
    gatherer.reserve(1_000);
    const { offset } = gatherer;
    gatherer.reserve(1_000);
    expect(gatherer.offset).toBe(offset);
    expect(gatherer.length).toBe(0);
  });
});
