/**
 * A connection whose platform has framed the messages already, such as a Worker's `WebSocketPair`.
 *
 * What a platform does not let through is not in the type: Pings and Pongs, what waits to be written, an end without a
 * Close. Handlers run one at a time and in order, as everywhere.
 */
import { CloseCode, mayBeSent, type Payload, UsageError } from '../../core/index.ts';
import { callProgram } from './call-program.ts';
import { Inbox, type Message } from './inbox.ts';

/** As much of a platform's WebSocket as is needed. */
export interface PlatformSocket {
  send(data: string | Payload): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: string, listener: (event: PlatformEvent) => void): void;
}

/** What the events `message` and `close` have; `error` needs none of it. */
interface PlatformEvent {
  /** Bytes as an ArrayBuffer: whoever accepted the socket has asked for it. */
  readonly data?: unknown;
  readonly code?: number;
  readonly reason?: string;
  readonly wasClean?: boolean;
}

/** How a platform says that a connection ended. */
export interface PlatformClosed {
  /** The peer's Close code; 1005 where it sent none, 1006 where it sent no Close. */
  readonly code: number;
  /** The peer's Close reason. Text of the peer. */
  readonly reason: string;
  /** Whether both Closes passed, as far as the platform tells. */
  readonly clean: boolean;
}

/** What a program may want to hear; see `Handlers` for what it may expect. */
export interface PlatformHandlers<Data = undefined> {
  /** The connection is there. If this returns a promise, messages wait for it. */
  readonly open?: ((connection: PlatformConnection<Data>) => unknown) | undefined;
  /** If this returns a promise, the next message waits for it. Without this handler, messages wait for `for await`. */
  readonly message?: ((connection: PlatformConnection<Data>, message: Message) => unknown) | undefined;
  /** The connection is over, and every message before its end was handled. The last call. */
  readonly close?: ((connection: PlatformConnection<Data>, closed: PlatformClosed) => unknown) | undefined;
  /** A handler threw or rejected; the connection closes with 1011. Without this handler, it is reported. */
  readonly error?: ((connection: PlatformConnection<Data>, error: unknown) => unknown) | undefined;
}

/** What is known of a connection when it begins. */
export interface PlatformFacts<Data> {
  readonly subprotocol: string;
  readonly remoteAddress: string;
  readonly data: Data;
  report(error: unknown): void;
}

/** A platform cannot be told to stop reading: characters and bytes that may wait for a program before it is given up. */
const MOST_WAITING = 16_777_216;

/** An open connection as a program talks to it, over a WebSocket of the platform. */
export class PlatformConnection<Data = undefined> implements AsyncIterable<Message> {
  /** What the program keeps with the connection. */
  data: Data;
  /** The subprotocol agreed on, or `''`. */
  readonly subprotocol: string;
  /** The peer's address, where the platform tells it; `''` otherwise. */
  readonly remoteAddress: string;
  /** Resolves once the connection is over; it never rejects. */
  readonly closed: Promise<PlatformClosed>;
  readonly #socket: PlatformSocket;
  readonly #handlers: PlatformHandlers<Data>;
  readonly #report: (error: unknown) => void;
  readonly #inbox: Inbox;
  #phase: 'open' | 'closing' | 'closed' = 'open';
  #behind = 0;
  #holdsBack = false;
  #resolveClosed: (closed: PlatformClosed) => void = () => {};

  /** @internal Made by servers, of a socket that is open and has delivered nothing yet. */
  constructor(socket: PlatformSocket, handlers: PlatformHandlers<Data>, facts: PlatformFacts<Data>) {
    this.#socket = socket;
    this.#handlers = handlers;
    this.#report = facts.report;
    this.subprotocol = facts.subprotocol;
    this.remoteAddress = facts.remoteAddress;
    this.data = facts.data;
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    const { message } = handlers;
    this.#inbox = new Inbox(
      { pause: () => this.#holdBack(true), resume: () => this.#holdBack(false) },
      message && ((data) => this.#run(() => message.call(handlers, this, data))),
    );
    socket.addEventListener('message', ({ data }) => this.#received(data));
    socket.addEventListener('close', (event) => this.#end(event));
    socket.addEventListener('error', () => this.#end({}));
    this.#inbox.hold(this.#run(handlers.open?.bind(handlers, this)));
  }

  get phase(): 'open' | 'closing' | 'closed' {
    return this.#phase;
  }

  /**
   * Sends one message: a string as text, bytes as binary. Bytes are copied.
   *
   * @returns whether it was sent, rather than dropped because the connection is ending.
   */
  send(message: string | Payload): boolean {
    if (this.#phase !== 'open') return false;
    this.#socket.send(message);
    return true;
  }

  /**
   * Starts the closing handshake; messages of the peer still arrive until its Close does.
   *
   * @param code - default 1000: the purpose is fulfilled. 1005, without a reason, sends a Close without a code.
   * @returns how the connection ended, once it has.
   * @throws {UsageError} for a code or reason that may not be sent.
   */
  close(code: number = 1000, reason: string = ''): Promise<PlatformClosed> {
    const none = code === CloseCode.noStatus && reason === '';
    if (!none && !mayBeSent(code)) throw new UsageError(`the Close code ${code} may not be sent`);
    if (new TextEncoder().encode(reason).length > 123) throw new UsageError('a close reason has at most 123 bytes');
    if (this.#phase === 'open') {
      this.#phase = 'closing';
      if (none) this.#socket.close();
      else this.#socket.close(code, reason);
    }
    return this.closed;
  }

  /** The next message, in order; `undefined` once the connection is over and none is left. */
  receive(): Promise<Message | undefined> {
    return new Promise((resolve) => this.#inbox.read(({ value }) => resolve(value)));
  }

  /** The messages, in order, until the connection is over; leaving the loop closes nothing. */
  [Symbol.asyncIterator](): AsyncIterator<Message, undefined> {
    return { next: () => new Promise((resolve) => this.#inbox.read(resolve)) };
  }

  #received(data: unknown): void {
    if (this.#phase === 'closed') return;
    const message = typeof data === 'string' ? data : new Uint8Array(data as ArrayBuffer); // see PlatformEvent
    this.#inbox.push(message);
    if (!this.#holdsBack) return;
    this.#behind += message.length;
    if (this.#behind > MOST_WAITING) void this.close(1008, 'messages come faster than they are taken');
  }

  /** What comes while the program takes nothing is counted, since nothing can hold it back. */
  #holdBack(on: boolean): void {
    this.#holdsBack = on;
    this.#behind = 0;
  }

  #end({ code = 1006, reason = '', wasClean = false }: PlatformEvent): void {
    if (this.#phase === 'closed') return;
    const answers = this.#phase === 'open' && code !== 1006;
    this.#phase = 'closed';
    if (answers) this.#reply(code);
    // Some platforms give a reason of their own where the peer sent none.
    const closed = { code, reason: code === 1006 ? '' : reason, clean: wasClean };
    this.#resolveClosed(closed); // not behind the handlers: one of them may be waiting for it
    this.#inbox.end(() => void this.#run(this.#handlers.close?.bind(this.#handlers, this, closed)));
  }

  /** Some platforms answer a Close themselves, and take ours for a mistake then. */
  #reply(code: number): void {
    try {
      this.#socket.close(code === CloseCode.noStatus ? undefined : code);
    } catch {
      // it is closed already
    }
  }

  /** Runs a handler, if there is one; a promise it returns is given back as one that never rejects. */
  #run(handler: (() => unknown) | undefined): Promise<unknown> | undefined {
    return callProgram(handler, (error) => this.#failed(error));
  }

  #failed(error: unknown): void {
    const { error: tell } = this.#handlers;
    if (tell === undefined) this.#report(error);
    else callProgram(tell.bind(this.#handlers, this, error), this.#report);
    if (this.#phase === 'open') void this.close(1011, 'a handler failed');
  }
}
