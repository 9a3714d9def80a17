/** Up to this many bytes several chunks are joined: one copy is cheaper than one more write. */
const JOIN_BYTES = 65_536;

/** The bytes of `chunks`, in order, as few chunks of which none that is joined is large. */
export function gather(chunks: readonly Uint8Array[]): readonly Uint8Array[] {
  if (chunks.length < 2) return chunks;
  const gathered: Uint8Array[] = [];
  for (let from = 0; from < chunks.length; ) {
    let to = from;
    let length = 0;
    do length += chunks[to++]?.length ?? 0;
    while (to < chunks.length && length + (chunks[to]?.length ?? 0) <= JOIN_BYTES);
    gathered.push(to - from === 1 ? (chunks[from] ?? EMPTY) : joined(chunks.slice(from, to), length));
    from = to;
  }
  return gathered;
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

const EMPTY = new Uint8Array();
