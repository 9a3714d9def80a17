/**
 * Keepalive: a Ping at intervals, and a bound on how long the peer may stay silent after it
 * (RFC 6455 §5.5.2).
 *
 * Any byte of the peer counts as life, also one in the middle of a long frame. A process that was
 * stopped finds its deadline passed and the peer's bytes unread; so silence is believed only after the
 * host had one more turn to read.
 */
import { equals } from 'uint8arrays/equals';

/** Milliseconds between Pings, and from a Ping to any byte of the peer. */
export interface KeepaliveDeadlines {
  readonly ping: number;
  readonly pong: number;
}

/** What is to be done: give the peer up, or wait so many milliseconds, behind a Ping where there is one. */
export type Verdict =
  | { readonly peerIsGone: true }
  | { readonly peerIsGone: false; readonly wait: number; readonly ping?: Uint8Array };

export class Keepalive {
  /** Set at every byte that arrives. */
  heard = false;
  /** Milliseconds from the last answered keepalive Ping to its Pong. */
  latency: number | undefined;
  #phase: 'resting' | 'waiting' | 'last chance' = 'resting';
  #count = 0;
  #sentAt: number | undefined;

  /**
   * What to do now that the deadline passed. The next Ping waits for an answer to the last.
   *
   * @param now - the host's clock in milliseconds, if it has one.
   */
  expire({ ping, pong }: KeepaliveDeadlines, now: number | undefined): Verdict {
    if (this.#phase !== 'resting' && !this.heard) {
      if (this.#phase === 'last chance') return { peerIsGone: true };
      this.#phase = 'last chance';
      return { peerIsGone: false, wait: 1 };
    }
    if (this.#phase !== 'resting' && pong < ping) {
      this.#phase = 'resting';
      return { peerIsGone: false, wait: ping - pong };
    }
    // Without a bound on silence the next Ping is due as if this one had been answered.
    this.#phase = pong === Infinity ? 'resting' : 'waiting';
    this.heard = false;
    this.#sentAt = now;
    this.#count = (this.#count + 1) >>> 0;
    return { peerIsGone: false, wait: pong === Infinity ? ping : pong, ping: encode(this.#count) };
  }

  /** The time from the last keepalive Ping to this Pong, if it answers that Ping and the host has a clock. */
  pong(payload: Uint8Array, now: number | undefined): number | undefined {
    if (this.#sentAt === undefined || now === undefined) return undefined;
    if (!equals(payload, encode(this.#count))) return undefined;
    this.latency = now - this.#sentAt;
    this.#sentAt = undefined;
    return this.latency;
  }
}

const encode = (count: number): Uint8Array => Uint8Array.of(count >>> 24, count >>> 16, count >>> 8, count);
