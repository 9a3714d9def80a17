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
  /**
   * Takes the next bytes of a binary message into `memory`, instead of as a chunk of their own: what has come, and as much of
   * it as fits. Who reads a long message into the same memory again and again makes no garbage of its length; where the
   * runtime allows, what the transport has read goes at once, too.
   *
   * @param memory - is the caller's, and is not touched once this has resolved. 64 KiB are enough for speed.
   * @returns how many bytes were written to its beginning; 0 once the message has ended. Rejects with an `IncompleteMessage`.
   * @throws {UsageError} (as a rejection) for text, for memory without room, and where the message is read already.
   */
  readInto(memory: Uint8Array): Promise<number>;
}

/** The connection ended within a message; `cause` is the `error` it ended with, if any. */
export class IncompleteMessage extends Error {
  override readonly name = 'IncompleteMessage';
}

/** What may wait before reading is stopped. */
const BYTES = 65_536;
const PARTS = 1_024;

/** What becomes of memory that nothing refers to any more. */
export interface Discarding {
  /** Frees it. */
  discard(memory: ArrayBuffer): void;
  /** Whether chunks come as they were read: an extension may use the rest of the memory that it makes one in. */
  readonly plain: boolean;
}

export class MessageStreams {
  readonly #flow: Flow;
  readonly #discarding: Discarding | undefined;
  #parts: MessagePart[] = [];
  /** How many of `#parts` were taken. */
  #taken = 0;
  #bytes = 0;
  #paused = false;
  readonly #readers: ((part: MessagePart | undefined) => void)[] = [];
  #end: { readonly error: unknown } | undefined;
  /** Whether the program is at work on what it took last, and may still answer. */
  #answering = false;
  #holdsClose = false;
  /** The message that was taken last: only that one is read. */
  #current: StreamedMessage | undefined;
  /** Whether its next chunk is waited for. */
  #reading = false;
  /** Memory of which no more may be needed: what the transport has read, and chunks that were copied. */
  readonly #spent: Set<ArrayBufferLike> = new Set();
  /** Memory that others may need: of chunks that the program was given, or shared with what is not of this connection. */
  readonly #kept: WeakSet<ArrayBufferLike> = new WeakSet();

  constructor(flow: Flow, discarding?: Discarding | undefined) {
    this.#flow = flow;
    this.#discarding = discarding;
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

  /** The transport has read `bytes`, of which parts may have come of late, and may still wait. */
  received(bytes: Uint8Array): void {
    // Where there is more in its memory, such as the request before it, somebody else may need that.
    if (bytes.length < bytes.buffer.byteLength) this.#keep(bytes);
    else this.#spend(bytes);
    this.#sweep();
  }

  /** Nothing comes any more. */
  end(error: unknown): void {
    this.#end = { error };
    this.#deliver();
  }

  /** The messages in order, until the connection is over and none is left. */
  async *messages(): AsyncGenerator<StreamedMessage, undefined, undefined> {
    try {
      for (;;) {
        const part = await this.#next((next) => next);
        if (part === undefined) return;
        if (part.type !== 'messageStart') continue; // the rest of one that was not taken to its end
        const message: StreamedMessage = {
          kind: part.kind,
          readInto: (memory) => this.#readInto(message, memory),
          [Symbol.asyncIterator]: () => this.#chunks(message),
        };
        this.#current = message;
        yield message;
      }
    } finally {
      this.#answering = false;
      this.#deliver();
    }
  }

  async *#chunks(message: StreamedMessage): AsyncGenerator<string | Uint8Array, undefined, undefined> {
    for (;;) {
      const data = await this.#chunk(message, (chunk) => this.#give(chunk));
      if (data === undefined) return;
      yield data;
    }
  }

  async #readInto(message: StreamedMessage, memory: Uint8Array): Promise<number> {
    if (message.kind === 'text') throw new UsageError('text is read as strings, with `for await`');
    if (!(memory instanceof Uint8Array) || memory.length === 0)
      throw new UsageError('bytes are read into a Uint8Array');
    return (await this.#chunk(message, (chunk) => this.#copy(chunk as Uint8Array, memory))) ?? 0; // of binary, so bytes
  }

  /** What `use` makes of the next chunk of `message` when it is there; `undefined` where the message has ended. */
  async #chunk<T>(message: StreamedMessage, use: (chunk: string | Uint8Array) => T): Promise<T | undefined> {
    if (this.#current !== message || this.#reading) {
      throw new UsageError('a message is taken once, in order, and before the next one');
    }
    this.#reading = true;
    const next = await this.#next((part) => (part?.type === 'messageChunk' ? { used: use(part.data) } : part));
    this.#reading = false;
    if (next === undefined) {
      throw new IncompleteMessage('the connection ended within a message', { cause: this.#end?.error });
    }
    if ('used' in next) return next.used;
    this.#current = undefined;
    return undefined;
  }

  #next<T>(use: (part: MessagePart | undefined) => T): Promise<T> {
    return new Promise((resolve) => {
      this.#answering = false;
      this.#readers.push((part) => resolve(use(part)));
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
      this.#answering = true;
      this.#readers.shift()?.(part);
    }
    this.#sweep();
    if (this.#answering !== this.#holdsClose) {
      this.#holdsClose = this.#answering;
      this.#flow.holdClose?.(this.#answering);
    }
    if (this.#parts.length > 0) return;
    if (this.#end !== undefined) {
      for (const reader of this.#readers.splice(0)) reader(undefined);
    } else if (this.#paused) {
      this.#paused = false;
      this.#flow.resume();
    }
  }

  #give(chunk: string | Uint8Array): string | Uint8Array {
    if (typeof chunk !== 'string') this.#keep(chunk);
    return chunk;
  }

  /** Copies what fits; the rest is the next chunk. */
  #copy(chunk: Uint8Array, memory: Uint8Array): number {
    const count = Math.min(chunk.length, memory.length);
    memory.set(chunk.subarray(0, count));
    if (count === chunk.length) {
      this.#copied(chunk);
    } else {
      const rest: MessagePart = { type: 'messageChunk', data: chunk.subarray(count) };
      this.#parts.splice(0, this.#taken, rest);
      this.#taken = 0;
      this.#bytes += rest.data.length;
    }
    return count;
  }

  #copied(chunk: Uint8Array): void {
    const { buffer } = chunk;
    if (chunk.length < buffer.byteLength) {
      if (this.#discarding?.plain) this.#spend(chunk);
    } else if (!this.#kept.has(buffer)) {
      queueMicrotask(() => this.#discarding?.discard(buffer as ArrayBuffer)); // nothing else is in it
    }
  }

  #keep({ buffer }: Uint8Array): void {
    if (this.#discarding === undefined) return;
    this.#kept.add(buffer);
    this.#spent.delete(buffer);
  }

  #spend({ buffer }: Uint8Array): void {
    if (this.#discarding !== undefined && !this.#kept.has(buffer)) this.#spent.add(buffer);
  }

  #sweep(): void {
    if (this.#spent.size > 0) queueMicrotask(() => this.#discardSpent()); // now the connection may be in the middle of it
  }

  #discardSpent(): void {
    if (this.#paused) return; // the rest of a chunk may wait in the connection
    for (const memory of this.#spent) {
      if (this.#parts.some((part) => part.type === 'messageChunk' && isIn(memory, part.data))) continue;
      this.#spent.delete(memory);
      this.#discarding?.discard(memory as ArrayBuffer); // none of it is shared with another thread
    }
  }
}

const weight = (part: MessagePart): number => (part.type === 'messageChunk' ? part.data.length : 0);

const isIn = (memory: ArrayBufferLike, data: string | Uint8Array): boolean =>
  typeof data !== 'string' && data.buffer === memory;
