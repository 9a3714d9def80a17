/** Makes a new input of old ones. */
import type { Random } from '../simulation/random.ts';
import { join } from '../support/wire.ts';

/** Longer inputs find nothing that short ones do not, and only take longer. */
const LONGEST = 600;
const BORDERS = [
  0, 1, 10, 13, 32, 58, 59, 61, 44, 125, 126, 127, 128, 129, 130, 136, 137, 138, 193, 224, 254, 255,
] as const;

/** @param words - what the format of the target is made of. */
export function mutate(random: Random, corpus: readonly Uint8Array[], words: readonly Uint8Array[]): Uint8Array {
  let input = choose(random, corpus);
  for (let count = random.pick([1, 1, 1, 2, 3, 6]); count > 0; count--) input = step(random, input, corpus, words);
  return input.length > LONGEST ? input.slice(0, LONGEST) : input;
}

const choose = (random: Random, list: readonly Uint8Array[]): Uint8Array => list[random.below(list.length)] ?? EMPTY;

function step(
  random: Random,
  input: Uint8Array,
  corpus: readonly Uint8Array[],
  words: readonly Uint8Array[],
): Uint8Array {
  const at = random.below(input.length + 1);
  const to = Math.min(input.length, at + random.pick([1, 1, 2, 4, 16, 64]));
  const before = input.subarray(0, at);
  const behind = input.subarray(at);
  switch (random.below(10)) {
    case 0: // a bit
      return changed(input, at, (byte) => byte ^ (1 << random.below(8)));
    case 1: // a byte
      return changed(input, at, () => random.below(256));
    case 2:
      return changed(input, at, () => random.pick([...BORDERS]));
    case 3:
      return changed(input, at, (byte) => byte + random.pick([-1, 1]));
    case 4: // out
      return join([before, input.subarray(to)]);
    case 5: // in
      return join([before, Uint8Array.of(random.pick([...BORDERS])), behind]);
    case 6: // twice
      return join([before, input.subarray(at, to), behind]);
    case 7: {
      // a part of another input
      const other = choose(random, corpus);
      const from = random.below(other.length + 1);
      return join([before, other.subarray(from, from + random.pick([2, 8, 32, LONGEST])), behind]);
    }
    case 8: // its head, and the tail of another
      return join([before, choose(random, corpus).subarray(random.below(input.length + 1))]);
    default:
      return words.length === 0
        ? input
        : join([before, choose(random, words), random.chance(0.5) ? behind : input.subarray(to)]);
  }
}

function changed(input: Uint8Array, at: number, change: (byte: number) => number): Uint8Array {
  const copy = input.slice();
  if (at < copy.length) copy[at] = change(copy[at] ?? 0);
  return copy;
}

const EMPTY = new Uint8Array(0);
