/**
 * An open connection as a program talks to it: with handlers, or with `for await`.
 *
 * Handlers run one at a time and in order: while one that returned a promise is at work, messages wait, and
 * Pings are answered all the while. A program without a message handler finds its messages waiting, however
 * late it begins to read.
 */
import {
  CloseCode,
  type Closed,
  type Fields,
  type Open,
  type Payload,
  type Phase,
  type PreparedMessage,
  type Role,
  type SendOptions,
} from '../../core/index.ts';
import type { Observer } from '../trace.ts';
import { checkDurations, setTimer } from './durations.ts';
import type { Message } from './inbox.ts';
import type { MessageSource } from './message-source.ts';
import type { StreamedMessage } from './message-streams.ts';
import { type MessagePieces, type StreamOptions, sendStream } from './send-stream.ts';

/** What a program may want to hear. */
export interface Handlers<Data = undefined> {
  /**
   * How messages come: `'whole'`, to the `message` handler or `for await`, or in `'chunks'`, to `streams` alone, whatever
   * their size; lift the limits `messageBytes`, `frameBytes` and `fragments` for those. Default `'whole'`.
   */
  readonly messages?: 'whole' | 'chunks' | undefined;
  /** The opening handshake is done. If this returns a promise, the handler `message` waits for it; `for await` does not. */
  readonly open?: ((connection: WebSocketConnection<Data>) => unknown) | undefined;
  /** If this returns a promise, the next message waits for it. Without this handler, messages wait for `for await`. */
  readonly message?: ((connection: WebSocketConnection<Data>, message: Message) => unknown) | undefined;
  /** A Ping came; its Pong is on the way. */
  readonly ping?: ((connection: WebSocketConnection<Data>, payload: Uint8Array) => void) | undefined;
  /** A Pong came; `latency`, in milliseconds, where it answers a keepalive Ping. */
  readonly pong?:
    | ((connection: WebSocketConnection<Data>, payload: Uint8Array, latency: number | undefined) => void)
    | undefined;
  /** There is room again after `send` returned false. */
  readonly drain?: ((connection: WebSocketConnection<Data>) => void) | undefined;
  /** The connection is over, and every message before its end was handled. The last call. */
  readonly close?: ((connection: WebSocketConnection<Data>, closed: Closed) => void) | undefined;
  /**
   * The peer broke a rule (a `ProtocolError`), or a handler threw or rejected; then the connection closes with
   * 1011. Without this handler, the failure of a handler is reported to the process, which goes on.
   */
  readonly error?: ((connection: WebSocketConnection<Data>, error: unknown) => void) | undefined;
}

/** No message came in time; the connection goes on. */
export class ReceiveTimeout extends Error {
  override readonly name = 'ReceiveTimeout';

  constructor() {
    super('no message came in time');
  }
}

/** Bytes that may wait before `send` asks to stop. */
const HIGH_WATER_BYTES = 65_536;
const mayGoOn = (waiting: number): boolean => waiting >= 0 && waiting <= HIGH_WATER_BYTES;

/** An open connection, of a server or of a client. As a pair of web streams it is `WebSocketStream.from(connection)`. */
export class WebSocketConnection<Data = undefined> implements AsyncIterable<Message> {
  /**
   * What the program keeps with the connection: what `upgrade` accepted it with, or the option `data` of a client.
   * `undefined` where nothing gave any, whatever a program says its type is (`serve<User>({})`): best left to inference.
   */
  data: Data;
  /** The subprotocol agreed on, or `''`. */
  readonly subprotocol: string;
  /** The extensions agreed on, as they stand in the response, or `''`. */
  readonly extensions: string;
  /** The fields of the server's response; `undefined` at a server, whose `upgrade` sees those of the request. */
  readonly headers: Fields | undefined;
  readonly #source: MessageSource;
  #drains: (() => void)[] | undefined;
  /** Made when the program asks for `closed`: one field, since there are many connections. */
  #ending: { readonly closed: Promise<Closed>; readonly resolve?: (closed: Closed) => void } | undefined;

  /** @internal Made by servers and clients. */
  constructor(source: MessageSource, { subprotocol, extensions, fields }: Open, data: Data) {
    this.#source = source;
    this.subprotocol = subprotocol;
    this.extensions = extensions;
    // A server has many connections, and had the fields of each before: they would be the largest part of it.
    this.headers = this.role === 'client' ? fields : undefined;
    this.data = data;
  }

  /**
   * Resolves once the connection is over; it never rejects. Messages may still be on their way to the program:
   * the handler `close` and the end of `for await` come behind the last.
   */
  get closed(): Promise<Closed> {
    this.#source.awaitEnd();
    if (this.#ending === undefined) {
      let resolve!: (closed: Closed) => void;
      const closed = new Promise<Closed>((settle) => {
        resolve = settle;
      });
      this.#ending = { closed, resolve };
    }
    return this.#ending.closed;
  }

  /** Which endpoint we are. */
  get role(): Role {
    return this.#source.driver.connection.role;
  }

  /** The peer's address, or `''`. Valid after the end, too, for who has a handler, waited for a message or the end, or asked before. */
  get remoteAddress(): string {
    return this.#source.remote.address;
  }

  /** The peer's port, where the transport has one and no trusted proxy speaks for another client. Valid like `remoteAddress`. */
  get remotePort(): number | undefined {
    return this.#source.remote.port;
  }

  /** The state as the RFC names it. */
  get phase(): Phase {
    return this.#source.driver.connection.phase;
  }

  /** The state of the chart, such as `closing.closeSent`. */
  get state(): string {
    return this.#source.driver.connection.state;
  }

  /** Bytes sent and not yet taken by the network. */
  get bufferedAmount(): number {
    this.#source.driver.reportQueued();
    return this.#source.driver.connection.bufferedAmount;
  }

  /** Milliseconds the last answered keepalive Ping took. */
  get latency(): number | undefined {
    return this.#source.driver.connection.latency;
  }

  /**
   * Sends one message: a string as text, bytes as binary. Bytes are copied, unless `transfer` gives them away.
   *
   * @returns whether to go on: false where much waits to be written (see `drained`) or the connection is ending,
   *   when the message is dropped.
   * @throws {UsageError} for data of another type.
   */
  send(message: string | Payload, options?: SendOptions): boolean {
    return mayGoOn(this.#source.driver.connection.send(message, options));
  }

  /** Sends a message that was prepared for many connections. Otherwise like `send`. */
  sendPrepared(message: PreparedMessage): boolean {
    return mayGoOn(this.#source.driver.connection.sendPrepared(message));
  }

  /**
   * Sends one message piece by piece, as `source` yields them and the network takes them. Control frames may go out
   * meanwhile, other messages not. If the source fails, so does the connection, with 1011: half a message cannot be
   * taken back.
   *
   * @param options - where compression was agreed on, `compress: false` excludes the message; otherwise it is compressed,
   *   each piece for five bytes more, so that it leaves at once.
   * @returns whether all was sent, rather than abandoned because the connection is ending; rejects with what the
   *   source threw.
   * @throws {UsageError} (as a rejection) while another message is under way, or for pieces of another type.
   */
  sendStream(source: MessagePieces, options: StreamOptions = {}): Promise<boolean> {
    return sendStream(this.#source.driver.connection, source, options, this, this.#source.driver.copies);
  }

  /** Resolves once there is room to send again, or the connection is over. */
  drained(): Promise<void> {
    if (this.phase !== 'open' || this.bufferedAmount <= HIGH_WATER_BYTES) return Promise.resolve();
    return new Promise((resolve) => {
      this.#drains ??= [];
      this.#drains.push(resolve);
    });
  }

  /** @internal The transport has room, or is gone. */
  settleDrains(): void {
    const drains = this.#drains ?? [];
    this.#drains = undefined;
    for (const resolve of drains) resolve();
  }

  /** @internal The connection is over. */
  settleClosed(closed: Closed): void {
    this.settleDrains();
    this.#ending?.resolve?.(closed);
    this.#ending ??= { closed: Promise.resolve(closed) };
  }

  /** Sends a Ping with at most 125 bytes of payload; returns whether it was sent. */
  ping(payload?: string | Payload): boolean {
    return this.#source.driver.connection.ping(payload);
  }

  /** Sends a Pong nobody asked for, as a one-way sign of life (RFC 6455 §5.5.3); Pings are answered without it. Otherwise like `ping`. */
  pong(payload?: string | Payload): boolean {
    return this.#source.driver.connection.pong(payload);
  }

  /**
   * Starts the closing handshake; messages of the peer still arrive until its Close does.
   *
   * @param code - default 1000: the purpose is fulfilled. 1005, without a reason, sends a Close without a code.
   * @returns how the connection ended, once it has.
   * @throws {UsageError} for a code or reason that may not be sent.
   */
  close(code: number = 1000, reason: string = ''): Promise<Closed> {
    this.#source.driver.connection.close(code === CloseCode.noStatus && reason === '' ? undefined : code, reason);
    return this.closed;
  }

  /**
   * Shows `observer` every input, output and step of the lifecycle from now on, but no frames: it may begin in the
   * middle of one. What it is shown is to be read at once and not kept.
   *
   * @returns ends it.
   */
  observe(observer: Observer): () => void {
    return this.#source.driver.observe(observer);
  }

  /** Ends the transport at once, without a closing handshake. */
  terminate(): void {
    this.#source.driver.connection.abort();
  }

  /**
   * The next message, in order; `undefined` once the connection is over and none is left. For programs without a
   * message handler, which would take it.
   *
   * @param options.timeout - milliseconds to wait, at most. Neither this nor `signal` touches the connection or loses
   *   a message: the next call has it. Default: for ever.
   * @returns rejects with a `ReceiveTimeout`, with the reason of `signal`, or, with `messages: 'chunks'` or a message
   *   handler, with a `UsageError`.
   */
  receive(
    options: { readonly timeout?: number | undefined; readonly signal?: AbortSignal | undefined } = {},
  ): Promise<Message | undefined> {
    const { timeout = Infinity, signal } = options;
    const { host } = this.#source.driver;
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      checkDurations({ timeout });
      let timer: unknown;
      const over = (): void => {
        if (timer !== undefined) host.clearTimer(timer);
        signal?.removeEventListener('abort', onAbort);
      };
      const reader = ({ value }: IteratorResult<Message, undefined>): void => {
        over();
        resolve(value);
      };
      const giveUp = (reason: unknown): void => {
        over();
        this.#source.leave(reader);
        reject(reason);
      };
      const onAbort = (): void => giveUp(signal?.reason);
      signal?.addEventListener('abort', onAbort);
      timer = setTimer(host, () => giveUp(new ReceiveTimeout()), timeout);
      this.#source.read(reader);
    });
  }

  /**
   * The messages as they arrive, with the option `messages: 'chunks'`: `for await (const message of c.streams())`, and
   * in it `for await (const chunk of message)`. The peer is held back while nothing is taken.
   *
   * @throws {UsageError} where messages come whole.
   */
  streams(): AsyncGenerator<StreamedMessage, undefined, undefined> {
    return this.#source.streams();
  }

  /**
   * The messages, in order, until the connection is over; leaving the loop closes nothing.
   *
   * @throws {UsageError} (as a rejection) with the option `messages: 'chunks'`, and with a message handler, which takes them.
   */
  [Symbol.asyncIterator](): AsyncIterator<Message, undefined> {
    return {
      next: () => new Promise((resolve) => this.#source.read(resolve, true)),
      return: async () => {
        this.#source.done();
        return { done: true, value: undefined };
      },
    };
  }
}
