/** A client's connection, from the URL to a promise of it, whatever the transport. */
import {
  type Deadlines,
  type FieldInit,
  type Fields,
  type Limits,
  type OpeningResponse,
  ProtocolError,
} from '../../core/index.ts';
import type { Driver, Host } from '../driver.ts';
import type { Handlers, WebSocketConnection } from './connection.ts';
import { Session } from './session.ts';
import type { Target } from './websocket-url.ts';

export interface ClientOptions<Data = undefined> extends Handlers<Data> {
  /** In the order of preference. Default: none. */
  readonly subprotocols?: readonly string[] | undefined;
  /** Fields to add to the request, such as Cookie or Authorization. */
  readonly headers?: FieldInit | undefined;
  readonly limits?: Partial<Limits> | undefined;
  readonly deadlines?: Partial<Deadlines> | undefined;
  /** Gives connecting up; without effect once the connection is open. */
  readonly signal?: AbortSignal | undefined;
  /** What the connection has as `data`. */
  readonly data?: Data | undefined;
}

/** The opening handshake failed: the server answered with another status, or broke a rule (see `cause`). */
export class HandshakeError extends Error {
  override readonly name = 'HandshakeError';
  /** The status of the response; `undefined` where there was none that could be read. */
  readonly status: number | undefined;
  readonly headers: Fields | undefined;
  /** As much of the body as the limit `responseBodyBytes` keeps. */
  readonly body: Uint8Array | undefined;

  constructor(message: string, response?: OpeningResponse, options?: ErrorOptions) {
    super(message, options);
    this.status = response?.status;
    this.headers = response?.fields;
    this.body = response?.body;
  }
}

/**
 * Opens a connection over the transport that `start` gives the driver.
 *
 * @returns the connection; rejects with a `HandshakeError`, with the transport's own error, or with the reason of
 *   the signal.
 */
export function open<Data>(
  target: Target,
  options: ClientOptions<Data>,
  host: Host,
  start: (driver: Driver) => void,
): Promise<WebSocketConnection<Data>> {
  const { subprotocols, limits, deadlines, signal } = options;
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    let response: OpeningResponse | undefined;
    const fields = [...pairs(options.headers)];
    if (target.authorization !== undefined && !fields.some(([name]) => name.toLowerCase() === 'authorization')) {
      fields.push(['Authorization', target.authorization]);
    }
    const session = new Session<Data>(
      {
        role: 'client',
        request: { host: target.host, target: target.target, subprotocols, fields },
        limits,
        deadlines,
      },
      options,
      host,
      {
        refused: (refusal) => {
          response = refusal;
        },
        opened: (connection) => {
          signal?.removeEventListener('abort', abort);
          resolve(connection);
        },
        over: ({ error }) => {
          signal?.removeEventListener('abort', abort);
          if (signal?.aborted) reject(signal.reason);
          else if (response !== undefined)
            reject(new HandshakeError(`the server answered ${response.status}`, response));
          else if (error instanceof ProtocolError)
            reject(new HandshakeError(error.message, undefined, { cause: error }));
          else reject(error ?? new HandshakeError('the connection was given up before it was open'));
        },
      },
    );
    session.data = options.data;
    const abort = (): void => session.driver.connection.abort();
    start(session.driver);
    signal?.addEventListener('abort', abort, { once: true });
  });
}

const pairs = (init: FieldInit = []): Iterable<readonly [string, string]> =>
  Symbol.iterator in init ? (init as Iterable<readonly [string, string]>) : Object.entries(init);
