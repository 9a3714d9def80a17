/**
 * Gathers what one call makes a connection write, so that it leaves as one list.
 *
 * Small pieces are written side by side into a slab that all connections of the process share. A slab
 * is only ever filled upwards and never written twice: what was taken stays unchanged for as long as
 * the transport keeps it, and the slab is freed with its last piece.
 */

import { EMPTY } from './empty.ts';
import { writeLatin1 } from './latin1.ts';

const SLAB_BYTES = 65_536;

let slab: Uint8Array = new Uint8Array(0);
/** Bytes of the slab in use. */
let used = 0;

export class OutputGatherer {
  #pieces: Uint8Array[] = NONE;
  /** The slab that holds the piece being written, and where that piece lies in it. */
  #slab: Uint8Array = slab;
  #start = 0;
  #end = 0;
  #closedBytes = 0;

  /** Bytes gathered and not taken. */
  get length(): number {
    return this.#closedBytes + this.#end - this.#start;
  }

  /**
   * Makes room for `length` more bytes, to be written to `bytes` from `offset` on and then counted by
   * `advance`. Nothing else may be gathered in between.
   */
  reserve(length: number): void {
    if (this.#slab === slab && this.#end === used && used + length <= slab.length) return;
    this.#closePiece();
    if (used + length > slab.length) {
      slab = new Uint8Array(Math.max(SLAB_BYTES, length));
      used = 0;
    }
    this.#slab = slab;
    this.#start = used;
    this.#end = used;
  }

  get bytes(): Uint8Array {
    return this.#slab;
  }

  get offset(): number {
    return this.#end;
  }

  /** Counts `length` bytes that were written into the reserved room. */
  advance(length: number): void {
    this.#end += length;
    used = this.#end;
  }

  /** Adds the bytes of `text`, none of whose characters is above U+00FF. */
  appendLatin1(text: string): void {
    this.reserve(text.length);
    writeLatin1(text, this.#slab, this.#end);
    this.advance(text.length);
  }

  /** Adds `bytes` as they are; they must not change until the transport has written them. */
  append(bytes: Uint8Array): void {
    this.#closePiece();
    this.#add(bytes);
  }

  /** Removes and returns everything, in order. */
  take(): Uint8Array[] {
    this.#closePiece();
    this.#closedBytes = 0;
    this.#slab = EMPTY; // an idle connection pins no slab
    const pieces = this.#pieces;
    this.#pieces = NONE;
    return pieces;
  }

  #add(piece: Uint8Array): void {
    if (this.#pieces === NONE) this.#pieces = [piece];
    else this.#pieces.push(piece);
    this.#closedBytes += piece.length;
  }

  #closePiece(): void {
    if (this.#end > this.#start) {
      this.#add(this.#slab.subarray(this.#start, this.#end));
    }
    this.#start = this.#end;
  }
}

/** What idle connections share; nothing is ever put into it. */
const NONE: Uint8Array[] = [];
