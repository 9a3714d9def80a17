/** Limits and deadlines. Each default protects, and lets honest traffic pass. */
import { UsageError } from './errors.ts';

/**
 * Bounds on what a peer can make us hold or do (RFC 6455 §10.4). Each is a whole number of at least 0, or
 * `Infinity` where the host takes over the duty. The number that breaks a limit is refused before
 * anything is allocated for it.
 */
export interface Limits {
  /** Bytes of a whole head: start line and fields. Default 16,384, as most servers. */
  readonly headBytes: number;
  /** Bytes of a start line. Default 8,192: URLs longer than that fail in proxies, too. */
  readonly startLineBytes: number;
  /** Fields in a head. Default 128; browsers send about 20. */
  readonly fields: number;
  /** Elements in a list of subprotocols or extensions a peer offers. Default 64. */
  readonly offers: number;
  /** Interim (1xx) responses a client skips before the real one. Default 16. */
  readonly interimResponses: number;
  /** Bytes of the body kept from a response that refuses; the rest is dropped. Default 65,536. */
  readonly responseBodyBytes: number;
  /** Bytes of one frame's payload. Default 67,108,864 (64 MiB): a message may be a single frame. */
  readonly frameBytes: number;
  /** Bytes of one message, after decompression. Default 67,108,864 (64 MiB), far below the longest string. */
  readonly messageBytes: number;
  /**
   * Frames in one message, empty ones included. Default 1,048,576. Fragments are joined as they arrive
   * and retain nothing but their bytes, so this bounds work, not memory; a small count would refuse
   * honest senders that write in small pieces.
   */
  readonly fragments: number;
  /** Bytes that may wait unread while a request is being decided (then 413) or reading is paused. Default 1,048,576. */
  readonly backlogBytes: number;
  /**
   * Bytes waiting to be written above which Pings are no longer answered one by one: the newest is kept
   * and answered when the transport drains (RFC 6455 §5.5.3). Default 65,536.
   */
  readonly pongBytes: number;
  /**
   * Bytes that may wait to be written. A send that finds more than this fails the connection: its peer
   * has stopped reading and its program did not stop sending. Default 67,108,864 (64 MiB).
   */
  readonly queueBytes: number;
}

/** The limits of a connection that is told no others. */
export const DEFAULT_LIMITS: Limits = {
  headBytes: 16_384,
  startLineBytes: 8_192,
  fields: 128,
  offers: 64,
  interimResponses: 16,
  responseBodyBytes: 65_536,
  frameBytes: 67_108_864,
  messageBytes: 67_108_864,
  fragments: 1_048_576,
  backlogBytes: 1_048_576,
  pongBytes: 65_536,
  queueBytes: 67_108_864,
};

/**
 * Durations in milliseconds, each from 1 to 2,147,483,647 (what timers can hold), or `Infinity` for none.
 * The host watches the one that runs and calls `expire` (architecture: one deadline at a time).
 */
export interface Deadlines {
  /** From the start to the end of the opening handshake, the server's decision included. Default 10,000. */
  readonly opening: number;
  /** From our first Close, or the end of our writing, to the end of the transport. Default 5,000. */
  readonly closing: number;
  /** Between keepalive Pings on an open connection. Default 20,000: shorter than the idle time of proxies. */
  readonly ping: number;
  /**
   * From a keepalive Ping to any byte of the peer. Default 20,000. A peer that sends, and from one Ping to the next takes nothing of what waits for
   * it, is given up as well; each MiB that waits gives it one Ping more.
   */
  readonly pong: number;
}

/** The deadlines of a connection that is told no others. */
export const DEFAULT_DEADLINES: Deadlines = { opening: 10_000, closing: 5_000, ping: 20_000, pong: 20_000 };

/**
 * Fills `given` up with the default limits.
 *
 * @throws {UsageError} naming the first entry that is not a limit, or not a whole number or `Infinity`.
 */
export const resolveLimits = (given: Partial<Limits> | undefined): Limits =>
  resolve('limit', DEFAULT_LIMITS, given, (value) => value >= 0 && (Number.isSafeInteger(value) || value === Infinity));

/**
 * Fills `given` up with the default deadlines.
 *
 * @throws {UsageError} naming the first entry that is not a deadline, or outside of 1 to 2,147,483,647.
 */
export const resolveDeadlines = (given: Partial<Deadlines> | undefined): Deadlines =>
  resolve(
    'deadline',
    DEFAULT_DEADLINES,
    given,
    (value) => value >= 1 && ((Number.isInteger(value) && value <= 2_147_483_647) || value === Infinity),
  );

function resolve<T extends object>(
  kind: string,
  defaults: T,
  given: Partial<T> | undefined,
  valid: (value: number) => boolean,
): T {
  if (given === undefined) return defaults; // shared: most connections have the defaults
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(defaults, name)) throw new UsageError(`unknown ${kind}: ${name}`);
    if (value !== undefined && !(typeof value === 'number' && valid(value))) {
      throw new UsageError(`the ${kind} "${name}" is not a number in its range: ${String(value)}`);
    }
  }
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(set) };
}
