/**
 * Bytes of which nobody knows how many will come, in blocks: what is filled is not copied before the end, and room that
 * is not filled is never more than what is, nor than a mebibyte.
 */
import { EMPTY } from './empty.ts';

export class Blocks {
  #full: Uint8Array[] = NONE;
  #fullBytes = 0;
  #block: Uint8Array = EMPTY;
  /** Bytes of the block in use. */
  #used = 0;

  get length(): number {
    return this.#fullBytes + this.#used;
  }

  /** Copies `bytes[start, end)`; at most `ahead` bytes will follow. */
  append(bytes: Uint8Array, start: number, end: number, ahead: number): void {
    let at = start;
    while (at < end) {
      if (this.#used === this.#block.length) this.#extend(end - at, ahead);
      const count = Math.min(end - at, this.#block.length - this.#used);
      this.#block.set(bytes.subarray(at, at + count), this.#used);
      this.#used += count;
      at += count;
    }
  }

  /** Removes and returns everything, in one array. */
  take(): Uint8Array {
    const last = this.#block.subarray(0, this.#used);
    let whole = last;
    if (this.#full.length > 0) {
      whole = new Uint8Array(this.length);
      let at = 0;
      for (const block of this.#full) {
        whole.set(block, at);
        at += block.length;
      }
      whole.set(last, at);
    }
    this.end();
    return whole;
  }

  /** Lets everything go. */
  end(): void {
    this.#full = NONE;
    this.#fullBytes = 0;
    this.#block = EMPTY;
    this.#used = 0;
  }

  #extend(wanted: number, ahead: number): void {
    const spare = Math.min(Math.max(this.length, LEAST_BYTES), MOST_BYTES);
    if (this.#used > 0) {
      if (this.#full === NONE) this.#full = [];
      this.#full.push(this.#block);
      this.#fullBytes += this.#used;
    }
    this.#block = new Uint8Array(Math.max(wanted, Math.min(spare, wanted + ahead)));
    this.#used = 0;
  }
}

const LEAST_BYTES = 64;
const MOST_BYTES = 1_048_576;
/** What all that have no full block share; nothing is ever put into it. */
const NONE: Uint8Array[] = [];
