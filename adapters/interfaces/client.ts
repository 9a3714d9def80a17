/** A client's connection, from the URL to a promise of it, whatever the transport. */
import {
  type Deadlines,
  type FieldInit,
  type Fields,
  type Limits,
  type OpeningResponse,
  ProtocolError,
  UsageError,
} from '../../core/index.ts';
import type { Driver, Host } from '../driver.ts';
import { TransportError } from '../transport-error.ts';
import { type ExtensionOptions, extensionsOf } from './compression.ts';
import type { Handlers, WebSocketConnection } from './connection.ts';
import { headerPairs } from './header-pairs.ts';
import { checkOptions } from './option-checks.ts';
import { DIALLING } from './option-names.ts';
import { Session } from './session.ts';
import type { Target } from './websocket-url.ts';

/** What a client asks for, whatever its transport, and the handlers of its connection. */
export interface ClientOptions<Data = undefined> extends Handlers<Data>, ExtensionOptions {
  /** In the order of preference. Default: none. */
  readonly subprotocols?: readonly string[] | undefined;
  /** Fields to add to the request, such as Origin or Authorization. */
  readonly headers?: FieldInit | undefined;
  /** Cookies to send, by name (RFC 6265 §4.2.1); none are kept from responses. Not together with a Cookie field. */
  readonly cookies?: Readonly<Record<string, string>> | undefined;
  /** Bounds on what the peer can make us hold or do; what is not said keeps its default. */
  readonly limits?: Partial<Limits> | undefined;
  /** Durations in milliseconds after which the peer is given up, and between Pings; what is not said keeps its default. */
  readonly deadlines?: Partial<Deadlines> | undefined;
  /**
   * How many redirects to follow (RFC 6455 §4.1). Default 0: a redirect is refused like any other answer.
   *
   * To another origin go neither `headers`, `cookies` and the credentials of the URL, nor what was said of the place
   * to connect to and of TLS, but for `tls.ca`; `subprotocols` do. From wss to ws, and round in a circle, none goes.
   */
  readonly redirects?: number | undefined;
  /** Gives connecting up; without effect once the connection is open. */
  readonly signal?: AbortSignal | undefined;
  /** What the connection has as `data`. Default: `undefined`, so that a program whose `Data` is another gives it. */
  readonly data?: Data | undefined;
}

/** The options of a client, whatever the runtime. */
export const CLIENT_OPTIONS: Readonly<Record<keyof ClientOptions, true>> = {
  open: true,
  message: true,
  messages: true,
  ping: true,
  pong: true,
  drain: true,
  close: true,
  error: true,
  subprotocols: true,
  headers: true,
  cookies: true,
  compression: true,
  extensions: true,
  limits: true,
  deadlines: true,
  redirects: true,
  signal: true,
  data: true,
};
const NAMES = { ...CLIENT_OPTIONS, ...DIALLING };

/** The opening handshake failed: the server answered with another status, or broke a rule (see `cause`). */
export class HandshakeError extends Error {
  override readonly name = 'HandshakeError';
  /** The status of the response; `undefined` where there was none that could be read. */
  readonly status: number | undefined;
  /** The fields of the response, in order; text of the server. */
  readonly headers: Fields | undefined;
  /** As much of the body as the limit `responseBodyBytes` keeps. */
  readonly body: Uint8Array | undefined;

  constructor(
    message: string,
    response?: { readonly status: number | undefined } & Partial<Pick<OpeningResponse, 'fields' | 'body'>>,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.status = response?.status;
    this.headers = response?.fields;
    this.body = response?.body;
  }
}

/**
 * Opens a connection over the transport that `start` gives the driver, at once or as soon as it has one. Until then
 * `start` itself heeds the signal.
 *
 * @returns the connection; rejects with a `HandshakeError`, with a `TransportError`, with what `start` rejects with, or
 *   with the reason of the signal.
 */
export function open<Data>(
  target: Target,
  options: ClientOptions<Data>,
  host: Host,
  start: (driver: Driver) => void | Promise<void>,
): Promise<WebSocketConnection<Data>> {
  const { subprotocols, limits, deadlines, messages, signal } = options;
  return new Promise((resolve, reject) => {
    checkOptions(options, NAMES);
    signal?.throwIfAborted();
    let response: OpeningResponse | undefined;
    const fields = requestFields(target, options);
    const session = new Session<Data>(
      {
        role: 'client',
        request: { host: target.host, target: target.target, subprotocols, fields },
        limits,
        messages,
        deadlines,
        extensions: extensionsOf(options, host),
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
          else if (error !== undefined) reject(TransportError.of(error));
          else reject(new HandshakeError('the connection was given up before it was open'));
        },
      },
    );
    session.data = options.data;
    const abort = (): void => session.driver.connection.abort();
    const started = (): void => {
      if (signal?.aborted) abort();
      else signal?.addEventListener('abort', abort, { once: true });
    };
    const starting = start(session.driver);
    if (starting === undefined) started();
    else starting.then(started, reject);
  });
}

function requestFields(
  { authorization }: Target,
  { headers, cookies }: Pick<ClientOptions, 'headers' | 'cookies'>,
): [string, string][] {
  const fields = headerPairs(headers);
  const has = (wanted: string): boolean => fields.some(([name]) => name.toLowerCase() === wanted);
  if (authorization !== undefined && !has('authorization')) fields.push(['Authorization', authorization]);
  if (cookies === undefined) return fields;
  if (has('cookie')) throw new UsageError('cookies are given twice: as cookies and as a field');
  const list = Object.entries(cookies);
  for (const [name, value] of list) {
    // A value that is quoted or has a semicolon in it would be read as something else (RFC 6265 §4.1.1).
    if (!/^[!#$%&'*+.^`|~\w-]+$/.test(name) || !/^[!#-+\--:<-[\]-~]*$/.test(value)) {
      throw new UsageError('not a cookie: encode its value, with encodeURIComponent for instance');
    }
  }
  if (list.length > 0) fields.push(['Cookie', list.map(([name, value]) => `${name}=${value}`).join('; ')]);
  return fields;
}
