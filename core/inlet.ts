/**
 * The one way into a connection: bytes are read in order, while they may be read, and the end of the
 * input comes behind them.
 */

import { ByteQueue } from './bytes/byte-queue.ts';
import { EMPTY } from './bytes/empty.ts';

/** How bytes are to be taken now; `nothing` leaves them waiting, `discard` drops them. */
export type Reads = 'head' | 'frames' | 'nothing' | 'discard';

/** What is over: the peer's sending, or the transport as a whole. */
export type End = 'input' | 'transport';

/** Who reads. */
export interface Reader {
  /** How the current state takes bytes. */
  reads(): Reads;
  /** Reads a part of `bytes` from `start` on, and returns the offset of the first byte not read. */
  read(bytes: Uint8Array, start: number): number;
  end(end: End): void;
}

export class Inlet {
  readonly #reader: Reader;
  /** What waits; made when something does. */
  #queue: ByteQueue | undefined;
  /** Whether frames are not delivered now. */
  paused = false;
  #reading = false;
  #end: End | undefined;
  /** Whether the peer's Close is to wait when it comes. */
  holdsClose = false;
  /** Takes the peer's Close, while that waits. */
  heldClose: (() => void) | undefined;

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  /** @param close - takes the peer's Close, which has come and waits. */
  pause(close?: () => void): void {
    this.paused = true;
    this.heldClose ??= close;
  }

  /** Reads on, from the peer's Close where that waits. */
  resume(): void {
    const take = this.heldClose;
    this.heldClose = undefined;
    this.paused = false;
    take?.();
  }

  /** Bytes that wait. */
  get backlog(): number {
    return this.#queue?.length ?? 0;
  }

  /** Whether more bytes from the transport would be of use, and not only wait. */
  get wanted(): boolean {
    const reads = this.#reader.reads();
    return reads !== 'nothing' && !(reads === 'frames' && this.paused);
  }

  receive(bytes: Uint8Array): void {
    if (bytes.length === 0 || this.#reader.reads() === 'discard') return;
    if (this.#reading || this.backlog > 0 || !this.wanted) {
      this.#queue ??= new ByteQueue();
      this.#queue.append(bytes);
      this.readOn();
      return;
    }
    // The first read, which most chunks are done with, stands outside of the loop: that is 15 ns.
    let at: number;
    this.#reading = true;
    try {
      at = this.#reader.read(bytes, 0);
    } finally {
      this.#reading = false;
    }
    if (at < bytes.length) this.#read(bytes, at);
    else if (this.#queue !== undefined || this.#end !== undefined) this.readOn(); // what came from within it
  }

  receiveEnd(end: End): void {
    if (this.#end !== 'transport') this.#end = end;
    this.readOn();
  }

  /** Reads what waits and may be read now. Within a read this changes nothing: that read goes on with it. */
  readOn(): void {
    if (this.#reading) return;
    if (this.#queue !== undefined && this.#queue.length > 0 && this.wanted) this.#read(this.#queue.take(), 0);
    else this.#meetEnd();
  }

  #read(first: Uint8Array, from: number): void {
    let bytes = first;
    let at = from;
    this.#reading = true;
    try {
      while (bytes.length > 0 && this.wanted) {
        at = this.#reader.reads() === 'discard' ? bytes.length : this.#reader.read(bytes, at);
        if (at === bytes.length) {
          bytes = this.#queue?.take() ?? EMPTY;
          at = 0;
        }
      }
      if (bytes.length > 0) {
        this.#queue ??= new ByteQueue();
        this.#queue.prepend(bytes.subarray(at));
      }
    } finally {
      this.#reading = false;
    }
    this.#meetEnd();
  }

  #meetEnd(): void {
    const end = this.#end;
    const reads = this.#reader.reads();
    // Frames that wait are delivered before the end; a request whose client is gone has nobody to answer.
    const behind = (this.heldClose !== undefined || this.backlog > 0) && reads === 'frames';
    if (end === undefined || behind || (end === 'input' && reads === 'nothing')) return;
    this.#end = undefined;
    this.#reader.end(end);
  }
}
