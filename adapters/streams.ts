/** sansocket over any pair of web streams of bytes: a `ReadableStream` to read, a `WritableStream` to write. */
import { surroundingsOf } from './connecting.ts';
import { type ClientOptions, open } from './interfaces/client.ts';
import type { WebSocketConnection } from './interfaces/connection.ts';
import { type Refused, refuse, transportsFrom } from './interfaces/option-names.ts';
import { following } from './interfaces/redirects.ts';
import { type Ended, WebSocketServer, type WebSocketServerOptions } from './interfaces/server.ts';
import { createWebSocketClass } from './interfaces/websocket.ts';
import { createWebSocketStreamClass, type WebSocketStreamConstructor } from './interfaces/websocket-stream.ts';
import type { WebSocketConstructor } from './interfaces/websocket-types.ts';
import { parseTarget } from './interfaces/websocket-url.ts';
import type { Remote } from './listener.ts';
import { driveAsync } from './runtimes/async-bytes.ts';
import { webHost } from './runtimes/web-host.ts';
import { type StreamPair, streamBytes } from './runtimes/web-streams.ts';

export * from './classes.ts';
export * from './everywhere.ts';
export type { ReadableBytes, StreamPair, WritableBytes } from './runtimes/web-streams.ts';

/** A server of connections whose streams others bring. */
export interface StreamServer<Data = undefined> {
  /** The connections that are open. */
  readonly connections: ReadonlySet<WebSocketConnection<Data>>;
  /** Serves one more pair of streams; resolves once it is over, and never rejects. */
  accept(streams: StreamPair, remote?: Partial<Remote>): Promise<void>;
  /** Ends every connection with `code`, default 1001; what has not ended after `grace` milliseconds is cut off. */
  close(options?: { readonly code?: number; readonly reason?: string; readonly grace?: number }): Promise<Ended>;
}

const REFUSED: Refused = {
  ...transportsFrom('others bring the streams'),
  inspect: '`connection.observe` shows what it would',
};

/**
 * Serves the pairs of streams that `accept` is given.
 *
 * @throws {UsageError} for options that no connection can have, or that say where to listen.
 */
export function serve<Data = undefined>(options: WebSocketServerOptions<Data> = {}): StreamServer<Data> {
  refuse(options, REFUSED);
  const server = new WebSocketServer<Data>(options, webHost);
  return {
    connections: server.connections,
    accept: (streams, { address = '', port, secure = false } = {}) =>
      driveAsync(streamBytes(streams), server.attend({ address, port, secure })),
    close: (how) => server.close(how),
  };
}

/**
 * Opens a connection over a pair of streams.
 *
 * @param streams - the transport to the server, or a promise of it.
 * @param url - what to ask the server for; nobody is looked up.
 */
export async function connect<Data = undefined>(
  streams: StreamPair | Promise<StreamPair>,
  url: string | URL,
  options: Omit<ClientOptions<Data>, 'redirects'> = {},
): Promise<WebSocketConnection<Data>> {
  refuse(options, { ...REFUSED, redirects: 'others bring the streams' });
  const bytes = streams instanceof Promise ? streams.then((pair) => streamBytes(pair)) : streamBytes(streams);
  return open<Data>(parseTarget(url), options, webHost, (driver) => void driveAsync(bytes, driver));
}

/** Where a URL says to connect to. */
export interface Place {
  readonly secure: boolean;
  /** Without the brackets of an IPv6 address. */
  readonly hostname: string;
  readonly port: number;
}

/** The classes of the WebSockets Standard, over what their maker dials. */
export interface StandardClasses {
  readonly WebSocket: WebSocketConstructor<ClientOptions>;
  /** `WebSocketStream.from(connection)` is for servers. */
  readonly WebSocketStream: WebSocketStreamConstructor<ClientOptions>;
}

/**
 * Makes the classes `WebSocket` and `WebSocketStream` of browsers over streams.
 *
 * @param dial - brings the transport to a server, encrypted where the place is `secure`; what it throws or rejects with
 *   is why there is none.
 */
export function classesOver(dial: (place: Place) => StreamPair | Promise<StreamPair>): StandardClasses {
  const connected = async (url: string, options: ClientOptions): Promise<WebSocketConnection> => {
    refuse(options, REFUSED);
    return following(url, options, (target, given) =>
      open(target, given, webHost, (driver) => {
        const { secure, hostname, port } = target;
        const dialling = Promise.resolve().then(() => dial({ secure, hostname, port }));
        void driveAsync(
          dialling.then((pair) => streamBytes(pair)),
          driver,
        );
      }),
    );
  };
  const surroundings = surroundingsOf<ClientOptions>(connected, (task) => void setTimeout(task, 0));
  return {
    WebSocket: createWebSocketClass(surroundings),
    WebSocketStream: createWebSocketStreamClass(surroundings),
  };
}
