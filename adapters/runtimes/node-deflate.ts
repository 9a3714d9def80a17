/**
 * The zlib of the runtime, called synchronously, on Node, Deno, Bun and workerd.
 *
 * The public functions of `node:zlib` are asynchronous, or begin afresh with each call and hide truncated data. The
 * handle of a stream is neither, and the same everywhere; but no document promises it, so it is tried out first.
 */
import { createDeflateRaw, createInflateRaw } from 'node:zlib';
import { type Deflate, InflateError } from '../../core/index.ts';
import { type ContextMaker, type DeflateContext, OUT, Z_SYNC_FLUSH } from './deflate-context.ts';
import { DeflateEngine } from './deflate-engine.ts';

/** The part of a zlib stream's handle that we use. */
interface Handle {
  writeSync(
    flush: number,
    input: Uint8Array,
    inputOffset: number,
    inputLength: number,
    output: Uint8Array,
    outputOffset: number,
    outputLength: number,
  ): void;
  reset(): void;
  onerror: (message: string) => void;
}

interface Stream {
  readonly _handle?: Handle | null;
  /** After a call: the room left for output, and the input left. */
  readonly _writeState?: Uint32Array;
  close(): void;
}

class ZlibContext implements DeflateContext {
  produced = 0;
  left = 0;
  readonly #stream: Stream;
  /** Gone once closed: to call a closed handle ends the process. */
  #handle: Handle | undefined;
  readonly #state: Uint32Array;
  #error: string | undefined;

  constructor(created: unknown) {
    const stream = created as Stream; // the two fields are in no types, for they are undocumented
    const { _handle: handle, _writeState: state } = stream;
    if (typeof handle?.writeSync !== 'function' || state === undefined || state.length < 2) throw new Error(UNFIT);
    handle.onerror = (message) => {
      this.#error = message;
    };
    this.#stream = stream;
    this.#handle = handle;
    this.#state = state;
  }

  write(flush: number, input: Uint8Array, from: number, room: number): void {
    if (this.#handle === undefined) throw new Error('a zlib context is not used once closed');
    try {
      this.#handle.writeSync(flush, input, from, input.length - from, OUT, 0, room);
    } catch (error) {
      this.#error ??= String(error); // workerd throws what Node tells
    }
    if (this.#error !== undefined) {
      this.close();
      throw new InflateError(this.#error);
    }
    this.produced = room - (this.#state[0] ?? 0);
    this.left = this.#state[1] ?? 0;
  }

  reset(): void {
    this.#handle?.reset();
  }

  close(): void {
    if (this.#handle === undefined) return;
    this.#handle = undefined;
    try {
      this.#stream.close();
    } catch {
      // workerd has done it by itself, at the error.
    }
  }
}

const UNFIT = 'the zlib of this runtime cannot be called synchronously: use portableDeflate';

/** A stream's own buffer is never used, so it is of the smallest size. */
const SMALL = { chunkSize: 64 };

let tried = false;

/** The contexts of `nodeDeflate`. */
export const nodeContexts: ContextMaker = {
  deflating: (options) => {
    if (!tried) tried = tryOut();
    return new ZlibContext(createDeflateRaw({ ...options, ...SMALL }));
  },
  inflating: (windowBits) => {
    if (!tried) tried = tryOut();
    return new ZlibContext(createInflateRaw({ windowBits, ...SMALL }));
  },
};

/**
 * The zlib of the runtime.
 *
 * Deno's takes no dictionary: a deflater that gave back its context between two messages begins anew there.
 *
 * Its first use throws an `Error` where the runtime has no zlib that can be called synchronously; Node from 20 on, Deno,
 * Bun and workerd have one.
 */
export const nodeDeflate: Deflate = new DeflateEngine(nodeContexts);

/** Two messages there and back, the second of which refers to the first. */
function tryOut(): true {
  const message = new TextEncoder().encode('What one message says, the next can refer to.');
  const deflating = new ZlibContext(createDeflateRaw(SMALL));
  const inflating = new ZlibContext(createInflateRaw(SMALL));
  let length = Infinity;
  for (let i = 0; i < 2; i++) {
    deflating.write(Z_SYNC_FLUSH, message, 0, OUT.length);
    const deflated = OUT.slice(0, deflating.produced);
    inflating.write(Z_SYNC_FLUSH, deflated, 0, OUT.length);
    const same = inflating.produced === message.length && message.every((byte, at) => OUT[at] === byte);
    if (!same || deflated.length >= length) throw new Error(UNFIT);
    length = deflated.length;
  }
  deflating.close();
  inflating.close();
  return true;
}
