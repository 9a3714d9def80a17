/**
 * Messages on their way to a program that takes each as it arrives, chunk by chunk.
 *
 * What the program does not take waits here, 64 KiB of it at most and one chunk more; then reading stops, and the
 * network holds the peer back.
 */
import { type Event, type MessageKind, UsageError } from '../../core/index.ts';
import type { Flow } from './inbox.ts';

/** What a message comes as. */
export type MessagePart = Extract<Event, { type: 'messageStart' | 'messageChunk' | 'messageEnd' }>;

/**
 * A message that may still be under way; what it says is taken once, with `for await`. Leaving the loop, or taking the
 * next message, skips its rest.
 */
export interface StreamedMessage extends AsyncIterable<string | Uint8Array> {
  /** Whether it is text, which comes as strings, or binary. */
  readonly kind: MessageKind;
}

/** The connection ended within a message; `cause` is the `error` it ended with, if any. */
export class IncompleteMessage extends Error {
  override readonly name = 'IncompleteMessage';
}

/** What may wait before reading is stopped. */
const BYTES = 65_536;
const PARTS = 1_024;

export class MessageStreams {
  readonly #flow: Flow;
  #parts: MessagePart[] = [];
  /** How many of `#parts` were taken. */
  #taken = 0;
  #bytes = 0;
  #paused = false;
  readonly #readers: ((part: MessagePart | undefined) => void)[] = [];
  #end: { readonly error: unknown } | undefined;
  /** The message that was taken last: only that one is read. */
  #current: StreamedMessage | undefined;

  constructor(flow: Flow) {
    this.#flow = flow;
  }

  push(part: MessagePart): void {
    this.#parts.push(part);
    this.#bytes += weight(part);
    this.#deliver();
    if (!this.#paused && (this.#bytes > BYTES || this.#parts.length - this.#taken > PARTS)) {
      this.#paused = true;
      this.#flow.pause();
    }
  }

  /** Nothing comes any more. */
  end(error: unknown): void {
    this.#end = { error };
    this.#deliver();
  }

  /** The messages in order, until the connection is over and none is left. */
  async *messages(): AsyncGenerator<StreamedMessage, undefined, undefined> {
    for (;;) {
      const part = await this.#next();
      if (part === undefined) return;
      if (part.type !== 'messageStart') continue; // the rest of one that was not taken to its end
      const message: StreamedMessage = {
        kind: part.kind,
        [Symbol.asyncIterator]: () => this.#chunks(message),
      };
      this.#current = message;
      yield message;
    }
  }

  async *#chunks(message: StreamedMessage): AsyncGenerator<string | Uint8Array, undefined, undefined> {
    for (;;) {
      if (this.#current !== message) throw new UsageError('a message is taken once, and before the next one');
      const part = await this.#next();
      if (part === undefined) {
        throw new IncompleteMessage('the connection ended within a message', { cause: this.#end?.error });
      }
      if (part.type === 'messageChunk') {
        yield part.data;
      } else {
        this.#current = undefined;
        return;
      }
    }
  }

  #next(): Promise<MessagePart | undefined> {
    return new Promise((resolve) => {
      this.#readers.push(resolve);
      this.#deliver();
    });
  }

  #deliver(): void {
    while (this.#readers.length > 0) {
      const part = this.#parts[this.#taken];
      if (part === undefined) break;
      this.#bytes -= weight(part);
      if (++this.#taken === this.#parts.length) {
        this.#parts = [];
        this.#taken = 0;
      }
      this.#readers.shift()?.(part);
    }
    if (this.#parts.length > 0) return;
    if (this.#end !== undefined) {
      for (const reader of this.#readers.splice(0)) reader(undefined);
    } else if (this.#paused) {
      this.#paused = false;
      this.#flow.resume();
    }
  }
}

const weight = (part: MessagePart): number => (part.type === 'messageChunk' ? part.data.length : 0);
