/**
 * A byte stream whose calls return promises, as a transport: what Deno's sockets and web streams have in common.
 *
 * Reading is one call after another, which stops while the connection has paused. Writing is one call after
 * another, too: what is written meanwhile waits here, and leaves joined.
 */
import type { Transport, TransportUser } from '../driver.ts';
import { gather } from './gather.ts';

/** A byte stream; its promises reject once it is broken or was closed. */
export interface AsyncBytes {
  /**
   * Calls one of both, once, behind this call. No promise, since that would be one more for each chunk.
   *
   * @param take - is given the next chunk, which is its own then; `undefined` at the end.
   */
  read(take: (chunk: Uint8Array | undefined) => void, fail: (error: unknown) => void): void;
  /** Resolves to how many of `bytes`, which stay unchanged, the network took; to no number where it took all. */
  write(bytes: Uint8Array): Promise<unknown>;
  /** Ends our half, and leaves the other one open. */
  end(): Promise<unknown>;
  /** Gives everything up; also to be called after an orderly end. Never throws. */
  close(): void;
}

/** Bytes waiting from which on the program is told when they have gone. */
const HIGH_WATER_BYTES = 65_536;

/**
 * Drives a connection over a byte stream until that is over.
 *
 * @param opening - the stream, or a promise of it: the opening deadline runs from now.
 * @returns a promise that resolves, and never rejects, once the stream is over.
 */
export function driveAsync(opening: AsyncBytes | Promise<AsyncBytes>, user: TransportUser): Promise<void> {
  return new Promise((resolve) => {
    const transport = new AsyncTransport(user, resolve);
    user.start(transport);
    if (opening instanceof Promise)
      opening.then(
        (bytes) => transport.open(bytes),
        (error: unknown) => transport.over(error),
      );
    else transport.open(opening);
  });
}

class AsyncTransport implements Transport {
  readonly #user: TransportUser;
  readonly #done: () => void;
  #bytes: AsyncBytes | undefined;
  /** What was written since the last write began. */
  #waiting: Uint8Array[] = [];
  /** What is being written, and which of these is next. */
  #going: readonly Uint8Array[] = [];
  #next = 0;
  #queued = 0;
  #writing = false;
  #ending = false;
  #ended = false;
  #outputEnded = false;
  #inputEnded = false;
  #drains = false;
  #paused = false;
  #reading = false;
  /** What came while it was paused. */
  #held: { readonly chunk: Uint8Array | undefined } | undefined;
  #over = false;
  // One of each for all calls, and not one a message.
  readonly #take = (chunk: Uint8Array | undefined): void => this.#taken(chunk);
  readonly #wrote = (taken: unknown): void => this.#written(taken);
  readonly #fail = (error: unknown): void => this.over(error);

  constructor(user: TransportUser, done: () => void) {
    this.#user = user;
    this.#done = done;
  }

  open(bytes: AsyncBytes): void {
    this.#bytes = bytes;
    if (this.#over) {
      bytes.close();
      return;
    }
    this.#write();
    this.#read();
  }

  get queued(): number {
    return this.#queued;
  }

  write(chunks: readonly Uint8Array[]): void {
    if (this.#ending || this.#over) return;
    for (const chunk of chunks) {
      this.#waiting.push(chunk);
      this.#queued += chunk.length;
    }
    this.#drains ||= this.#queued >= HIGH_WATER_BYTES;
    this.#write();
  }

  end(): void {
    this.#ending = true;
    this.#write();
  }

  abort(): void {
    queueMicrotask(() => this.over());
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    const held = this.#held;
    this.#held = undefined;
    if (held === undefined) this.#read();
    else queueMicrotask(() => this.#taken(held.chunk)); // not within whatever resumes it
  }

  /** It is over, in order or by `error`. */
  over(error?: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#waiting = [];
    this.#going = [];
    this.#held = undefined;
    this.#queued = 0;
    this.#bytes?.close();
    this.#user.closed(error);
    this.#done();
  }

  #write(): void {
    const bytes = this.#bytes;
    if (bytes === undefined || this.#writing || this.#over) return;
    if (this.#next === this.#going.length && this.#waiting.length > 0) {
      this.#going = gather(this.#waiting);
      this.#next = 0;
      this.#waiting = [];
    }
    const chunk = this.#going[this.#next];
    if (chunk !== undefined) {
      this.#writing = true;
      bytes.write(chunk).then(this.#wrote, this.#fail);
    } else if (this.#ending && !this.#ended) {
      this.#ended = true;
      bytes.end().then(() => {
        this.#outputEnded = true;
        if (this.#inputEnded) this.over();
      }, this.#fail);
    }
  }

  #written(taken: unknown): void {
    if (this.#over) return;
    const chunk = this.#going[this.#next] ?? EMPTY;
    const count = typeof taken === 'number' ? taken : chunk.length;
    this.#queued -= count;
    if (count < chunk.length) this.#going = [chunk.subarray(count), ...this.#going.slice(this.#next + 1)];
    if (count < chunk.length) this.#next = 0;
    else this.#next++;
    this.#writing = false;
    if (this.#queued === 0) this.#emptied();
    this.#write();
  }

  #emptied(): void {
    const drains = this.#drains;
    this.#drains = false;
    if (drains) this.#user.drained();
    else this.#user.reportQueued();
  }

  #read(): void {
    if (this.#reading || this.#over || this.#bytes === undefined) return;
    this.#reading = true;
    this.#bytes.read(this.#take, this.#fail);
  }

  #taken(chunk: Uint8Array | undefined): void {
    if (this.#over) return;
    if (this.#paused) {
      this.#held = { chunk };
      return;
    }
    if (chunk === undefined) {
      this.#inputEnded = true;
      this.#user.ended();
      if (this.#outputEnded) this.over();
      return;
    }
    this.#reading = false;
    this.#user.received(chunk);
    if (!this.#paused) this.#read();
  }
}

const EMPTY = new Uint8Array();
