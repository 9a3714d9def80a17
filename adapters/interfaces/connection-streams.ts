/**
 * An open connection as a pair of streams (WebSockets Standard, WebSocketStream).
 *
 * Whoever does not read holds the peer back, as far as the inbox of the connection goes; a write is done once there
 * is room for the next. The end comes behind every message that came before it.
 */
import type { Closed } from '../../core/index.ts';
import type { WebSocketConnection } from './connection.ts';
import type { Message } from './inbox.ts';
import { toBufferSource, toUSVString } from './webidl.ts';
import { receivedError, WebSocketError } from './websocket-error.ts';
import { checkClose } from './whatwg-rules.ts';

/** How a connection was closed by the peer. */
export interface ClosedInfo {
  readonly closeCode: number;
  readonly reason: string;
}

export class ConnectionStreams<Data = unknown> {
  readonly readable: ReadableStream<Message>;
  readonly writable: WritableStream<string | ArrayBuffer | ArrayBufferView>;
  /** Rejects with a `WebSocketError` where the end was not clean. */
  readonly closed: Promise<ClosedInfo>;
  readonly #connection: WebSocketConnection<Data>;
  #reading: ReadableStreamDefaultController<Message> | undefined;
  /** The read that is under way. */
  #pulling: Promise<void> | undefined;
  /** Whether messages are dropped: we have begun to close. */
  #discards = false;
  /** Whether the peer closed before the network had taken a message of ours. */
  #lost = false;

  constructor(connection: WebSocketConnection<Data>) {
    this.#connection = connection;
    this.readable = new ReadableStream<Message>({
      start: (controller) => {
        this.#reading = controller;
      },
      pull: () => this.#pull(),
      cancel: (reason) => {
        this.#reading = undefined;
        this.#closeFor(reason);
      },
    });
    let writing: WritableStreamDefaultController | undefined;
    this.writable = new WritableStream({
      start: (controller) => {
        writing = controller;
      },
      write: (chunk) => this.#write(chunk),
      close: () => this.#finish(),
      abort: (reason) => this.#closeFor(reason),
    });
    this.closed = connection.closed.then(async (closed) => {
      await this.#pulling; // which ends the readable, unless messages wait for it
      const failure = this.#failureOf(closed);
      writing?.error(failure ?? new DOMException('the connection is closed', 'InvalidStateError'));
      if (failure !== undefined) throw failure;
      return { closeCode: closed.code, reason: closed.reason };
    });
    this.closed.catch(() => {}); // nobody has to watch it
  }

  /** Starts the closing handshake; messages that come now are dropped. */
  close(code: number | undefined, reason: string): void {
    void this.#connection.close(code ?? 1005, reason);
    this.#discards = true;
    void this.#pull(); // the peer's Close may stand behind messages that nobody reads
  }

  #pull(): Promise<void> {
    this.#pulling ??= this.#read().finally(() => {
      this.#pulling = undefined;
    });
    return this.#pulling;
  }

  async #read(): Promise<void> {
    for (;;) {
      const value = await this.#connection.receive();
      if (value === undefined) {
        this.#endReadable(await this.#connection.closed);
        return;
      }
      if (this.#discards) continue;
      this.#reading?.enqueue(value);
      return;
    }
  }

  #endReadable(closed: Closed): void {
    const failure = this.#failureOf(closed);
    if (failure === undefined) this.#reading?.close();
    else this.#reading?.error(failure);
    this.#reading = undefined;
  }

  async #write(chunk: unknown): Promise<void> {
    const connection = this.#connection;
    const wasOpen = connection.phase === 'open';
    const goOn = connection.send(toBufferSource(chunk) ?? toUSVString(chunk));
    if (wasOpen && goOn) return;
    if (wasOpen) await connection.drained();
    if (connection.phase === 'open' || this.#discards) return;
    // A peer need not read what comes behind its Close (RFC 6455 §5.5.1).
    this.#lost = true;
    throw this.#failureOf(await connection.closed);
  }

  async #finish(): Promise<void> {
    this.close(undefined, '');
    const failure = this.#failureOf(await this.#connection.closed);
    if (failure !== undefined) throw failure;
  }

  #failureOf(closed: Closed): WebSocketError | undefined {
    return closed.clean && !this.#lost ? undefined : failureOf(closed);
  }

  /** Only a WebSocketError says what to close with. */
  #closeFor(reason: unknown): void {
    if (!(reason instanceof WebSocketError)) {
      this.close(undefined, '');
      return;
    }
    try {
      this.close(checkClose(reason.closeCode ?? undefined, reason.reason), reason.reason);
    } catch {
      this.close(undefined, ''); // an error that was received may have a code that may not be sent
    }
  }
}

/** One error for every end of the same connection: both streams and `closed` have it. */
function failureOf(closed: Closed): WebSocketError {
  let failure = FAILURES.get(closed);
  if (failure === undefined) {
    failure = receivedError('the connection failed', { closeCode: closed.code, reason: closed.reason });
    Object.defineProperty(failure, 'cause', { value: closed.error, configurable: true });
    FAILURES.set(closed, failure);
  }
  return failure;
}

const FAILURES: WeakMap<Closed, WebSocketError> = new WeakMap();
