/** Bytes in line, to be taken in other portions than they came in. */
export class Chunks {
  #chunks: Uint8Array[] = [];
  /** The index of the first chunk; those before it are taken. */
  #first = 0;
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
    for (let at = 0; at < taken.length; ) {
      const chunk = this.#chunks[this.#first] ?? taken; // there is one: that many bytes are here
      const part = chunk.subarray(0, taken.length - at);
      taken.set(part, at);
      at += part.length;
      if (part.length < chunk.length) this.#chunks[this.#first] = chunk.subarray(part.length);
      else this.#first++;
    }
    this.#length -= taken.length;
    if (this.#first * 2 >= this.#chunks.length) {
      this.#chunks.splice(0, this.#first);
      this.#first = 0;
    }
    return taken;
  }

  clear(): void {
    this.#chunks = [];
    this.#first = 0;
    this.#length = 0;
  }
}
