/** What properties draw from: chunks, payloads and texts, with the borders of the format named. */
import fc from 'fast-check';

/** Lengths on both sides of every border of the length field (RFC 6455 §5.2), and some between. */
const length = fc.oneof(
  { weight: 3, arbitrary: fc.nat(300) },
  { weight: 2, arbitrary: fc.constantFrom(0, 1, 2, 124, 125, 126, 127, 128) },
  { weight: 1, arbitrary: fc.constantFrom(16_383, 16_384, 65_535, 65_536, 65_537) },
);

export const payload = fc
  .tuple(length, fc.nat(255))
  .map(([size, first]) => Uint8Array.from({ length: size }, (_, i) => first + i * 31));

/** Text with characters of one to four bytes, and lone surrogates now and then. */
export const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.constantFrom('', '\ufeff', '\ud800', 'a\udc00b', '\u{1f600}'.repeat(40)),
);

/** How a stream is cut: the sizes of its chunks, taken in turn. */
export const chunkSizes = fc.array(
  fc.oneof(fc.integer({ min: 1, max: 16 }), fc.constantFrom(1, 2, 126, 4_096, 65_536)),
  {
    minLength: 1,
    maxLength: 8,
  },
);

/** Cuts `bytes` into chunks of these sizes in turn, each in memory of its own. */
export function chunked(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    // A long stream is not cut into tens of thousands of chunks: its rest comes whole.
    const size = i < 300 ? (sizes[i % sizes.length] ?? 1) : bytes.length;
    chunks.push(bytes.slice(at, at + size));
    at += size;
  }
  return chunks;
}
