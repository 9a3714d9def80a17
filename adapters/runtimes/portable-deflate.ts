/** zlib in JavaScript, by pako, for places without a zlib of their own. */
import {
  type Z_FlushMode,
  ZStream,
  zlibDeflate,
  zlibDeflateInit2,
  zlibDeflateReset,
  zlibDeflateSetDictionary,
  zlibInflate,
  zlibInflateInit2,
  zlibInflateReset,
} from 'pako';
import { type Deflate, InflateError } from '../../core/index.ts';
import { type DeflateContext, OUT } from './deflate-context.ts';
import { DeflateEngine } from './deflate-engine.ts';

class PakoContext implements DeflateContext {
  produced = 0;
  left = 0;
  readonly #stream: ZStream = new ZStream();
  readonly #step: (stream: ZStream, flush: Z_FlushMode) => number;
  readonly #begin: (stream: ZStream) => number;

  /** @param begin - what makes the stream new once more. */
  constructor(
    step: (stream: ZStream, flush: Z_FlushMode) => number,
    init: (stream: ZStream) => number,
    begin: (stream: ZStream) => number,
  ) {
    this.#step = step;
    this.#begin = begin;
    check(init(this.#stream));
    check(begin(this.#stream));
  }

  write(flush: number, input: Uint8Array, from: number, room: number): void {
    const stream = this.#stream;
    stream.input = input;
    stream.next_in = from;
    stream.avail_in = input.length - from;
    stream.output = OUT as Uint8Array<ArrayBuffer>; // it was made by its length, so its buffer is no shared one
    stream.next_out = 0;
    stream.avail_out = room;
    const status = this.#step(stream, flush as Z_FlushMode); // those of zlib.h are those of pako
    if (status < 0 && status !== BUF_ERROR) throw new InflateError(stream.msg);
    stream.input = NOTHING; // nothing of the program's is kept
    this.produced = room - stream.avail_out;
    this.left = stream.avail_in;
  }

  reset(): void {
    check(this.#begin(this.#stream));
  }

  /** Memory of JavaScript needs no call to be freed. */
  close(): void {}
}

/** zlib in JavaScript: 2 to 3 times as slow as a native one for messages of 900 bytes (Node 20). */
export const portableDeflate: Deflate = new DeflateEngine({
  deflating: ({ windowBits, level, memLevel, dictionary }) =>
    new PakoContext(
      zlibDeflate,
      (stream) => zlibDeflateInit2(stream, level, DEFLATED, -windowBits, memLevel, 0),
      (stream) =>
        zlibDeflateReset(stream) || (dictionary === undefined ? 0 : zlibDeflateSetDictionary(stream, dictionary)),
    ),
  inflating: (windowBits) =>
    new PakoContext(zlibInflate, (stream) => zlibInflateInit2(stream, -windowBits), zlibInflateReset),
});

function check(status: number): void {
  if (status !== 0) throw new Error(`pako: ${status}`);
}

/** The only method there is (zlib.h). */
const DEFLATED = 8;
/** No progress was possible: no error (zlib.h). */
const BUF_ERROR = -5;
const NOTHING = new Uint8Array(0);
