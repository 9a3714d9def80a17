/**
 * A socket of Bun as a transport.
 *
 * Bun takes as much of a write as the network does and drops the rest: that is kept here until `drain`.
 */
import type { Transport, TransportUser } from '../driver.ts';
import { gather } from './gather.ts';

/** As much of Bun's socket as is needed. */
export interface BunSocket {
  data: BunTransport;
  readonly remoteAddress: string;
  readonly remotePort?: number | undefined;
  write(bytes: Uint8Array): number;
  shutdown(): void;
  end(): void;
  terminate(): void;
  pause(): void;
  resume(): void;
  setNoDelay(on: boolean): void;
}

/** Bytes waiting from which on the program is told when they have gone. */
const HIGH_WATER_BYTES = 65_536;

export class BunTransport implements Transport {
  readonly #user: TransportUser;
  #socket: BunSocket | undefined;
  #waiting: Uint8Array[] = [];
  #queued = 0;
  #drains = false;
  #paused = false;
  #ending = false;
  #inputEnded = false;
  #aborted = false;
  #over = false;

  constructor(user: TransportUser) {
    this.#user = user;
  }

  /** Whether it has ever had a socket. */
  get isOpen(): boolean {
    return this.#socket !== undefined;
  }

  get queued(): number {
    return this.#queued;
  }

  write(chunks: readonly Uint8Array[]): void {
    if (this.#ending || this.#over) return;
    for (const chunk of gather(chunks)) {
      this.#waiting.push(chunk);
      this.#queued += chunk.length;
    }
    if (!this.#drains && this.#queued >= HIGH_WATER_BYTES) {
      this.#drains = true;
      queueMicrotask(() => this.#tellIfEmpty()); // the network may take all of it now, and no `drain` comes
    }
    this.#flush();
  }

  end(): void {
    this.#ending = true;
    this.#endIfEmpty();
  }

  abort(): void {
    this.#aborted = true; // perhaps before there is a socket
    this.#socket?.terminate();
    queueMicrotask(() => this.over());
  }

  pause(): void {
    this.#paused = true;
    this.#socket?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#socket?.resume();
  }

  open(socket: BunSocket): void {
    this.#socket = socket;
    if (this.#aborted || this.#over) {
      socket.terminate();
      return;
    }
    socket.setNoDelay(true);
    if (this.#paused) socket.pause();
    this.drained();
  }

  received(bytes: Uint8Array): void {
    if (!this.#over) this.#user.received(bytes);
  }

  /** The network has room again. */
  drained(): void {
    this.#flush();
    this.#tellIfEmpty();
    this.#endIfEmpty();
  }

  ended(): void {
    if (this.#over || this.#inputEnded) return;
    this.#inputEnded = true;
    this.#user.ended();
    this.#endIfEmpty();
  }

  over(error?: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#waiting = [];
    this.#queued = 0;
    this.#user.closed(error);
  }

  #flush(): void {
    let taken = 0;
    for (const chunk of this.#waiting) {
      const written = this.#socket?.write(chunk) ?? 0;
      if (written > 0) this.#queued -= written;
      if (written < chunk.length) {
        if (written > 0) this.#waiting[taken] = chunk.subarray(written);
        break;
      }
      taken++;
    }
    if (taken > 0) this.#waiting.splice(0, taken);
  }

  #tellIfEmpty(): void {
    if (this.#over || !this.#drains || this.#queued > 0) return;
    this.#drains = false;
    this.#user.drained();
  }

  #endIfEmpty(): void {
    if (!this.#ending || this.#queued > 0 || this.#over) return;
    // Both halves at once only where the other one has ended: it would reset what is still under way.
    if (this.#inputEnded) this.#socket?.end();
    else this.#socket?.shutdown();
  }
}
