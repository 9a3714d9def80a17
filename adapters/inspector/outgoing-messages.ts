/** Brings messages that were sent and their frames together: of those that are compressed, the wire shows no word. */
import type { ObservedFrame } from '../../core/framing/frame-reader.ts';
import { Opcode } from '../../core/index.ts';
import { Beginning, isWorthAnEntry, type MessageFact, MessageFrames } from './message-frames.ts';

export class OutgoingMessages {
  readonly #frames: MessageFrames = new MessageFrames();
  /** Messages that were compressed and whose last frame has not gone out, in order. */
  readonly #compressed: ReturnType<Beginning['take']>[] = [];
  readonly #original: Beginning = new Beginning();
  /** Of the message whose frames go out. */
  readonly #sent: Beginning = new Beginning();

  /** A piece of a message, before it is compressed. */
  transformed(payload: Uint8Array, last: boolean): void {
    this.#original.add(payload);
    if (last) this.#compressed.push(this.#original.take());
  }

  /** A frame went out; `seq` is its entry. Returns the message that it completes, where frames alone do not show it. */
  frame(frame: ObservedFrame, seq: number): MessageFact | undefined {
    const framed = this.#frames.frame(frame, seq);
    if (framed !== undefined && !isWorthAnEntry(framed)) return undefined;
    if (frame.opcode < Opcode.close) this.#sent.add(frame.payload, frame.length);
    if (framed === undefined) return undefined;
    const sent = this.#sent.take();
    const original = framed.compressed ? this.#compressed.shift() : sent;
    if (original === undefined) return undefined;
    return { kind: 'message', direction: 'out', ...framed, ...original };
  }
}
