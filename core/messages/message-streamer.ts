/**
 * Hands the payload of data frames on as it comes (RFC 6455 §5.4): a message is its start, its chunks, its end.
 *
 * Nothing of a message is kept but the bytes of a character that was cut, three at the most.
 */
import { EMPTY } from '../bytes/empty.ts';
import { joined } from '../bytes/joined.ts';
import { Opcode } from '../codes.ts';
import type { Event } from '../events.ts';
import type { FrameSink } from '../framing/frame-sink.ts';
import { FragmentOrder } from './fragment-order.ts';
import { type MessageLimits, ownBytes } from './message-assembler.ts';
import { decodeText, notUtf8 } from './text.ts';
import { Utf8Validator } from './utf8-validator.ts';

/** What a message becomes. */
type Part = Extract<Event, { type: 'messageStart' | 'messageChunk' | 'messageEnd' }>;

export class MessageStreamer implements FrameSink {
  readonly controlFrame: FrameSink['controlFrame'];
  readonly #messageBytes: number;
  readonly #order: FragmentOrder;
  readonly #onPart: (part: Part) => void;
  #length = 0;
  /** The first bytes of a character whose others are still to come. */
  #cut: Uint8Array = EMPTY;

  constructor(limits: MessageLimits, onPart: (part: Part) => void, onControlFrame: FrameSink['controlFrame']) {
    this.#messageBytes = limits.messageBytes;
    this.#order = new FragmentOrder(limits.fragments);
    this.#onPart = onPart;
    this.controlFrame = onControlFrame;
  }

  dataFrame(fin: boolean, opcode: number, reserved: number): number {
    this.#order.begin(fin, opcode, reserved);
    if (opcode !== Opcode.continuation) {
      this.#length = 0;
      this.#onPart({ type: 'messageStart', kind: opcode === Opcode.text ? 'text' : 'binary' });
    }
    return this.#messageBytes - this.#length;
  }

  payload(bytes: Uint8Array, start: number, end: number, left: number): void {
    const { opcode, fin } = this.#order;
    const ends = fin && left === 0;
    this.#length += end - start;
    if (ends) this.#order.end(); // before the program sees the chunk, whose handler may lead back here
    if (end > start) {
      const data = opcode === Opcode.text ? this.#text(bytes, start, end) : ownBytes(bytes, start, end);
      if (data.length > 0) this.#onPart({ type: 'messageChunk', data });
    }
    if (!ends) return;
    if (this.#cut.length > 0) throw notUtf8();
    this.#onPart({ type: 'messageEnd' });
  }

  /** The whole characters that are there now. */
  #text(bytes: Uint8Array, start: number, end: number): string {
    const piece = joined(this.#cut, bytes, start, end);
    const border = lastBorder(piece);
    const text = decodeText(piece.subarray(0, border));
    this.#cut = piece.slice(border);
    // What no continuation could make valid fails now, not with the next piece.
    if (!new Utf8Validator().push(this.#cut, 0, this.#cut.length)) throw notUtf8();
    return text;
  }
}

/** Where the last character of `bytes` begins, if it is not complete; their end otherwise. */
function lastBorder(bytes: Uint8Array): number {
  const { length } = bytes;
  for (let back = 1; back <= 3 && back <= length; back++) {
    const byte = bytes[length - back]!;
    if (byte < 0x80) break;
    if (byte < 0xc0) continue; // a continuation byte
    const size = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    return size > back ? length - back : length;
  }
  return length;
}
