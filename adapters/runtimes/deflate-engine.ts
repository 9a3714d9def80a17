/**
 * Deflaters and inflaters of connections over contexts of zlib, which they have only while they need them.
 *
 * Between two messages a context stands for nothing but the window, so it can be made again from it: a deflater's with
 * the window as dictionary (26 µs for 32 KiB), an inflater's by inflating the window as a stored block (2 µs).
 */
import { type Deflate, type Deflater, type DeflaterOptions, InflateError, type Inflater } from '../../core/index.ts';
import {
  type ContextMaker,
  type DeflateContext,
  type DeflatingOptions,
  OUT,
  Z_BLOCK,
  Z_SYNC_FLUSH,
} from './deflate-context.ts';
import { ContextPool, type Owner } from './deflate-pool.ts';
import { DeflateWindow } from './deflate-window.ts';

/** 64 KiB of JSON: 160 µs, and 605 µs with zlib's own default of 6, whose output is 4 % shorter. */
const LEVEL = 3;
const MEMORY_LEVEL = 8;

export class DeflateEngine implements Deflate {
  readonly #make: ContextMaker;
  /** Only contexts of the same parameters can stand for each other. */
  readonly #pools: Map<string, ContextPool> = new Map();

  constructor(make: ContextMaker) {
    this.#make = make;
  }

  deflater({ takeover, windowBits, level = LEVEL, memoryLevel = MEMORY_LEVEL }: DeflaterOptions): Deflater {
    const options = { windowBits: Math.max(9, windowBits), level, memLevel: memoryLevel };
    const pool = this.#pool(`deflate ${options.windowBits} ${level} ${memoryLevel}`);
    return takeover ? new PooledDeflater(this.#make, options, pool) : new LoneDeflater(this.#make, options, pool);
  }

  inflater({ windowBits }: { readonly windowBits: number }): Inflater {
    return new PooledInflater(this.#make, windowBits, this.#pool(`inflate ${windowBits}`));
  }

  #pool(key: string): ContextPool {
    let pool = this.#pools.get(key);
    if (pool === undefined) {
      pool = new ContextPool();
      this.#pools.set(key, pool);
    }
    return pool;
  }
}

class PooledDeflater implements Deflater, Owner {
  context: DeflateContext | undefined;
  readonly #make: ContextMaker;
  readonly #options: DeflatingOptions;
  readonly #pool: ContextPool;
  readonly #window: DeflateWindow;
  /** Whether the context was made with a dictionary, which it will always begin with. */
  #bound = false;

  constructor(make: ContextMaker, options: DeflatingOptions, pool: ContextPool) {
    this.#make = make;
    this.#options = options;
    this.#pool = pool;
    this.#window = new DeflateWindow(2 ** options.windowBits);
  }

  compress(bytes: Uint8Array): Uint8Array {
    const deflated = flush(this.#pool.take(this) ?? this.#acquire(), bytes);
    this.#window.add(bytes);
    this.#pool.put(this);
    return deflated;
  }

  reset(): void {
    this.#window.clear();
    this.#pool.remove(this, this.#bound);
  }

  release(): void {
    this.#pool.cool(this, this.#bound);
  }

  #acquire(): DeflateContext {
    const { length } = this.#window;
    const options = this.#options;
    if (length === 0) {
      this.#bound = false;
      this.context = this.#pool.spare() ?? this.#make.deflating(options);
    } else {
      const dictionary = new Uint8Array(length);
      this.#window.copyTo(dictionary, 0);
      this.#bound = true;
      this.context = this.#make.deflating({ ...options, dictionary });
    }
    return this.context;
  }
}

/** Compresses each message by itself: it has a context from its first piece on until it is reset, and needs no window. */
class LoneDeflater implements Deflater, Owner {
  context: DeflateContext | undefined;
  readonly #make: ContextMaker;
  readonly #options: DeflatingOptions;
  readonly #pool: ContextPool;

  constructor(make: ContextMaker, options: DeflatingOptions, pool: ContextPool) {
    this.#make = make;
    this.#options = options;
    this.#pool = pool;
  }

  compress(bytes: Uint8Array): Uint8Array {
    this.context ??= this.#pool.spare() ?? this.#make.deflating(this.#options);
    return flush(this.context, bytes);
  }

  reset(): void {
    this.#pool.give(this);
  }

  /** In the middle of a message nothing could make its context again. */
  release(): void {}
}

function flush(context: DeflateContext, bytes: Uint8Array): Uint8Array {
  const pieces: Uint8Array[] = [];
  let from = 0;
  do {
    context.write(Z_SYNC_FLUSH, bytes, from, OUT.length);
    if (context.produced > 0) pieces.push(OUT.slice(0, context.produced));
    from = bytes.length - context.left;
  } while (context.produced === OUT.length);
  // zlib puts out nothing where it has flushed already and nothing came since.
  if (pieces.length === 0) pieces.push(EMPTY_BLOCK.slice());
  return join(pieces);
}

class PooledInflater implements Inflater, Owner {
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
      const piece = OUT.slice(0, produced);
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

function join(pieces: readonly Uint8Array[]): Uint8Array {
  const [only] = pieces;
  if (pieces.length === 1 && only !== undefined) return only;
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** What a sink is given at a time. */
const PIECE_BYTES = 16_384;
const TAIL_AND_PROBE = new Uint8Array([0, 0, 0xff, 0xff, 0]);
const EMPTY_BLOCK = new Uint8Array([0, 0, 0, 0xff, 0xff]);

/** In one message. Two bytes make one and cost as much as a whole window, so their number has a bound. */
const FINAL_BLOCKS = 1_024;

const STORED_HEADER_BYTES = 5;
const STORED: Uint8Array = new Uint8Array(STORED_HEADER_BYTES + 32_768);
