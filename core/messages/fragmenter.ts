/**
 * Sends a message whose length is not known when it begins, as fragments (RFC 6455 §5.4).
 *
 * "A sender MAY create fragments of any size": each piece is one frame, and the end is one without payload, or with what
 * extensions make of none.
 */
import { Opcode } from '../codes.ts';
import { UsageError } from '../errors.ts';
import type { MessageKind } from '../events.ts';
import type { PieceEncoder } from '../extensions/extension.ts';
import type { TransformedPieces } from '../extensions/transform-message.ts';
import { FIN } from '../framing/frame-encoder.ts';
import { type Payload, toBytes } from './payload.ts';

/** Takes one fragment: the first byte of its header, and its payload; `owned` bytes are given away. */
type Send = (first: number, payload: Uint8Array, owned: boolean) => void;

export class Fragmenter {
  readonly #send: Send;
  readonly #kind: MessageKind;
  readonly #encode: PieceEncoder;
  /** Opcode and RSV bits of the next frame: those of the message for the first. */
  #first: number;
  /** The first half of a surrogate pair that was cut. */
  #surrogate = '';

  constructor(kind: MessageKind, { encode, reserved }: TransformedPieces, send: Send) {
    this.#kind = kind;
    this.#encode = encode;
    this.#first = reserved | (kind === 'text' ? Opcode.text : Opcode.binary);
    this.#send = send;
  }

  /** @throws {UsageError} for a string in a binary message, bytes in a text, or anything else. */
  push(data: string | Payload, transfer: boolean): void {
    if ((typeof data === 'string') !== (this.#kind === 'text')) {
      throw new UsageError(`a ${this.#kind} message is continued with ${this.#kind === 'text' ? 'strings' : 'bytes'}`);
    }
    if (typeof data !== 'string') {
      const bytes = toBytes(data);
      if (bytes.length > 0) this.#fragment(bytes, false, transfer);
      return;
    }
    const text = this.#surrogate + data;
    const cut = /[\ud800-\udbff]$/.test(text) ? 1 : 0;
    this.#surrogate = text.slice(text.length - cut);
    if (text.length > cut) this.#fragment(toBytes(text.slice(0, text.length - cut)), false, true);
  }

  finish(): void {
    this.#fragment(toBytes(this.#surrogate), true, true);
  }

  #fragment(payload: Uint8Array, last: boolean, owned: boolean): void {
    const bytes = this.#encode(payload, last);
    if (bytes.length === 0 && !last) return; // an extension keeps it back
    const first = this.#first;
    this.#first = Opcode.continuation;
    this.#send((last ? FIN : 0) | first, bytes, owned || bytes !== payload);
  }
}
