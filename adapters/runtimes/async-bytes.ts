/**
 * A byte stream whose calls return promises, as a transport: what Deno's sockets and web streams have in common.
 *
 * Reading is one call after another, which stops while the connection has paused. It begins behind the write that
 * answers what was read: by then the next chunk may be there, and is read at once instead of being waited for.
 */
import type { Transport, TransportUser } from '../driver.ts';
import { AsyncOutput, type AsyncWriter } from './async-output.ts';
import { webHost } from './web-host.ts';

/** A byte stream; its promises reject once it is broken or was closed. */
export interface AsyncBytes extends AsyncWriter {
  /**
   * Calls one of both, once, behind this call. No promise, since that would be one more for each chunk.
   *
   * @param take - is given the next chunk, which is its own then; `undefined` at the end.
   */
  read(take: (chunk: Uint8Array | undefined) => void, fail: (error: unknown) => void): void;
  /** Gives everything up; also to be called after an orderly end. Never throws. */
  close(): void;
}

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

/** Milliseconds that reading waits for writing, at most: the peer may read nothing before it has written all. */
const PATIENCE_MILLISECONDS = 100;

class AsyncTransport implements Transport {
  readonly #user: TransportUser;
  readonly #done: () => void;
  readonly #output: AsyncOutput;
  #bytes: AsyncBytes | undefined;
  #outputEnded = false;
  #inputEnded = false;
  #paused = false;
  #reading = false;
  /** The timer for reads that wait for a write: one for many, since each waits for microseconds. */
  #patience: unknown;
  /** The peer does not take what is being written: reading goes on meanwhile. */
  #stalled = false;
  /** What came while it was paused. */
  #held: { readonly chunk: Uint8Array | undefined } | undefined;
  #over = false;
  // One of each for all reads, and not one a message.
  readonly #take = (chunk: Uint8Array | undefined): void => this.#taken(chunk);
  readonly #fail = (error: unknown): void => this.over(error);
  readonly #expire = (): void => {
    this.#patience = undefined;
    this.#stalled = this.#output.writing;
    if (!this.#paused) this.#read();
  };

  constructor(user: TransportUser, done: () => void) {
    this.#user = user;
    this.#done = done;
    this.#output = new AsyncOutput(
      user,
      () => this.#progress(),
      () => this.#ended(),
      this.#fail,
    );
  }

  open(bytes: AsyncBytes): void {
    this.#bytes = bytes;
    if (this.#over) {
      bytes.close();
      return;
    }
    this.#output.open(bytes);
    this.#read();
  }

  get queued(): number {
    return this.#output.queued;
  }

  write(chunks: readonly Uint8Array[]): void {
    this.#output.write(chunks);
  }

  end(): void {
    this.#output.end();
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
    this.#output.giveUp();
    this.#held = undefined;
    webHost.clearTimer(this.#patience);
    this.#bytes?.close();
    this.#user.closed(error);
    this.#done();
  }

  #ended(): void {
    this.#outputEnded = true;
    if (this.#inputEnded) this.over();
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
    if (this.#paused) return;
    if (this.#stalled || !this.#output.writing) this.#read();
    else this.#patience ??= webHost.setTimer(this.#expire, PATIENCE_MILLISECONDS);
  }

  #progress(): void {
    this.#stalled = false;
    if (!this.#paused) this.#read();
  }
}
