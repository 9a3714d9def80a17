/** An inflater of a connection over contexts of zlib, with a window of which it can have a context again. */
import { InflateError, type Inflater } from '../../core/index.ts';
import { type ContextMaker, type DeflateContext, OUT, Z_BLOCK, Z_SYNC_FLUSH } from './deflate-context.ts';
import type { ContextPool, Owner } from './deflate-pool.ts';
import { DeflateWindow } from './deflate-window.ts';

export class PooledInflater implements Inflater, Owner {
  context: DeflateContext | undefined;
  readonly #make: ContextMaker;
  readonly #windowBits: number;
  readonly #pool: ContextPool;
  readonly #window: DeflateWindow;
  #finalBlocks = 0;

  constructor(make: ContextMaker, windowBits: number, pool: ContextPool) {
    this.#make = make;
    this.#windowBits = windowBits;
    this.#pool = pool;
    this.#window = new DeflateWindow(2 ** windowBits);
  }

  inflate(bytes: Uint8Array, last: boolean, sink: (piece: Uint8Array) => void): void {
    try {
      const context = this.#pool.take(this) ?? this.#acquire();
      this.#body(context, bytes, sink);
      if (!last) return;
      this.#tail(context);
      this.#finalBlocks = 0;
    } catch (error) {
      this.reset();
      throw error;
    }
    this.#pool.put(this);
  }

  reset(): void {
    this.#window.clear();
    this.#finalBlocks = 0;
    this.#pool.remove(this, false);
  }

  release(): void {
    this.#pool.cool(this, false);
  }

  #body(context: DeflateContext, bytes: Uint8Array, sink: (piece: Uint8Array) => void): void {
    let from = 0;
    for (let done = false; !done; ) {
      context.write(Z_SYNC_FLUSH, bytes, from, PIECE_BYTES);
      const { produced, left } = context;
      if (produced === 0 && left > 0 && left === bytes.length - from) {
        this.#nextStream(context); // zlib takes nothing more once a final block has ended
        continue;
      }
      from = bytes.length - left;
      done = left === 0 && produced < PIECE_BYTES;
      if (produced === 0) continue;
      const piece = OUT.subarray(0, produced);
      this.#window.add(piece);
      sink(piece);
    }
  }

  /**
   * The four bytes have to be the rest of an empty stored block. One byte more shows it: asked to stop behind a block,
   * zlib leaves exactly that byte, if it was not in the middle of one.
   */
  #tail(context: DeflateContext): void {
    context.write(Z_BLOCK, TAIL_AND_PROBE, 0, PIECE_BYTES);
    if (context.produced > 0) throw new InflateError('the data is truncated');
    if (context.left === TAIL_AND_PROBE.length)
      this.#nextStream(context); // a final block was the last
    else if (context.left !== 1) throw new InflateError('the data is truncated, or goes on behind its end');
  }

  /** Goes on behind a final block, where zlib has ended, with the window as it is. */
  #nextStream(context: DeflateContext): void {
    if (++this.#finalBlocks > FINAL_BLOCKS) throw new InflateError(`more than ${FINAL_BLOCKS} final blocks`);
    context.reset();
    this.#prime(context);
  }

  #acquire(): DeflateContext {
    const context = this.#pool.spare() ?? this.#make.inflating(this.#windowBits);
    this.context = context;
    this.#prime(context);
    return context;
  }

  /** Gives a new context the window, as a stored block (RFC 1951 §3.2.4). */
  #prime(context: DeflateContext): void {
    const { length } = this.#window;
    if (length === 0) return;
    STORED[1] = length;
    STORED[2] = length >>> 8;
    STORED[3] = ~length;
    STORED[4] = ~length >>> 8;
    this.#window.copyTo(STORED, STORED_HEADER_BYTES);
    context.write(Z_SYNC_FLUSH, STORED.subarray(0, STORED_HEADER_BYTES + length), 0, OUT.length);
  }
}

/** What a sink is given at a time. */
const PIECE_BYTES = 16_384;
const TAIL_AND_PROBE = new Uint8Array([0, 0, 0xff, 0xff, 0]);

/** In one message. Two bytes make one and cost as much as a whole window, so their number has a bound. */
const FINAL_BLOCKS = 1_024;

const STORED_HEADER_BYTES = 5;
const STORED: Uint8Array = new Uint8Array(STORED_HEADER_BYTES + 32_768);
