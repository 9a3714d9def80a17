/**
 * Bytes that came before they could be read, in the order they came.
 *
 * They are joined into one buffer as they arrive: a peer that sends a byte at a time costs bytes, not
 * objects, and a short rest does not pin the large chunk it came in.
 */
import { EMPTY } from './empty.ts';

export class ByteQueue {
  #bytes: Uint8Array = EMPTY;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Adds `bytes` at the end; kept without a copy where they are alone and fill most of their buffer. */
  append(bytes: Uint8Array): void {
    const length = this.#length + bytes.length;
    if (this.#length === 0 && bytes.length * 2 > bytes.buffer.byteLength) {
      this.#bytes = bytes;
    } else {
      if (length > this.#bytes.length) {
        // What is alone gets no spare room: then, put back shorter and shorter, it is copied at each halving only.
        const grown = new Uint8Array(this.#length === 0 ? length : length * 2);
        grown.set(this.#bytes.subarray(0, this.#length));
        this.#bytes = grown;
      }
      this.#bytes.set(bytes, this.#length);
    }
    this.#length = length;
  }

  /** Puts back, in front of everything, bytes that were taken and could not be read yet. */
  prepend(bytes: Uint8Array): void {
    const later = this.take();
    this.append(bytes);
    if (later.length > 0) this.append(later);
  }

  /** Removes and returns everything. */
  take(): Uint8Array {
    if (this.#length === 0) return EMPTY;
    const bytes = this.#bytes.subarray(0, this.#length);
    this.#bytes = EMPTY;
    this.#length = 0;
    return bytes;
  }
}
