/**
 * Brings frames that came and messages that were delivered together: the wire shows the one, the program gets the other.
 *
 * Frames are seen before their messages are delivered, both in order, however long the program takes.
 */
import { type ObservedFrame, Opcode, type Output } from '../../core/index.ts';
import type { MessageEntry } from './protocol.ts';

/** What is known of a message, and its beginning. */
export type MessageFact = Omit<MessageEntry, 'payload' | 'cut'> & { readonly payload: Uint8Array };

interface Frames {
  readonly text: boolean;
  readonly compressed: boolean;
  count: number;
  wireLength: number;
  last: number;
}

/** As much of a message as is kept. */
const KEPT_BYTES = 1_024;

export class IncomingMessages {
  /** Messages that were delivered. */
  delivered = 0;
  /** Messages whose last frame came, and which are not delivered yet. */
  readonly #whole: Frames[] = [];
  #begun: Frames | undefined;
  /** Of a message under way to the program: its bytes so far, and their beginning. */
  #length = 0;
  #kept: Uint8Array = NONE;

  /** A frame came; `seq` is its entry. */
  frame({ opcode, reserved, length, fin }: ObservedFrame, seq: number): void {
    if (opcode >= Opcode.close) return;
    const compressed = (reserved & 0x40) !== 0;
    this.#begun ??= { text: opcode === Opcode.text, compressed, count: 0, wireLength: 0, last: 0 };
    this.#begun.count++;
    this.#begun.wireLength += length;
    this.#begun.last = seq;
    if (!fin) return;
    this.#whole.push(this.#begun);
    this.#begun = undefined;
  }

  /** Something was put out: returns the message that this completes, where its frames alone do not show it. */
  output(output: Output): MessageFact | undefined {
    if (output.type === 'message' || output.type === 'messageChunk') this.#take(output.data);
    return output.type === 'message' || output.type === 'messageEnd' ? this.#complete() : undefined;
  }

  #take(data: string | Uint8Array): void {
    if (!this.#isWorthIt(this.#whole[0])) return;
    const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
    this.#length += bytes.length;
    const room = KEPT_BYTES - this.#kept.length;
    if (room > 0) this.#kept = Uint8Array.from([...this.#kept, ...bytes.subarray(0, room)]);
  }

  #complete(): MessageFact | undefined {
    const frames = this.#whole.shift();
    const length = this.#length;
    const payload = this.#kept;
    this.delivered++;
    this.#length = 0;
    this.#kept = NONE;
    if (frames === undefined || !this.#isWorthIt(frames)) return undefined;
    const { text, compressed, count, wireLength, last } = frames;
    return {
      kind: 'message',
      direction: 'in',
      text,
      length,
      wireLength,
      frame: last,
      frames: count,
      compressed,
      payload,
    };
  }

  /** Of one frame that is not compressed, the frame says it all. Without frames whole yet, more of them are to come. */
  #isWorthIt(frames: Frames | undefined): boolean {
    return frames === undefined || frames.compressed || frames.count > 1;
  }
}

const NONE = new Uint8Array(0);
