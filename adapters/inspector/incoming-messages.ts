/**
 * Brings frames that came and messages that were delivered together: the wire shows the one, the program gets the other.
 *
 * Frames are seen before their messages are delivered, both in order, however long the program takes.
 */
import type { ObservedFrame } from '../../core/framing/frame-reader.ts';
import type { Output } from '../../core/index.ts';
import { Beginning, type Framed, isWorthAnEntry, type MessageFact, MessageFrames } from './message-frames.ts';

/** Messages that may wait for a program that has paused: of no more it is known which frames were whose. */
const WAITING = 10_000;

export class IncomingMessages {
  /** Messages that were delivered. */
  delivered = 0;
  readonly #frames: MessageFrames = new MessageFrames();
  /** Messages whose last frame came, and which are not delivered yet; `undefined` once there were too many. */
  #whole: Framed[] | undefined = [];
  /** Of the message that is being delivered. */
  readonly #beginning: Beginning = new Beginning();

  /** A frame came; `seq` is its entry. */
  frame(frame: ObservedFrame, seq: number): void {
    const whole = this.#frames.frame(frame, seq);
    if (whole !== undefined) this.#whole?.push(whole);
    if (this.#whole !== undefined && this.#whole.length > WAITING) this.#whole = undefined;
  }

  /** Something was put out: returns the message that this completes, where its frames alone do not show it. */
  output(output: Output): MessageFact | undefined {
    if (output.type === 'message' || output.type === 'messageChunk') this.#take(output.data);
    return output.type === 'message' || output.type === 'messageEnd' ? this.#complete() : undefined;
  }

  #take(data: string | Uint8Array): void {
    if (this.#whole === undefined) return;
    const [framed] = this.#whole;
    // Where none is whole, more of its frames are to come.
    if (framed !== undefined && !isWorthAnEntry(framed)) return;
    this.#beginning.add(typeof data === 'string' ? new TextEncoder().encode(data) : data);
  }

  #complete(): MessageFact | undefined {
    this.delivered++;
    const framed = this.#whole?.shift();
    const taken = this.#beginning.take();
    if (framed === undefined || !isWorthAnEntry(framed)) return undefined;
    return { kind: 'message', direction: 'in', ...framed, ...taken };
  }
}
