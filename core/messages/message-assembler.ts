/**
 * Joins the payload of data frames into messages (RFC 6455 §5.4, §6.2).
 *
 * A message whose only frame came in one chunk is handed on without being stored. Every other grows in
 * one buffer, fragment by fragment and piece by piece: a part retains its bytes and nothing else, and
 * nothing is allocated for bytes that were only announced.
 */
import { Opcode } from '../codes.ts';
import { ProtocolError } from '../errors.ts';
import { type FrameSink, reservedBitsSet } from '../framing/frame-decoder.ts';
import { Utf8Validator } from './utf8-validator.ts';

/** The limits an assembler keeps. */
export interface MessageLimits {
  readonly messageBytes: number;
  readonly fragments: number;
}

export class MessageAssembler implements FrameSink {
  readonly #limits: MessageLimits;
  readonly #onMessage: (data: string | Uint8Array) => void;
  readonly controlFrame: FrameSink['controlFrame'];

  /** Opcode of the message being assembled; 0 between messages. */
  #opcode = 0;
  #fin = false;
  #fragments = 0;
  #bytes: Uint8Array = EMPTY;
  #length = 0;
  #utf8: Utf8Validator | undefined;

  constructor(
    limits: MessageLimits,
    onMessage: (data: string | Uint8Array) => void,
    onControlFrame: FrameSink['controlFrame'],
  ) {
    this.#limits = limits;
    this.#onMessage = onMessage;
    this.controlFrame = onControlFrame;
  }

  dataFrame(fin: boolean, opcode: number, reserved: number): number {
    if (reserved !== 0) throw reservedBitsSet(reserved, opcode);
    if (opcode === Opcode.continuation) {
      if (this.#opcode === 0) throw new ProtocolError('continuation-unexpected', 'there is no message to continue');
    } else {
      if (this.#opcode !== 0) throw new ProtocolError('continuation-expected', 'the last message is not finished');
      this.#opcode = opcode;
    }
    this.#fin = fin;
    if (++this.#fragments > this.#limits.fragments) {
      throw new ProtocolError('too-many-fragments', `a message has more than ${this.#limits.fragments} frames`);
    }
    return this.#limits.messageBytes - this.#length;
  }

  payload(bytes: Uint8Array, start: number, end: number, left: number): void {
    const ends = left === 0 && this.#fin;
    if (ends && this.#length === 0 && this.#utf8 === undefined) {
      this.#deliver(this.#opcode === Opcode.text ? decodeText(bytes.subarray(start, end)) : own(bytes, start, end));
      return;
    }
    if (this.#opcode === Opcode.text) this.#validate(bytes, start, end);
    this.#store(bytes, start, end, left);
    if (!ends) return;
    const whole = this.#bytes.subarray(0, this.#length);
    this.#deliver(this.#opcode === Opcode.text ? decodeText(whole) : own(whole, 0, whole.length));
  }

  #validate(bytes: Uint8Array, start: number, end: number): void {
    this.#utf8 ??= new Utf8Validator();
    if (!this.#utf8.push(bytes, start, end)) throw notUtf8();
  }

  #store(bytes: Uint8Array, start: number, end: number, left: number): void {
    const length = this.#length + end - start;
    if (length > this.#bytes.length) {
      const double = Math.max(length * 2, 64);
      const grown = new Uint8Array(this.#fin ? Math.min(double, length + left) : double);
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    this.#bytes.set(bytes.subarray(start, end), this.#length);
    this.#length = length;
  }

  /** Forgets the message before it is handed on: its handler may lead back here. */
  #deliver(data: string | Uint8Array): void {
    this.#opcode = 0;
    this.#fragments = 0;
    this.#bytes = EMPTY;
    this.#length = 0;
    this.#utf8 = undefined;
    this.#onMessage(data);
  }
}

/** Bytes for the application: a copy where a view would keep a buffer alive that is more than four times as large. */
const own = (bytes: Uint8Array, start: number, end: number): Uint8Array =>
  (end - start) * 4 < bytes.buffer.byteLength ? bytes.slice(start, end) : bytes.subarray(start, end);

function decodeText(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (error) {
    // What is UTF-8 and cannot be decoded is longer than a string may be.
    if (error instanceof TypeError) throw notUtf8();
    throw new ProtocolError('message-too-big', 'a text message is longer than a string can be');
  }
}

const notUtf8 = (): ProtocolError => new ProtocolError('text-not-utf8', 'a text message is not UTF-8');

/** A byte order mark is data (RFC 6455 §8.1 does not exempt it), hence `ignoreBOM`, which keeps it. */
const decoder: TextDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const EMPTY = new Uint8Array(0);
