/**
 * Joins the payload of data frames into messages (RFC 6455 §5.4, §6.2).
 *
 * A message whose only frame came in one chunk is handed on without being stored. Every other grows in
 * one buffer, fragment by fragment and piece by piece: a part retains its bytes and nothing else, and
 * nothing is allocated for bytes that were only announced.
 */
import { Opcode } from '../codes.ts';
import type { FrameSink } from '../framing/frame-sink.ts';
import { FragmentOrder } from './fragment-order.ts';
import { decodeText, notUtf8 } from './text.ts';
import { Utf8Validator } from './utf8-validator.ts';

/** The limits an assembler keeps. */
export interface MessageLimits {
  readonly messageBytes: number;
  readonly fragments: number;
}

export class MessageAssembler implements FrameSink {
  readonly #limits: MessageLimits;
  readonly #order: FragmentOrder;
  readonly #onMessage: (data: string | Uint8Array) => void;
  readonly controlFrame: FrameSink['controlFrame'];

  #bytes: Uint8Array = EMPTY;
  #length = 0;
  #utf8: Utf8Validator | undefined;

  constructor(
    limits: MessageLimits,
    onMessage: (data: string | Uint8Array) => void,
    onControlFrame: FrameSink['controlFrame'],
  ) {
    this.#limits = limits;
    this.#order = new FragmentOrder(limits.fragments);
    this.#onMessage = onMessage;
    this.controlFrame = onControlFrame;
  }

  dataFrame(fin: boolean, opcode: number, reserved: number): number {
    this.#order.begin(fin, opcode, reserved);
    return this.#limits.messageBytes - this.#length;
  }

  payload(bytes: Uint8Array, start: number, end: number, left: number): void {
    const ends = left === 0 && this.#order.fin;
    if (ends && this.#length === 0 && this.#utf8 === undefined) {
      this.#deliver(
        this.#order.opcode === Opcode.text ? decodeText(bytes.subarray(start, end)) : ownBytes(bytes, start, end),
      );
      return;
    }
    if (this.#order.opcode === Opcode.text) this.#validate(bytes, start, end);
    this.#store(bytes, start, end, left);
    if (!ends) return;
    const whole = this.#bytes.subarray(0, this.#length);
    this.#deliver(this.#order.opcode === Opcode.text ? decodeText(whole) : ownBytes(whole, 0, whole.length));
  }

  #validate(bytes: Uint8Array, start: number, end: number): void {
    this.#utf8 ??= new Utf8Validator();
    if (!this.#utf8.push(bytes, start, end)) throw notUtf8();
  }

  #store(bytes: Uint8Array, start: number, end: number, left: number): void {
    const length = this.#length + end - start;
    if (length > this.#bytes.length) {
      const double = Math.max(length * 2, 64);
      const grown = new Uint8Array(this.#order.fin ? Math.min(double, length + left) : double);
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    this.#bytes.set(bytes.subarray(start, end), this.#length);
    this.#length = length;
  }

  /** Forgets the message before it is handed on: its handler may lead back here. */
  #deliver(data: string | Uint8Array): void {
    this.#order.end();
    this.#bytes = EMPTY;
    this.#length = 0;
    this.#utf8 = undefined;
    this.#onMessage(data);
  }
}

/** Bytes for the application: a copy where a view would keep a buffer alive that is more than four times as large. */
export const ownBytes = (bytes: Uint8Array, start: number, end: number): Uint8Array =>
  (end - start) * 4 < bytes.buffer.byteLength ? bytes.slice(start, end) : bytes.subarray(start, end);

const EMPTY = new Uint8Array(0);
