/** The class `WebSocketStream` of the WebSockets Standard's draft, for clients, and for connections of a server. */
import type { WebSocketConnection } from './connection.ts';
import { type ClosedInfo, ConnectionStreams } from './connection-streams.ts';
import type { Message } from './inbox.ts';
import { connectAsPage, type PageOptions, type Surroundings } from './page-client.ts';
import { defineInterface, demandArguments, toDictionary, toSequence, toUSVString } from './webidl.ts';
import { receivedError, toCloseInfo, type WebSocketCloseInfo } from './websocket-error.ts';
import { checkSubprotocols, urlRecord } from './whatwg-rules.ts';

/** What `opened` resolves to. */
export interface WebSocketOpenInfo {
  /** The messages of the peer, text as strings; it is held back while nothing is read. */
  readonly readable: ReadableStream<Message>;
  /** Sends a message for each chunk; a write is done once there is room for more. */
  readonly writable: WritableStream<string | ArrayBuffer | ArrayBufferView>;
  /** The extensions agreed on, or `''`. */
  readonly extensions: string;
  /** The subprotocol agreed on, or `''`. */
  readonly protocol: string;
}

export interface WebSocketStream {
  /** With scheme ws or wss; `''` for a connection of a server. */
  readonly url: string;
  /** Rejects with a `WebSocketError`, whose `cause` says why, or with the reason of the signal. */
  readonly opened: Promise<WebSocketOpenInfo>;
  /** How the peer closed; rejects where the end was not clean. */
  readonly closed: Promise<ClosedInfo>;
  /**
   * Starts the closing handshake, or gives the opening one up.
   *
   * @throws {DOMException} `InvalidAccessError` or `SyntaxError` for a code or a reason that may not be sent.
   */
  close(closeInfo?: WebSocketCloseInfo): void;
}

/** The options of the Standard, and those of a client that no browser has. */
export type WebSocketStreamOptions<Options> = PageOptions<Options> & {
  /** The subprotocols offered, in order of preference. Default: none. */
  readonly protocols?: Iterable<string> | undefined;
};

export interface WebSocketStreamConstructor<Options> {
  readonly prototype: WebSocketStream;
  /** @throws {DOMException} `SyntaxError` for a URL or a subprotocol that is none. */
  new (url: string | URL, options?: WebSocketStreamOptions<Options>): WebSocketStream;
  /** The streams of an open connection, whose messages nothing else may read: no handler `message`, no `for await`. */
  from<Data>(connection: WebSocketConnection<Data>): WebSocketStream;
}

/** Makes the class for a runtime; `Options` is what its second argument takes besides those of the Standard. */
export function createWebSocketStreamClass<Options>(
  surroundings: Surroundings<Options>,
): WebSocketStreamConstructor<Options> {
  class WebSocketStream {
    readonly #url: string;
    readonly #opened: Promise<WebSocketOpenInfo>;
    readonly #closed: Promise<ClosedInfo>;
    #streams: ConnectionStreams | undefined;
    #giveUp: () => void = () => {};

    constructor(...given: readonly [url: string | URL | Open, options?: WebSocketStreamOptions<Options>]) {
      demandArguments(given.length, 1, 'WebSocketStream');
      const [url, options] = given;
      const open = settled<WebSocketOpenInfo>();
      const closed = settled<ClosedInfo>();
      this.#opened = open.promise;
      this.#closed = closed.promise;
      const use = (connection: WebSocketConnection<unknown>): void => {
        const streams = new ConnectionStreams(connection);
        this.#streams = streams;
        streams.closed.then(closed.resolve, closed.reject);
        const { readable, writable } = streams;
        open.resolve({ readable, writable, extensions: connection.extensions, protocol: connection.subprotocol });
      };
      if (url instanceof Open) {
        this.#url = '';
        use(url.connection);
        return;
      }
      const address = toUSVString(url);
      const { protocols, signal } = toDictionary<'protocols' | 'signal'>(options, 'options');
      const subprotocols = protocols === undefined ? [] : toSequence(protocols, toUSVString, 'protocols');
      if (signal !== undefined && !(signal instanceof AbortSignal)) throw new TypeError('signal is no AbortSignal');
      const record = urlRecord(address);
      checkSubprotocols(subprotocols);
      this.#url = record.href;
      this.#giveUp = connectAsPage(
        surroundings,
        record,
        subprotocols,
        options && { ...options, protocols: undefined },
        {
          open: (connection) => use(connection),
          ended: (ending, opened) => {
            if (opened) return;
            const error = signal?.aborted === true ? signal.reason : refusal(ending.error);
            open.reject(error);
            closed.reject(error);
          },
        },
      );
    }

    static from(connection: WebSocketConnection<unknown>): WebSocketStream {
      return new WebSocketStream(new Open(connection));
    }

    get url(): string {
      return this.#url;
    }

    get opened(): Promise<WebSocketOpenInfo> {
      return this.#opened;
    }

    get closed(): Promise<ClosedInfo> {
      return this.#closed;
    }

    close(closeInfo: WebSocketCloseInfo | undefined = undefined): void {
      const streams = this.#streams;
      const { code, reason } = toCloseInfo(closeInfo);
      if (streams === undefined) this.#giveUp();
      else streams.close(code, reason);
    }
  }
  defineInterface(WebSocketStream, { new: 1, close: 0 });
  return WebSocketStream as WebSocketStreamConstructor<Options>; // `Open` is our own: nobody else has one
}

/** What the constructor takes for a connection that is open. */
class Open {
  readonly connection: WebSocketConnection<unknown>;

  constructor(connection: WebSocketConnection<unknown>) {
    this.connection = connection;
  }
}

function refusal(cause: unknown): Error {
  const error = receivedError('the connection could not be opened', { closeCode: 1006, reason: '' });
  Object.defineProperty(error, 'cause', { value: cause, configurable: true });
  return error;
}

interface Settled<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
}

/** A promise that need not be watched. */
function settled<T>(): Settled<T> {
  let resolve: (value: T) => void = () => {};
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<T>((...settle) => {
    [resolve, reject] = settle;
  });
  promise.catch(() => {});
  return { promise, resolve, reject };
}
