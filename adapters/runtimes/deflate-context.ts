/** What engines differ in: one context of zlib, of the native one or of another, which takes bytes and a flush mode. */

/** Flush modes, as in zlib.h. */
export const Z_SYNC_FLUSH = 2;
export const Z_BLOCK = 5;

/** Where every call puts its output; nothing may run between a call and the copying of it. */
export const OUT: Uint8Array = new Uint8Array(65_536);

export interface DeflateContext {
  /** Bytes in `OUT` after the last call. */
  readonly produced: number;
  /** Bytes of input that the last call did not take. */
  readonly left: number;
  /**
   * Gives `input` from `from` on to zlib, once; what comes out is in `OUT`.
   *
   * @param room - how much of `OUT` may be used.
   * @throws {InflateError} for invalid data; the context is not used after that.
   */
  write(flush: number, input: Uint8Array, from: number, room: number): void;
  /** Begins afresh, with the dictionary it was made with. */
  reset(): void;
  close(): void;
}

export interface DeflatingOptions {
  readonly windowBits: number;
  readonly level: number;
  readonly memLevel: number;
  /** What the data may refer to from the beginning on. */
  readonly dictionary?: Uint8Array | undefined;
}

/** Makes contexts for raw DEFLATE. */
export interface ContextMaker {
  deflating(options: DeflatingOptions): DeflateContext;
  inflating(windowBits: number): DeflateContext;
}
