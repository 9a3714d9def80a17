/**
 * A client that connects again when its connection is lost, over whatever can be connected: it knows links, no
 * transport and no protocol.
 *
 * What was sent on a connection that was lost may or may not have arrived; only a program's own acknowledgement can
 * tell. What was never sent waits in a bounded queue.
 */
import { type BackoffOptions, backoff } from './backoff.ts';
import { checkDurations, setTimer } from './durations.ts';
import type { Message } from './inbox.ts';
import { isLast } from './last-ends.ts';
import { Outbox, type OutboxOptions } from './outbox.ts';
import { RECONNECTING, type ReconnectingEvent, type ReconnectingState } from './reconnecting-states.ts';

/** How a connection was lost, or an attempt failed. */
export interface Lost {
  /** The peer's Close code; 1006 where there was none, and for an attempt that failed. */
  readonly code: number;
  readonly reason: string;
  /** What failed, where that is known. Browsers do not tell. */
  readonly error: unknown;
}

/** One connection, as this client needs it. */
export interface Link {
  /** @returns whether it was taken; not so where the connection is ending already. */
  send(message: Message): boolean;
  /** Ends it, also one that is not open yet; `closed` follows, or not: whoever calls this may no longer listen. */
  close(code?: number, reason?: string): void;
}

/** What a link tells; `closed` once and last. */
export interface LinkEvents {
  opened(): void;
  message(message: Message): void;
  closed(lost: Lost): void;
}

/** What a runtime lends. */
export interface ReconnectingHost {
  /** Begins to connect. */
  open(url: string, events: LinkEvents): Link;
  now(): number;
  setTimer(expire: () => void, milliseconds: number): unknown;
  clearTimer(timer: unknown): void;
  /** A number from 0 to 1. */
  random(): number;
  /** Tells of the surroundings, until what it returns is called; where there are none to speak of, it is missing. */
  watch?(tell: (news: 'online' | 'offline' | 'visible' | 'hidden' | 'left' | 'returned') => void): () => void;
}

/**
 * Where to connect, or a function that is asked for it at each attempt. If that throws or rejects, the attempt has failed
 * like any other: an error with a `status` of 4xx, such as that of a token that was refused, is the last by default.
 */
export type UrlSource = string | URL | (() => string | URL | Promise<string | URL>);

/** Handlers and options of a client that comes back. */
export interface ReconnectingOptions {
  /** The connection is open; `attempt` is 1 where it is the first since one was. Messages that waited are sent. */
  readonly open?: ((attempt: number) => void) | undefined;
  /** A message came; with `json`, a binary one. */
  readonly message?: ((message: Message) => void) | undefined;
  /** A text message as the JSON it is; with this, `message` gets binary ones only, and `error` what is no JSON. */
  readonly json?: ((value: unknown) => void) | undefined;
  /** The connection was lost, or an attempt failed; `delay` milliseconds until the next, `undefined` for none. */
  readonly lost?: ((lost: Lost, delay: number | undefined) => void) | undefined;
  /** It is over: closed by the program, by a code that ends it, or after too many attempts. The last call. */
  readonly end?: ((lost: Lost) => void) | undefined;
  /** Where it is in its life, at each change. */
  readonly state?: ((state: ReconnectingState) => void) | undefined;
  /** What a handler threw, and text that is no JSON where `json` is given. Default: nobody is told. */
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
   * Whether this end is the last. Default: code 1000 and 1005, for which a peer means it, and 1002, 1003, 1007, 1008,
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

/** A client that comes back; made by `reconnecting`. */
export class ReconnectingClient {
  readonly #url: UrlSource;
  readonly #options: ReconnectingOptions;
  readonly #host: ReconnectingHost;
  readonly #outbox: Outbox;
  readonly #unwatch: (() => void) | undefined;
  #state: ReconnectingState = 'connecting';
  #link: Link | undefined;
  /** The attempt whose link may speak: what an earlier one says is not heard. */
  #attempt: object = {};
  #failures = 0;
  #openedAt: number | undefined;
  #timer: unknown;
  #offline = false;
  #left = false;

  /** @internal Begins to connect at once. @throws {UsageError} for a duration that timers cannot hold; `Infinity` is never. */
  constructor(url: UrlSource, options: ReconnectingOptions, host: ReconnectingHost) {
    const { connecting, stable, backoff: { first, most } = {}, heartbeat: { interval, timeout } = {} } = options;
    checkDurations({ connecting, stable, first, most, interval, timeout });
    this.#url = url;
    this.#options = options;
    this.#host = host;
    this.#outbox = new Outbox(options.queue);
    this.#unwatch = host.watch?.((news) => this.#hear(news));
    this.#connect();
  }

  /** Where it is in its life; the handler `state` is told of each change. */
  get state(): ReconnectingState {
    return this.#state;
  }

  /** Messages that wait for a connection. */
  get queued(): number {
    return this.#outbox.length;
  }

  /** Sends a message, now or as soon as there is a connection. */
  send(message: Message): 'sent' | 'queued' | 'dropped' {
    return this.#send(message, message.length);
  }

  /** Sends an object as JSON, with the property of `token`, if any. */
  sendJson(value: object): 'sent' | 'queued' | 'dropped' {
    const { token } = this.#options;
    if (token === undefined) return this.send(JSON.stringify(value));
    const make = (): string => JSON.stringify({ ...value, [token.property]: token.value() });
    return this.#send(make, JSON.stringify(value).length);
  }

  /** Tries again at once, where it waits to. */
  retry(): void {
    if (this.#step('due')) this.#connect();
  }

  /** Closes for good; what waits is dropped. */
  close(code: number = 1000, reason: string = ''): void {
    const link = this.#link;
    if (!this.#step('closeRequested')) return;
    this.#outbox.take();
    if (link !== undefined) {
      link.close(code, reason);
      return;
    }
    this.#attempt = {}; // its URL may still be on the way
    this.#step('finished');
    this.#end({ code: 1006, reason: '', error: undefined });
  }

  #send(message: Message | (() => Message), size: number): 'sent' | 'queued' | 'dropped' {
    if (this.#state === 'open' && this.#link?.send(typeof message === 'function' ? message() : message)) return 'sent';
    if (this.#state === 'closing' || this.#state === 'ended') return 'dropped';
    return this.#outbox.push(message, size) ? 'queued' : 'dropped';
  }

  #connect(): void {
    const attempt = {};
    this.#attempt = attempt;
    this.#link = undefined;
    const isCurrent = (): boolean => this.#attempt === attempt;
    const failed = (error: unknown): void => {
      if (isCurrent()) this.#lose({ code: 1006, reason: '', error });
    };
    const events: LinkEvents = {
      opened: () => isCurrent() && this.#opened(),
      message: (message) => isCurrent() && this.#receive(message),
      closed: (lost) => isCurrent() && this.#lose(lost),
    };
    this.#setTimer(() => failed(new Error('connecting took too long')), this.#options.connecting ?? 10_000);
    const begin = (url: string | URL): void => {
      if (isCurrent()) this.#link = this.#host.open(String(url), events);
    };
    // A function may fail like a server, and is asked again like one.
    const url = this.#url;
    Promise.resolve()
      .then(() => (typeof url === 'function' ? url() : url))
      .then(begin)
      .catch(failed);
  }

  #opened(): void {
    if (!this.#step('opened')) return;
    this.#openedAt = this.#host.now();
    this.#run(() => this.#options.open?.(this.#failures + 1));
    for (const message of this.#outbox.take()) this.#run(() => this.#send(message, 0));
    this.#beat();
  }

  #receive(message: Message): void {
    this.#beat();
    const { json, message: take } = this.#options;
    this.#run(() => {
      if (json !== undefined && typeof message === 'string') json(JSON.parse(message));
      else take?.(message);
    });
  }

  /** The connection is gone, or given up. */
  #lose(lost: Lost): void {
    const { attempts = Infinity, stable = 10_000, endsWith = isLast } = this.#options;
    const link = this.#link;
    this.#attempt = {};
    this.#link = undefined;
    link?.close(); // one that was given up is still there
    if (this.#openedAt !== undefined && this.#host.now() - this.#openedAt >= stable) this.#failures = 0;
    this.#openedAt = undefined;
    this.#failures += 1;
    if (this.#state === 'closing' || (!this.#left && (this.#failures >= attempts || endsWith(lost)))) {
      this.#run(() => this.#options.lost?.(lost, undefined));
      if (this.#step('finished')) this.#end(lost);
      return;
    }
    if (!this.#step('lost')) return;
    const delay = backoff(this.#failures, this.#host.random(), this.#options.backoff);
    this.#setTimer(() => this.retry(), delay);
    this.#run(() => this.#options.lost?.(lost, delay));
    if (this.#offline || this.#left) this.#step('wentOffline');
  }

  #end(lost: Lost): void {
    this.#unwatch?.();
    this.#run(() => this.#options.end?.(lost));
  }

  #hear(news: 'online' | 'offline' | 'visible' | 'hidden' | 'left' | 'returned'): void {
    if (news === 'offline' || news === 'online') this.#offline = news === 'offline';
    if (news === 'left' || news === 'returned') this.#left = news === 'left';
    if (news === 'offline') this.#step('wentOffline');
    else if (news === 'left') {
      this.#link?.close(1000, 'the page was left');
      if (this.#state === 'connecting' || this.#state === 'open')
        this.#lose({ code: 1006, reason: '', error: undefined });
      else this.#step('wentOffline');
    } else if (this.#offline || this.#left || news === 'hidden') return;
    else if (this.#state === 'open')
      this.#probe(); // it may have died while nobody looked
    else this.retry();
  }

  /** The peer was heard: the next heartbeat is due after an interval of silence. */
  #beat(): void {
    const { heartbeat } = this.#options;
    if (this.#state === 'open') this.#setTimer(heartbeat && (() => this.#probe()), heartbeat?.interval ?? 0);
  }

  #probe(): void {
    const { heartbeat } = this.#options;
    if (heartbeat === undefined) return;
    const silent = (): void => this.#lose({ code: 1006, reason: '', error: new Error('the peer is silent') });
    this.#setTimer(silent, heartbeat.timeout);
    this.#run(() => this.#send(heartbeat.message(), 0));
  }

  /** Takes one step; every state begins without a timer. */
  #step(event: ReconnectingEvent): boolean {
    const next = RECONNECTING[this.#state][event];
    if (next === undefined) return false;
    this.#state = next;
    this.#setTimer(undefined, 0);
    this.#run(() => this.#options.state?.(next));
    return this.#state === next;
  }

  #setTimer(expire: (() => void) | undefined, milliseconds: number): void {
    if (this.#timer !== undefined) this.#host.clearTimer(this.#timer);
    this.#timer = expire && setTimer(this.#host, expire, milliseconds);
  }

  /** What a handler throws is told, and changes nothing. */
  #run(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#options.error?.(error);
    }
  }
}
