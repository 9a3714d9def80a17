/** How long a client waits before there is a transport, on every runtime; what comes then is bounded by the core's deadlines. */
import { UsageError } from '../../core/index.ts';

/** Durations in milliseconds, each from 1 to 2,147,483,647, or `Infinity` for none. */
export interface DialDeadlines {
  /** To look up the name, to connect, and for TLS: to the server, or to the proxy. Default 10,000. */
  readonly connecting: number;
  /** For a proxy's handshake, and then again for TLS to the server within the tunnel. Default 10,000. */
  readonly tunnel: number;
}

export type DialPhase = keyof DialDeadlines;

/** What bounds the way to a transport. */
export interface DialBounds {
  readonly deadlines: DialDeadlines;
  /** Gives it up. */
  readonly signal: AbortSignal | undefined;
}

export const DEFAULT_DIAL_DEADLINES: DialDeadlines = { connecting: 10_000, tunnel: 10_000 };

/** A deadline of `DialDeadlines` has passed, and there is no connection. */
export class DialTimeout extends Error {
  override readonly name = 'DialTimeout';
  /** Which deadline. */
  readonly phase: DialPhase;

  constructor(phase: DialPhase) {
    super(phase === 'connecting' ? 'connecting took too long' : 'the tunnel through the proxy took too long');
    this.phase = phase;
  }
}

/** @throws {UsageError} for a duration that timers cannot hold. */
export function resolveDialDeadlines(
  given: { readonly [Phase in DialPhase]?: number | undefined } = {},
): DialDeadlines {
  const deadlines = {
    connecting: given.connecting ?? DEFAULT_DIAL_DEADLINES.connecting,
    tunnel: given.tunnel ?? DEFAULT_DIAL_DEADLINES.tunnel,
  };
  for (const [name, value] of Object.entries(deadlines)) {
    if (!(value === Infinity || (Number.isInteger(value) && value >= 1 && value <= 2_147_483_647))) {
      throw new UsageError(`the deadline "${name}" is not a number in its range`);
    }
  }
  return deadlines;
}
