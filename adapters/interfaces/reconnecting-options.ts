/** What a client that comes back may be told, and what it may not. */
import { UsageError } from '../../core/index.ts';
import type { BackoffOptions } from './backoff.ts';
import { checkDurations } from './durations.ts';
import type { Message } from './inbox.ts';
import { checkFunctions } from './option-kinds.ts';
import { checkNames, type Names } from './option-names.ts';
import type { OutboxOptions } from './outbox.ts';
import type { ReconnectingState } from './reconnecting-states.ts';

/** How a connection was lost, or an attempt failed. */
export interface Lost {
  /** The peer's Close code; 1006 where there was none, and for an attempt that failed. */
  readonly code: number;
  readonly reason: string;
  /** What failed, where that is known. Browsers do not tell. */
  readonly error: unknown;
}

/**
 * Where to connect, or a function that is asked for it at each attempt. If that throws or rejects, the attempt has failed
 * like any other: an error with a `status` of 4xx, such as that of a token that was refused, is the last by default.
 */
export type UrlSource = string | URL | (() => string | URL | Promise<string | URL>);

/** Handlers and options of a client that comes back. A handler may return a promise; nobody waits for it. */
export interface ReconnectingOptions {
  /** The connection is open; `attempt` is 1 where it is the first since one was. Messages that waited are sent. */
  readonly open?: ((attempt: number) => unknown) | undefined;
  /** A message came; with `json`, a binary one. */
  readonly message?: ((message: Message) => unknown) | undefined;
  /** A text message as the JSON it is; with this, `message` gets binary ones only, and `error` what is no JSON. */
  readonly json?: ((value: unknown) => unknown) | undefined;
  /** The connection was lost, or an attempt failed; `delay` milliseconds until the next, `undefined` for none. */
  readonly lost?: ((lost: Lost, delay: number | undefined) => unknown) | undefined;
  /** It is over: closed by the program, by a code that ends it, or after too many attempts. The last call. */
  readonly end?: ((lost: Lost) => unknown) | undefined;
  /** Where it is in its life, at each change. */
  readonly state?: ((state: ReconnectingState) => unknown) | undefined;
  /** What a handler threw, and text that is no JSON where `json` is given. Default: what a handler threw is reported to the console. */
  readonly error?: ((error: unknown) => void) | undefined;
  /** How long to wait before the next attempt. */
  readonly backoff?: BackoffOptions | undefined;
  /** So many failures in a row end it. Default: no bound. */
  readonly attempts?: number | undefined;
  /** Milliseconds a connection must last for the failures before it to be forgotten. Default 10,000. */
  readonly stable?: number | undefined;
  /** Milliseconds for one attempt, the function of the URL included. Default 10,000. */
  readonly connecting?: number | undefined;
  /**
   * Whether this end is the last. Default: a mistake of the program, such as a URL that is none; code 1000 and 1005, for which a peer means it, and 1002, 1003, 1007, 1008,
   * 1009 and 1010, for which it would be the same again; and an error whose `status` is a 4xx but for 408, 425 and 429,
   * of a refused handshake, where that is known, or of the function for the URL.
   */
  readonly endsWith?: ((lost: Lost) => boolean) | undefined;
  /** How much may wait for a connection. */
  readonly queue?: OutboxOptions | undefined;
  /**
   * A message of the program's own after `interval` milliseconds of silence, and a bound on the silence after that:
   * pages cannot send Pings. Default: none.
   */
  readonly heartbeat?:
    | { readonly interval: number; readonly timeout: number; readonly message: () => Message }
    | undefined;
  /** A property for every message of `sendJson`, such as a token; asked for when the message leaves. */
  readonly token?: { readonly property: string; readonly value: () => string | undefined } | undefined;
}

const HANDLERS = ['open', 'message', 'json', 'lost', 'end', 'state', 'error', 'endsWith'];
const OPTIONS: Readonly<Record<keyof ReconnectingOptions, true>> = {
  open: true,
  message: true,
  json: true,
  lost: true,
  end: true,
  state: true,
  error: true,
  backoff: true,
  attempts: true,
  stable: true,
  connecting: true,
  endsWith: true,
  queue: true,
  heartbeat: true,
  token: true,
};

/**
 * @param own - options of the runtime besides these.
 * @param instead - what there is instead of others.
 * @throws {UsageError} naming what is wrong with the options.
 */
export function checkReconnecting(
  options: ReconnectingOptions,
  own: Names,
  instead: ((name: string) => string | undefined) | undefined,
): void {
  checkNames(options, { ...OPTIONS, ...own }, instead);
  checkFunctions(options as Readonly<Record<string, unknown>>, HANDLERS);
  const { connecting, stable, attempts, backoff = {}, queue = {}, heartbeat, token } = options;
  const { first, most, factor } = backoff;
  const { messages, size, drop = 'newest' } = queue;
  checkDurations({ connecting, stable, first, most });
  checkNumbers({ attempts, factor }, 1);
  checkNumbers({ messages, size }, 0);
  if (drop !== 'newest' && drop !== 'oldest')
    throw new UsageError(`what a queue drops is newest or oldest, not ${drop}`);
  if (heartbeat !== undefined) {
    const { interval, timeout, message } = heartbeat;
    checkDurations({ interval, timeout });
    if (interval === undefined || timeout === undefined || typeof message !== 'function') {
      throw new UsageError('a heartbeat has an interval, a timeout and a function for its message');
    }
  }
  if (token !== undefined && (typeof token.property !== 'string' || typeof token.value !== 'function')) {
    throw new UsageError('a token has the name of its property, and a function for its value');
  }
}

function checkNumbers(given: Readonly<Record<string, number | undefined>>, least: number): void {
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || (typeof value === 'number' && value >= least)) continue;
    throw new UsageError(`the option "${name}" is a number from ${least}, not ${String(value)}`);
  }
}
