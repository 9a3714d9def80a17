/** Ways to cut bytes into chunks: what the bytes mean must not depend on them. */

export interface Chunk {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

const piece = (bytes: Uint8Array, from: number, to: number): Chunk => {
  // In an array of its own between bytes that belong to nobody: whoever reads outside of its range reads these.
  const padded = new Uint8Array(to - from + 4).fill(0xee);
  padded.set(bytes.subarray(from, to), 2);
  return { bytes: padded, start: 2, end: 2 + to - from };
};

/** Whole, byte by byte, and in two at each place; of the places, at most about `most`, spread evenly. */
export function* cuts(bytes: Uint8Array, most = 400): Generator<readonly Chunk[]> {
  yield [piece(bytes, 0, bytes.length)];
  yield Array.from(bytes, (_, i) => piece(bytes, i, i + 1));
  const step = Math.max(1, Math.floor(bytes.length / most));
  for (let i = 1; i < bytes.length; i += step) yield [piece(bytes, 0, i), piece(bytes, i, bytes.length)];
}

/** The chunks that come of cutting at `places`, in whatever order these are. */
export function cutAt(bytes: Uint8Array, places: readonly number[]): readonly Chunk[] {
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return ends.map((end, i) => piece(bytes, ends[i - 1] ?? 0, end));
}

/**
 * Feeds chunks to `reader` until it has no use for more.
 *
 * @returns the bytes it left over, those of the chunks it was never given included.
 */
export function feed(
  reader: { receive(bytes: Uint8Array, start: number, end: number): number },
  chunks: readonly Chunk[],
  finished: () => boolean,
): Uint8Array {
  const left: number[] = [];
  for (const { bytes, start, end } of chunks) {
    const at = finished() ? start : reader.receive(bytes, start, end);
    if (at < start || at > end) throw new RangeError(`stopped at ${at}, outside of ${start} to ${end}`);
    left.push(...bytes.subarray(at, end));
    bytes.fill(0xee); // what was received may not be referred to
  }
  return Uint8Array.from(left);
}
