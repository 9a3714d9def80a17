/**
 * Keepalive: a Ping at intervals, and a bound on how long the peer may stay silent after it
 * (RFC 6455 §5.5.2).
 *
 * Any byte of the peer counts as life, also one in the middle of a long frame. A process that was
 * stopped finds its deadline passed and the peer's bytes unread; so silence is believed only after the
 * host had one more turn to read.
 *
 * A peer that sends and never reads lives as well, and would hold what waits for it for ever: so it has to take bytes,
 * too. Some transports tell of a long write only when the whole was taken, hence an interval more for each mebibyte.
 */
import { equals } from 'uint8arrays/equals';

/** Milliseconds between Pings, and from a Ping to any byte of the peer. */
export interface KeepaliveDeadlines {
  readonly ping: number;
  readonly pong: number;
}

/** What was written: bytes that the transport holds, and bytes that it took. */
export interface Written {
  readonly queued: number;
  readonly taken: number;
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
  /** Bytes that had been taken at the last Ping, if any waited then. */
  #taken: number | undefined;
  /** Pings since then. */
  #untaken = 0;

  /**
   * What to do now that the deadline passed. The next Ping waits for an answer to the last.
   *
   * @param now - the host's clock in milliseconds, if it has one.
   * @param written - `undefined` where the peer may have to wait for us.
   */
  expire({ ping, pong }: KeepaliveDeadlines, now: number | undefined, written?: Written): Verdict {
    if (this.#phase !== 'resting' && !this.heard) {
      if (this.#phase === 'last chance') return { peerIsGone: true };
      this.#phase = 'last chance';
      return { peerIsGone: false, wait: 1 };
    }
    if (this.#phase !== 'resting' && pong < ping) {
      this.#phase = 'resting';
      return { peerIsGone: false, wait: ping - pong };
    }
    if (pong !== Infinity && this.#takesNothing(written)) return { peerIsGone: true };
    // Without a bound on silence the next Ping is due as if this one had been answered.
    this.#phase = pong === Infinity ? 'resting' : 'waiting';
    this.heard = false;
    this.#sentAt = now;
    this.#count = (this.#count + 1) >>> 0;
    return { peerIsGone: false, wait: pong === Infinity ? ping : pong, ping: encode(this.#count) };
  }

  /** Whether the peer has had its time to take something. */
  #takesNothing({ queued, taken }: Written = NOTHING): boolean {
    const waits = queued > 0 && taken === this.#taken;
    this.#untaken = waits ? this.#untaken + 1 : 0;
    this.#taken = queued > 0 ? taken : undefined;
    return this.#untaken * INTERVAL_BYTES > queued;
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

const NOTHING: Written = { queued: 0, taken: 0 };
/** For so many bytes that wait, a peer that takes none has one interval more. */
const INTERVAL_BYTES = 1_048_576;

const encode = (count: number): Uint8Array => Uint8Array.of(count >>> 24, count >>> 16, count >>> 8, count);
