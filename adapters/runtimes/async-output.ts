/** The writing half of a byte stream of promises: one write after another, and joined what meanwhile waits. */
import type { TransportUser } from '../driver.ts';
import { gather } from './gather.ts';

/** Where bytes go; its promises reject once that is broken or was closed. */
export interface AsyncWriter {
  /** Resolves to how many of `bytes`, which stay unchanged, the network took; to no number where it took all. */
  write(bytes: Uint8Array): Promise<unknown>;
  /** Ends our half, and leaves the other one open. */
  end(): Promise<unknown>;
}

/** Bytes waiting from which on the program is told when they have gone. */
const HIGH_WATER_BYTES = 65_536;

export class AsyncOutput {
  readonly #user: TransportUser;
  readonly #progress: () => void;
  readonly #ended: () => void;
  readonly #fail: (error: unknown) => void;
  #writer: AsyncWriter | undefined;
  /** What is being written, and what is to be next. */
  #going: Uint8Array | undefined;
  #next: Uint8Array[] = [];
  /** What was written since. */
  #waiting: Uint8Array[] = [];
  #queued = 0;
  #drains = false;
  #ending: 'not' | 'when empty' | 'now' = 'not';
  #over = false;
  // One for all writes, and not one a message.
  readonly #wrote = (taken: unknown): void => this.#written(taken);

  /**
   * @param progress - called whenever a write is done.
   * @param ended - called once our half has ended.
   * @param fail - called when a write or the end was rejected.
   */
  constructor(user: TransportUser, progress: () => void, ended: () => void, fail: (error: unknown) => void) {
    this.#user = user;
    this.#progress = progress;
    this.#ended = ended;
    this.#fail = fail;
  }

  /** Bytes that the network has not taken. */
  get queued(): number {
    return this.#queued;
  }

  /** Whether a write is under way. */
  get writing(): boolean {
    return this.#going !== undefined;
  }

  /** What was written until now goes to `writer`, and so does all that follows. */
  open(writer: AsyncWriter): void {
    this.#writer = writer;
    this.#go();
  }

  write(chunks: readonly Uint8Array[]): void {
    if (this.#ending !== 'not' || this.#over) return;
    for (const chunk of chunks) {
      this.#waiting.push(chunk);
      this.#queued += chunk.length;
    }
    this.#drains ||= this.#queued >= HIGH_WATER_BYTES;
    this.#go();
  }

  /** Ends our half behind what was written. */
  end(): void {
    if (this.#ending !== 'not') return;
    this.#ending = 'when empty';
    this.#go();
  }

  /** Forgets what waits; nothing is called any more. */
  giveUp(): void {
    this.#over = true;
    this.#waiting = [];
    this.#next = [];
    this.#queued = 0;
  }

  #go(): void {
    const writer = this.#writer;
    if (writer === undefined || this.#going !== undefined || this.#over) return;
    if (this.#next.length === 0 && this.#waiting.length > 1) {
      this.#next = gather(this.#waiting).toReversed();
      this.#waiting = [];
    }
    this.#going = this.#next.pop() ?? this.#waiting.pop();
    if (this.#going !== undefined) writer.write(this.#going).then(this.#wrote, this.#fail);
    else if (this.#ending === 'when empty') {
      this.#ending = 'now';
      writer.end().then(this.#ended, this.#fail);
    }
  }

  #written(taken: unknown): void {
    const going = this.#going;
    if (going === undefined || this.#over) return;
    this.#going = undefined;
    const count = typeof taken === 'number' ? taken : going.length;
    if (count < going.length) this.#next.push(going.subarray(count));
    this.#queued -= count;
    if (this.#queued === 0) this.#emptied();
    this.#go();
    this.#progress();
  }

  #emptied(): void {
    const drains = this.#drains;
    this.#drains = false;
    if (drains) this.#user.drained();
    else this.#user.reportQueued();
  }
}
