/** The last bytes of a direction, which later ones may refer to (RFC 1951 §2): as much as was seen, up to a limit. */
export class DeflateWindow {
  readonly #limit: number;
  #bytes: Uint8Array = EMPTY;
  #length = 0;
  /** Where the next byte goes once the window is full, and where its oldest byte is. */
  #next = 0;

  /** @param limit - bytes of the window. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get length(): number {
    return this.#length;
  }

  add(piece: Uint8Array): void {
    const limit = this.#limit;
    if (piece.length >= limit) {
      if (this.#bytes.length < limit) this.#bytes = new Uint8Array(limit);
      this.#bytes.set(piece.subarray(piece.length - limit));
      this.#length = limit;
      this.#next = 0;
      return;
    }
    this.#grow(Math.min(limit, this.#length + piece.length));
    const first = Math.min(piece.length, this.#bytes.length - this.#next, limit - this.#next);
    this.#bytes.set(first === piece.length ? piece : piece.subarray(0, first), this.#next);
    if (first < piece.length) this.#bytes.set(piece.subarray(first), 0);
    this.#length = Math.min(limit, this.#length + piece.length);
    this.#next = (this.#next + piece.length) % limit;
  }

  /** Writes the window, oldest byte first, to `target` from `offset` on. */
  copyTo(target: Uint8Array, offset: number): void {
    if (this.#length < this.#limit) {
      target.set(this.#bytes.subarray(0, this.#length), offset);
      return;
    }
    target.set(this.#bytes.subarray(this.#next, this.#limit), offset);
    target.set(this.#bytes.subarray(0, this.#next), offset + this.#limit - this.#next);
  }

  clear(): void {
    this.#bytes = EMPTY;
    this.#length = 0;
    this.#next = 0;
  }

  /** The first piece gets what it needs, for it may be the only one; later ones get room for as much again. */
  #grow(needed: number): void {
    const capacity = this.#bytes.length;
    if (capacity >= needed) return;
    const bytes = new Uint8Array(Math.min(this.#limit, Math.max(needed, 2 * capacity)));
    bytes.set(this.#bytes);
    this.#bytes = bytes;
  }
}

const EMPTY = new Uint8Array(0);
