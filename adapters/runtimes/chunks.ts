/** Bytes in line, to be taken in other portions than they came in. */
export class Chunks {
  #chunks: Uint8Array[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  append(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#chunks.push(bytes);
    this.#length += bytes.length;
  }

  /** Removes the first bytes, `size` of them or all there are, and returns a copy. */
  take(size: number): Uint8Array<ArrayBuffer> {
    const taken = new Uint8Array(Math.min(size, this.#length));
    let at = 0;
    let gone = 0;
    for (const chunk of this.#chunks) {
      const part = chunk.subarray(0, taken.length - at);
      taken.set(part, at);
      at += part.length;
      if (part.length < chunk.length) {
        this.#chunks[gone] = chunk.subarray(part.length);
        break;
      }
      gone++;
    }
    this.#chunks.splice(0, gone);
    this.#length -= taken.length;
    return taken;
  }

  clear(): void {
    this.#chunks = [];
    this.#length = 0;
  }
}
