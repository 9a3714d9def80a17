/** The frames of one direction, put together to messages; and of a payload its length, and its beginning. */
import { concat } from 'uint8arrays/concat';
import type { ObservedFrame } from '../../core/framing/frame-reader.ts';
import { Opcode } from '../../core/index.ts';
import type { MessageEntry } from './protocol.ts';

/** What is known of a message, and its beginning. */
export type MessageFact = Omit<MessageEntry, 'payload' | 'cut'> & { readonly payload: Uint8Array };

/** What the frames of a message say of it. */
export type Framed = Pick<MessageEntry, 'text' | 'compressed' | 'frames' | 'wireLength' | 'frame'>;

/** Whether the frames do not show the message: of one that is not compressed, they say it all. */
export const isWorthAnEntry = ({ compressed, frames }: Framed): boolean => compressed || frames > 1;

export class MessageFrames {
  #begun: Framed | undefined;

  /** A frame passed; `seq` is its entry. Returns the message that it completes. */
  frame({ opcode, reserved, length, fin }: ObservedFrame, seq: number): Framed | undefined {
    if (opcode >= Opcode.close) return undefined;
    const begun = this.#begun;
    const compressed = begun?.compressed ?? (reserved & 0x40) !== 0;
    if (begun === undefined && fin && !compressed) return PLAIN;
    const { text, frames, wireLength } = begun ?? { text: opcode === Opcode.text, frames: 0, wireLength: 0 };
    const message: Framed = { text, compressed, frames: frames + 1, wireLength: wireLength + length, frame: seq };
    this.#begun = fin ? undefined : message;
    return fin ? message : undefined;
  }
}

/** Stands for each message whose frame says it all, for most are such. */
const PLAIN: Framed = { text: false, compressed: false, frames: 1, wireLength: 0, frame: 0 };

/** As much of a message as is kept. */
const KEPT_BYTES = 1_024;

const NONE = new Uint8Array(0);

/** Counts the bytes of a payload that comes in pieces, and keeps their beginning. */
export class Beginning {
  #length = 0;
  #kept: Uint8Array = NONE;

  add(bytes: Uint8Array, length: number = bytes.length): void {
    this.#length += length;
    const room = KEPT_BYTES - this.#kept.length;
    if (room > 0) this.#kept = concat([this.#kept, bytes.subarray(0, room)]);
  }

  /** What was added, and begins anew. */
  take(): { readonly length: number; readonly payload: Uint8Array } {
    const taken = { length: this.#length, payload: this.#kept };
    this.#length = 0;
    this.#kept = NONE;
    return taken;
  }
}
