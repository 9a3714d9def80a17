/**
 * Takes frames where extensions are agreed on, and hands the messages on as they were before those transformed them (RFC 6455 §5.8, §9).
 *
 * It stands between the frame decoder and what assembles messages. The extension that was applied last is undone first.
 */
import { EMPTY } from '../bytes/empty.ts';
import { ProtocolError } from '../errors.ts';
import { reservedBitsSet } from '../framing/frame-decoder.ts';
import type { FrameSink } from '../framing/frame-sink.ts';
import type { AgreedExtension, ExtensionCodec } from './extension.ts';

export class ExtensionSink implements FrameSink {
  readonly #agreed: readonly AgreedExtension[];
  readonly #bits: number;
  readonly #sink: FrameSink;
  readonly #messageBytes: number;
  readonly controlFrame: FrameSink['controlFrame'];
  /** Those that have transformed the present message, the last one first. */
  #codecs: readonly ExtensionCodec[] = [];
  #fin = false;
  /** Bytes of the message that were handed on. */
  #length = 0;
  /** The first piece, which is the only one of most messages: handed on when it is known whether the message ends with it. */
  #first: Uint8Array | undefined;
  readonly #keeps: boolean;

  /** @param keeps - whether `sink` keeps what it is given. */
  constructor(agreed: readonly AgreedExtension[], sink: FrameSink, messageBytes: number, keeps: boolean) {
    this.#agreed = agreed;
    this.#bits = agreed.reduce((bits, { reserved }) => bits | reserved, 0);
    this.#sink = sink;
    this.#messageBytes = messageBytes;
    this.#keeps = keeps;
    this.controlFrame = (opcode, payload) => sink.controlFrame(opcode, payload);
  }

  dataFrame(fin: boolean, opcode: number, reserved: number): number {
    // Only the first frame of a message is marked (RFC 7692 §6.1).
    const allowed = opcode === 0 ? 0 : this.#bits;
    if ((reserved & ~allowed) !== 0) throw reservedBitsSet(reserved, opcode);
    const limit = this.#sink.dataFrame(fin, opcode, 0);
    this.#fin = fin;
    if (opcode !== 0) {
      const marked = this.#agreed.filter((each) => (each.reserved & ~reserved) === 0);
      this.#codecs = marked.map(({ codec }) => codec).reverse();
      this.#length = 0;
    }
    // What a transformed frame becomes meets the limit when it has become it.
    return this.#codecs.length === 0 ? limit : Infinity;
  }

  payload(bytes: Uint8Array, start: number, end: number, left: number): void {
    if (this.#codecs.length === 0) {
      this.#sink.payload(bytes, start, end, left);
      return;
    }
    const last = this.#fin && left === 0;
    this.#undo(0, bytes.subarray(start, end), last);
    if (!this.#fin) this.#passOn(this.#first);
    if (!last) return;
    const rest = this.#first ?? new Uint8Array(0); // the program's, who may give it away
    this.#codecs = [];
    this.#passOn(rest, 0);
  }

  /** Lets the codec at `index` decode a piece, and those behind it what came of that. */
  #undo(index: number, piece: Uint8Array, last: boolean): void {
    const codec = this.#codecs[index];
    if (codec === undefined) {
      this.#pass(piece);
      return;
    }
    codec.decode(piece, last, (bytes) => this.#undo(index + 1, bytes, false));
    if (last && index + 1 < this.#codecs.length) this.#undo(index + 1, EMPTY, true);
  }

  #pass(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#length += bytes.length;
    if (this.#length > this.#messageBytes) {
      throw new ProtocolError('message-too-big', `a message is longer than the limit of ${this.#messageBytes} bytes`);
    }
    if (this.#length === bytes.length && !this.#keeps) {
      this.#first = bytes.slice();
    } else {
      this.#passOn(this.#first);
      this.#passOn(this.#keeps ? bytes.slice() : bytes);
    }
  }

  /** @param left - nobody knows how much the frame still becomes, until it has ended. */
  #passOn(bytes: Uint8Array | undefined, left: number = Infinity): void {
    this.#first = undefined;
    if (bytes !== undefined) this.#sink.payload(bytes, 0, bytes.length, left);
  }
}
