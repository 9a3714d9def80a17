/**
 * A byte stream whose calls return promises, as a transport: what Deno's sockets and web streams have in common.
 *
 * Reading is one call after another, which stops while the connection has paused. Writing is one call after
 * another, too: what is written meanwhile waits here, and leaves joined.
 */
import type { Transport, TransportUser } from '../driver.ts';
import { gather } from './gather.ts';

/** A byte stream; its calls reject once it is broken or was closed. */
export interface AsyncBytes {
  /** The next chunk, which belongs to the caller; `undefined` at the end. */
  read(): Promise<Uint8Array | undefined>;
  /** Resolves once the network has taken all of `bytes`. */
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
  #waiting: Uint8Array[] = [];
  #queued = 0;
  #writing = false;
  #ending = false;
  #ended = false;
  #inputEnded = false;
  #drains = false;
  #paused = false;
  #resumed: (() => void) | undefined;
  #over = false;

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
    void this.#write();
    void this.#read();
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
    if (!this.#writing) void this.#write();
  }

  end(): void {
    if (this.#ending) return;
    this.#ending = true;
    if (!this.#writing) void this.#write();
  }

  abort(): void {
    queueMicrotask(() => this.over());
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#resumed?.();
    this.#resumed = undefined;
  }

  /** It is over, in order or by `error`. */
  over(error?: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#waiting = [];
    this.#queued = 0;
    this.#bytes?.close();
    this.#user.closed(error);
    this.#done();
  }

  async #write(): Promise<void> {
    const bytes = this.#bytes;
    if (bytes === undefined) return;
    this.#writing = true;
    try {
      while (this.#waiting.length > 0) {
        for (const chunk of gather(this.#waiting.splice(0))) {
          await bytes.write(chunk);
          if (this.#over) return;
          this.#queued -= chunk.length;
        }
        if (this.#waiting.length === 0) this.#emptied();
      }
      if (this.#ending && !this.#ended) {
        this.#ended = true;
        await bytes.end();
        if (this.#inputEnded) this.over();
      }
    } catch (error) {
      this.over(error);
    }
    this.#writing = false;
  }

  #emptied(): void {
    const drains = this.#drains;
    this.#drains = false;
    if (drains) this.#user.drained();
    else this.#user.reportQueued();
  }

  async #read(): Promise<void> {
    const bytes = this.#bytes;
    try {
      while (bytes !== undefined && !this.#over) {
        if (this.#paused) await this.#whenResumed();
        const chunk = await bytes.read();
        if (this.#paused) await this.#whenResumed();
        if (this.#over) return;
        if (chunk === undefined) break;
        this.#user.received(chunk);
      }
      this.#inputEnded = true;
      this.#user.ended();
      if (this.#ended && !this.#writing) this.over();
    } catch (error) {
      this.over(error);
    }
  }

  #whenResumed(): Promise<void> {
    return new Promise((resolve) => {
      this.#resumed = resolve;
    });
  }
}
