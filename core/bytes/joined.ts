/** Returns `first`, and `bytes[start, stop)` behind it, as a copy. */
export function joined(first: Uint8Array, bytes: Uint8Array, start: number, stop: number): Uint8Array {
  const both = new Uint8Array(first.length + stop - start);
  both.set(first);
  both.set(bytes.subarray(start, stop), first.length);
  return both;
}
