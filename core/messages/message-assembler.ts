/**
 * Joins the payload of data frames into messages (RFC 6455 §5.4, §6.2).
 *
 * A message whose only frame came in one chunk is handed on without being stored. Every other grows in
 * blocks, fragment by fragment and piece by piece: a part retains its bytes and nothing else, and
 * nothing is allocated for bytes that were only announced.
 */
import type { Blocks } from '../bytes/blocks.ts';
import { Opcode } from '../codes.ts';
import type { FrameSink } from '../framing/frame-sink.ts';
import { FragmentOrder } from './fragment-order.ts';
import { type DecodeAscii, decodeText, notUtf8 } from './text.ts';
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

  readonly #blocks: Blocks;
  readonly #ascii: DecodeAscii | undefined;
  #utf8: Utf8Validator | undefined;

  constructor(
    limits: MessageLimits,
    onMessage: (data: string | Uint8Array) => void,
    onControlFrame: FrameSink['controlFrame'],
    blocks: Blocks,
    ascii?: DecodeAscii,
  ) {
    this.#ascii = ascii;
    this.#blocks = blocks;
    this.#limits = limits;
    this.#order = new FragmentOrder(limits.fragments);
    this.#onMessage = onMessage;
    this.controlFrame = onControlFrame;
  }

  dataFrame(fin: boolean, opcode: number, reserved: number): number {
    this.#order.begin(fin, opcode, reserved);
    return this.#limits.messageBytes - this.#blocks.length;
  }

  payload(bytes: Uint8Array, start: number, end: number, left: number): void {
    const { opcode, fin } = this.#order;
    const text = opcode === Opcode.text;
    const ends = fin && left === 0;
    if (ends && this.#blocks.length === 0) {
      this.#deliver(text ? decodeText(bytes.subarray(start, end), this.#ascii) : ownBytes(bytes, start, end));
      return;
    }
    if (text) {
      this.#utf8 ??= new Utf8Validator();
      if (!this.#utf8.push(bytes, start, end)) throw notUtf8();
    }
    this.#blocks.append(bytes, start, end, fin ? left : Infinity);
    if (!ends) return;
    const whole = this.#blocks.take();
    this.#deliver(text ? decodeText(whole, this.#ascii) : ownBytes(whole, 0, whole.length));
  }

  get room(): number {
    return this.#order.opcode === 0 && this.#limits.fragments > 0 ? this.#limits.messageBytes : -1;
  }

  message(opcode: number, bytes: Uint8Array): void {
    this.#onMessage(opcode === Opcode.text ? decodeText(bytes, this.#ascii) : bytes);
  }

  /** Forgets the message before it is handed on: its handler may lead back here. */
  #deliver(data: string | Uint8Array): void {
    this.#order.end();
    this.#utf8 = undefined;
    this.#onMessage(data);
  }
}

/** Bytes for the application: a copy where a view would keep a buffer alive that is more than four times as large. */
export const ownBytes = (bytes: Uint8Array, start: number, end: number): Uint8Array =>
  (end - start) * 4 < bytes.buffer.byteLength ? bytes.slice(start, end) : bytes.subarray(start, end);
