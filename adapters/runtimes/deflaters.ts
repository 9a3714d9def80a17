/** Deflaters of connections over contexts of zlib: one that keeps what it needs to have a context again, and one that need not. */
import type { Deflater } from '../../core/index.ts';
import { type ContextMaker, type DeflateContext, type DeflatingOptions, OUT, Z_SYNC_FLUSH } from './deflate-context.ts';
import type { ContextPool, Owner } from './deflate-pool.ts';
import { DeflateWindow } from './deflate-window.ts';

/** Compresses messages that refer to those before. */
export class PooledDeflater implements Deflater, Owner {
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
export class LoneDeflater implements Deflater, Owner {
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

const EMPTY_BLOCK = new Uint8Array([0, 0, 0, 0xff, 0xff]);
