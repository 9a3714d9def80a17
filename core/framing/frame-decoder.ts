/**
 * Turns bytes into frames (RFC 6455 §5.2), in one pass and wherever the chunks are cut.
 *
 * A header is judged byte by byte, so that a fault is known at the first byte that shows it and no
 * number of the peer is used before it met its limit. Payload is unmasked in place and handed on as it
 * comes; only a control frame's is collected, its 125 bytes at most.
 */
import { EMPTY } from '../bytes/empty.ts';
import { isControl, Opcode } from '../codes.ts';
import { ProtocolError } from '../errors.ts';
import type { FrameSink } from './frame-sink.ts';
import { applyMask } from './mask.ts';
import { takeMessage } from './short-message.ts';

export class FrameDecoder {
  readonly #sink: FrameSink;
  readonly #masked: boolean;
  readonly #frameBytes: number;

  /** The part of the frame that the next byte belongs to. */
  #part: typeof FIRST | typeof SECOND | typeof LENGTH | typeof KEY | typeof PAYLOAD = FIRST;
  #opcode = 0;
  #limit = 0;
  /** Bytes of the extended payload length or of the masking key still to come. */
  #missing = 0;
  #length = 0;
  /** A length below this has a shorter form, which should have been used. */
  #least = 0;
  #key = 0;
  /** Bytes of payload read. */
  #position = 0;
  #control: Uint8Array = EMPTY;

  /**
   * @param masked - whether every frame must be masked: those of a client; or none may be (RFC 6455 §5.1).
   * @param frameBytes - the limit of one frame's payload.
   */
  constructor(sink: FrameSink, masked: boolean, frameBytes: number) {
    this.#sink = sink;
    this.#masked = masked;
    this.#frameBytes = Math.min(frameBytes, Number.MAX_SAFE_INTEGER);
  }

  /** Reads `chunk` where it is a short message and nothing else, and returns whether it was; see `takeMessage`. */
  decodeMessage(chunk: Uint8Array): boolean {
    return this.#part === FIRST && takeMessage(chunk, this.#sink, this.#masked, this.#frameBytes);
  }

  /**
   * Reads `bytes[start, end)` up to the end of the first frame in it, or to its own end.
   *
   * @returns the offset of the first byte not read.
   * @throws {ProtocolError} at a fault; the decoder must not be used again.
   */
  decode(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    if (this.#part === FIRST) {
      if (at === end) return at;
      this.#first(bytes[at++]!);
      const whole = this.#short(bytes, at, end);
      if (whole > 0) return whole;
    }
    if (this.#part === SECOND) {
      if (at === end) return at;
      this.#second(bytes[at++]!);
    }
    while (this.#part === LENGTH) {
      if (at === end) return at;
      this.#extendLength(bytes[at++]!);
    }
    while (this.#part === KEY) {
      if (at === end) return at;
      this.#key = (this.#key << 8) | bytes[at++]!;
      if (--this.#missing === 0) this.#part = PAYLOAD;
    }
    const stop = Math.min(end, at + this.#length - this.#position);
    applyMask(bytes, at, stop, this.#key, this.#position); // from a server with a key of 0, which changes nothing
    const position = this.#position + stop - at;
    this.#position = position;
    const left = this.#length - position;
    // The sink may answer by reading on: by then this frame must lie behind us.
    if (left === 0) this.#part = FIRST;
    if (isControl(this.#opcode)) this.#collect(bytes, at, stop, left);
    else if (stop > at || left === 0) this.#sink.payload(bytes, at, stop, left);
    return stop;
  }

  /**
   * Reads the rest of a masked data frame of up to 125 bytes that lies whole in its chunk, as nearly all of a client's
   * do: no state has to be kept for it. Anything else, every fault too, is left to the steps.
   *
   * @returns the offset behind the frame, or 0.
   */
  #short(bytes: Uint8Array, at: number, end: number): number {
    if (!this.#masked || end - at < 5 || isControl(this.#opcode)) return 0;
    const length = bytes[at]! - 0x80;
    const start = at + 5;
    const stop = start + length;
    if (length < 0 || length > 125 || length > this.#limit || stop > end) return 0;
    const key = (bytes[at + 1]! << 24) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 8) | bytes[at + 4]!;
    applyMask(bytes, start, stop, key, 0);
    this.#part = FIRST;
    this.#sink.payload(bytes, start, stop, 0);
    return stop;
  }

  #first(byte: number): void {
    const fin = (byte & 0x80) !== 0;
    const reserved = byte & 0x70;
    const opcode = byte & 0x0f;
    if ((opcode & 0x7) > Opcode.binary) throw new ProtocolError('opcode-reserved', `opcode ${opcode} is reserved`);
    if (isControl(opcode)) {
      if (reserved !== 0) throw reservedBitsSet(reserved, opcode);
      if (!fin) throw new ProtocolError('control-frame-fragmented', 'a control frame must have FIN set');
      this.#limit = 125;
    } else {
      this.#limit = Math.min(this.#frameBytes, this.#sink.dataFrame(fin, opcode, reserved));
    }
    this.#opcode = opcode;
    this.#position = 0;
    this.#part = SECOND;
  }

  #second(byte: number): void {
    const masked = byte >= 0x80;
    if (masked !== this.#masked) {
      throw new ProtocolError('masking-wrong', `${masked ? 'only ' : ''}a client masks its frames`);
    }
    const length = byte & 0x7f;
    this.#length = length;
    if (length > 125) {
      if (isControl(this.#opcode)) {
        throw new ProtocolError('control-frame-too-long', 'a control frame has at most 125 bytes');
      }
      this.#length = 0;
      this.#missing = length === 126 ? 2 : 8;
      this.#least = length === 126 ? 126 : 65_536;
      this.#part = LENGTH;
    } else {
      this.#checkLength(length);
      this.#lengthKnown();
    }
  }

  #extendLength(byte: number): void {
    this.#length = this.#length * 256 + byte;
    this.#missing--;
    const weight = 256 ** this.#missing;
    // "the most significant bit MUST be 0" (RFC 6455 §5.2)
    if (this.#missing === 7 && byte > 0x7f) {
      throw new ProtocolError('length-out-of-range', 'a payload length has 63 bits');
    }
    // "the minimal number of bytes MUST be used to encode the length" (RFC 6455 §5.2)
    if ((this.#length + 1) * weight <= this.#least) {
      throw new ProtocolError('length-not-minimal', `a payload length below ${this.#least} has a shorter form`);
    }
    this.#checkLength(this.#length * weight);
    if (this.#missing === 0) this.#lengthKnown();
  }

  /** Refuses a frame of `length` bytes or more. */
  #checkLength(length: number): void {
    if (length <= this.#limit) return;
    const violation = this.#limit < this.#frameBytes ? 'message-too-big' : 'frame-too-big';
    throw new ProtocolError(violation, `a frame is longer than the ${this.#limit} bytes it may have`);
  }

  #lengthKnown(): void {
    this.#missing = 4;
    this.#part = this.#masked ? KEY : PAYLOAD;
  }

  #collect(bytes: Uint8Array, start: number, end: number, left: number): void {
    if (left === 0 && this.#control.length === 0) {
      this.#sink.controlFrame(this.#opcode, bytes.slice(start, end));
      return;
    }
    if (this.#control.length === 0) this.#control = new Uint8Array(this.#length);
    this.#control.set(bytes.subarray(start, end), this.#position - (end - start));
    if (left > 0) return;
    const payload = this.#control;
    this.#control = EMPTY;
    this.#sink.controlFrame(this.#opcode, payload);
  }
}

/** RSV bits that nothing negotiated gives a meaning to (RFC 6455 §5.2). */
export const reservedBitsSet = (reserved: number, opcode: number): ProtocolError =>
  new ProtocolError(
    'reserved-bits-set',
    `RSV bits 0x${reserved.toString(16)} on opcode ${opcode} have no meaning here`,
  );

const FIRST = 0;
const SECOND = 1;
const LENGTH = 2;
const KEY = 3;
const PAYLOAD = 4;
