/**
 * Raw DEFLATE (RFC 1951) as permessage-deflate needs it (RFC 7692 §7.2): what a runtime brings.
 *
 * Synchronous, so that messages stay in order without a queue, and so that a limit ends the work at the limit.
 */

/** An engine. One serves any number of connections; each connection has a deflater and an inflater of its own. */
export interface Deflate {
  /** Makes what compresses for one connection. */
  deflater(options: DeflaterOptions): Deflater;
  /** Makes what decompresses for one connection. */
  inflater(options: InflaterOptions): Inflater;
}

/** What a deflater keeps to. */
export interface DeflaterOptions {
  /** Whether a message may refer to those before it (RFC 7692 §7.1.1); without, a `reset` follows each. */
  readonly takeover: boolean;
  /**
   * No distance reaches back further than 2 to this power; 9 to 15. Never 8: zlib makes 9 of 8 for raw DEFLATE, so the
   * extension does not agree on 8 for what it compresses, unless it sends everything uncompressed.
   */
  readonly windowBits: number;
  /** 0 (none) to 9 (best); `undefined`: the engine's choice. */
  readonly level: number | undefined;
  /** 1 (least memory) to 9 (most); `undefined`: the engine's choice. An engine without the notion ignores it. */
  readonly memoryLevel: number | undefined;
}

/** What an inflater has to expect. */
export interface InflaterOptions {
  /** The peer's distances reach back at most 2 to this power; 8 to 15. An engine may allow more. */
  readonly windowBits: number;
}

/** What compresses the messages of one connection. */
export interface Deflater {
  /**
   * Compresses a message, or the next piece of one: all of it comes out, and ends in `00 00 ff ff` (a sync flush, also
   * where `bytes` is empty). The result is the caller's to keep and to change.
   */
  compress(bytes: Uint8Array): Uint8Array;
  /** Forgets the context: what follows is compressed as if nothing had been before. */
  reset(): void;
  /**
   * The connection is idle: keeps the window at most (32 KiB), and nothing behind a `reset`. It may be used again, and
   * called often.
   */
  release(): void;
}

/** What decompresses the messages of one connection. */
export interface Inflater {
  /**
   * Inflates the next piece of a message, and gives the output to `sink` as it comes, at most some 16 KiB at a time. An
   * array that `sink` is given it does not keep, so that its memory may be used again. What `sink` throws ends the work and is
   * thrown on; the inflater is not used after that.
   *
   * With `last`, the message ends behind `bytes` and the `00 00 ff ff` that the sender has removed: there has to be the
   * border of a block. A final block (BFINAL) ends nothing: what follows it is the next block, in the same window
   * (RFC 7692 §7.2.3.4, §7.2.3.6). Behind a final block, those four bytes alone may follow, or be preceded by one `00`:
   * the header and the rest of an empty stored block.
   *
   * @throws {InflateError} for data that is invalid, is truncated, or goes on behind the end.
   */
  inflate(bytes: Uint8Array, last: boolean, sink: (piece: Uint8Array) => void): void;
  /** Forgets the context. */
  reset(): void;
  /** As that of a `Deflater`. */
  release(): void;
}
