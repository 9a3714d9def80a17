/**
 * Compresses the messages of one connection and inflates those of its peer (RFC 7692 §7.2).
 *
 * Engines are asked for when the first message needs them: most connections of a server are idle.
 */
import { InflateError, ProtocolError } from '../errors.ts';
import type { Deflate, Deflater, DeflaterOptions, Inflater, InflaterOptions } from './deflate-port.ts';
import type { ExtensionCodec, MessageOptions, PieceEncoder } from './extension.ts';

/** What was agreed on. */
export interface DeflateTerms {
  /** Bytes of payload from which messages are compressed, and those of unknown length; `Infinity` for none. */
  readonly threshold: number;
  readonly deflater: DeflaterOptions;
  readonly inflater: InflaterOptions;
  /** Whether the peer's may. */
  readonly peerTakeover: boolean;
  /** The same for all that make the same of a message by itself. */
  readonly alike: string;
}

/** What ends a sync flush, and is not sent: 00 00 ff ff (§7.2.1). */
const TAIL_BYTES = 4;

export class DeflateCodec implements ExtensionCodec {
  readonly #deflate: Deflate;
  readonly #terms: DeflateTerms;
  #deflater: Deflater | undefined;
  #inflater: Inflater | undefined;
  /** Whether the message that is coming has a byte yet. */
  #begun = false;

  constructor(deflate: Deflate, terms: DeflateTerms) {
    this.#deflate = deflate;
    this.#terms = terms;
  }

  encode(payload: Uint8Array, { compress = true }: MessageOptions): Uint8Array | undefined {
    const { threshold, deflater } = this.#terms;
    if (!compress || payload.length < threshold) return undefined;
    // An empty block, which engines would not write twice in a row (§7.2.3.6).
    if (payload.length === 0) return Uint8Array.of(0);
    this.#deflater ??= this.#deflate.deflater(deflater);
    const compressed = this.#deflater.compress(payload);
    const length = compressed.length - TAIL_BYTES;
    const smaller = length < payload.length;
    // What goes out as it is, the peer's window does not have: nothing may refer to it.
    if (!deflater.takeover || !smaller) forget(this.#deflater);
    return smaller ? compressed.subarray(0, length) : undefined;
  }

  /** Each piece leaves at once, as blocks that end in an empty one (§7.2.3.5); of the last alone its tail is removed. */
  encodePieces({ compress = true }: MessageOptions): PieceEncoder | undefined {
    const { threshold, deflater } = this.#terms;
    if (!compress || threshold === Infinity) return undefined;
    this.#deflater ??= this.#deflate.deflater(deflater);
    const engine = this.#deflater;
    return (piece, last) => {
      const compressed = engine.compress(piece);
      if (!last) return compressed;
      if (!deflater.takeover) forget(engine);
      return compressed.subarray(0, compressed.length - TAIL_BYTES);
    };
  }

  /**
   * Compressed without a context, so that every inflater of this window can read it, whatever it has read before. Our next
   * message refers to nothing before this one, for that is not where our window says it is.
   */
  encodeShared(
    payload: Uint8Array,
    options: MessageOptions,
    made: Map<string, Uint8Array | undefined>,
  ): Uint8Array | undefined {
    const { alike, deflater } = this.#terms;
    let compressed = made.get(alike);
    if (compressed === undefined && !made.has(alike)) {
      const alone = { ...this.#terms, deflater: { ...deflater, takeover: false } };
      compressed = new DeflateCodec(this.#deflate, alone).encode(payload, options);
      made.set(alike, compressed);
    }
    if (compressed !== undefined) this.#deflater?.reset();
    return compressed;
  }

  decode(piece: Uint8Array, last: boolean, sink: (bytes: Uint8Array) => void): void {
    const begun = this.#begun || piece.length > 0;
    this.#begun = begun && !last;
    if (!begun) return; // no block at all: an empty message, and the window is as before
    this.#inflater ??= this.#deflate.inflater(this.#terms.inflater);
    try {
      this.#inflater.inflate(piece, last, sink);
    } catch (error) {
      if (!(error instanceof InflateError)) throw error;
      throw new ProtocolError('deflate-data-invalid', `a message cannot be inflated: ${error.message}`);
    }
    if (last && !this.#terms.peerTakeover) forget(this.#inflater);
  }

  release(isOver: boolean): void {
    this.#deflater?.release();
    if (!this.#begun) this.#inflater?.release();
    else if (isOver && this.#inflater !== undefined) forget(this.#inflater);
  }
}

function forget(engine: Deflater | Inflater): void {
  engine.reset();
  engine.release();
}
