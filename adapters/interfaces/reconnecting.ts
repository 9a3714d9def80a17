/**
 * A client that connects again when its connection is lost, over whatever can be connected: it knows links, no
 * transport and no protocol.
 *
 * What was sent on a connection that was lost may or may not have arrived; only a program's own acknowledgement can
 * tell. What was never sent waits in a bounded queue.
 */
import { UsageError } from '../../core/index.ts';
import { backoff } from './backoff.ts';
import { callProgram } from './call-program.ts';
import { setTimer } from './durations.ts';
import type { Message } from './inbox.ts';
import { isLast } from './last-ends.ts';
import { nameOf } from './option-kinds.ts';
import type { Names } from './option-names.ts';
import { Outbox } from './outbox.ts';
import { checkReconnecting, type Lost, type ReconnectingOptions, type UrlSource } from './reconnecting-options.ts';
import { RECONNECTING, type ReconnectingEvent, type ReconnectingState } from './reconnecting-states.ts';

export type { Lost, ReconnectingOptions, UrlSource } from './reconnecting-options.ts';

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
  /** The options that it has besides those of every runtime, and what there is instead of others. */
  readonly own: Names;
  instead?(name: string): string | undefined;
  /** Tells of what nobody else listens to, such as what a handler threw. */
  report(error: unknown): void;
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

  /** @internal Begins to connect at once. @throws {UsageError} naming what is wrong with the options. */
  constructor(url: UrlSource, options: ReconnectingOptions, host: ReconnectingHost) {
    checkReconnecting(options, host.own, host.instead);
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

  /**
   * Sends a message, now or as soon as there is a connection; bytes that wait are copied.
   *
   * @throws {UsageError} for data of another type.
   */
  send(message: Message): 'sent' | 'queued' | 'dropped' {
    if (typeof message !== 'string' && !(message instanceof Uint8Array)) {
      throw new UsageError(`a message is a string or a Uint8Array, not ${nameOf(message)}`);
    }
    return this.#send(message, message.length);
  }

  /**
   * Sends an object as JSON, with the property of `token`, if any.
   *
   * @throws {UsageError} for what is no object.
   */
  sendJson(value: object): 'sent' | 'queued' | 'dropped' {
    const { token } = this.#options;
    if (typeof value !== 'object' || value === null || (token !== undefined && Array.isArray(value))) {
      throw new UsageError(`what is sent as JSON is an object, not ${nameOf(value)}`);
    }
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
    if (json === undefined || typeof message !== 'string') {
      this.#run(() => take?.(message));
      return;
    }
    let value: unknown;
    try {
      value = JSON.parse(message);
    } catch (error) {
      // The peer's fault: without a handler it is not reported, for no peer may fill a log.
      this.#run(() => this.#options.error?.(error));
      return;
    }
    this.#run(() => json(value));
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
    if (lost.error instanceof UsageError) this.#fail(lost.error); // the program's own, which nobody may be waiting for
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

  /** What a handler throws, now or later, is told, and changes nothing. */
  #run(call: () => unknown): void {
    callProgram(call, (error) => this.#fail(error));
  }

  #fail(error: unknown): void {
    const { error: tell } = this.#options;
    if (tell === undefined) this.#host.report(error);
    else callProgram(tell.bind(this.#options, error), this.#host.report);
  }
}
