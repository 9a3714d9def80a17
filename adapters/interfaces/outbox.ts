/** Messages on their way to a connection that is not there yet: few enough to be worth keeping. */
import type { Message } from './inbox.ts';

/** How much may wait for a connection. */
export interface OutboxOptions {
  /** Messages that may wait. Default 1,000; 0 keeps none. */
  readonly messages?: number | undefined;
  /** Their bytes, or characters of text. Default 1,048,576. */
  readonly size?: number | undefined;
  /** Which message to drop when they are too many. Default `newest`: what was said first stands. */
  readonly drop?: 'newest' | 'oldest' | undefined;
}

/** What waits: a message, or what makes one when it is sent. */
interface Waiting {
  readonly message: Message | (() => Message);
  readonly size: number;
}

export class Outbox {
  readonly #messages: number;
  readonly #size: number;
  readonly #drop: 'newest' | 'oldest';
  #waiting: Waiting[] = [];
  #sum = 0;

  constructor({ messages = 1_000, size = 1_048_576, drop = 'newest' }: OutboxOptions = {}) {
    this.#messages = messages;
    this.#size = size;
    this.#drop = drop;
  }

  get length(): number {
    return this.#waiting.length;
  }

  /** @returns whether the message was kept. */
  push(message: Waiting['message'], size: number): boolean {
    if (size > this.#size || this.#messages < 1) return false;
    while (this.#waiting.length >= this.#messages || this.#sum + size > this.#size) {
      if (this.#drop === 'newest') return false;
      this.#sum -= this.#waiting.shift()?.size ?? 0;
    }
    // What happens to the program's bytes meanwhile is not what it sent.
    this.#waiting.push({ message: message instanceof Uint8Array ? message.slice() : message, size });
    this.#sum += size;
    return true;
  }

  /** Takes all, in order. */
  take(): Waiting['message'][] {
    const taken = this.#waiting.map(({ message }) => message);
    this.#waiting = [];
    this.#sum = 0;
    return taken;
  }
}
