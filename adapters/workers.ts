/**
 * sansocket on Cloudflare Workers: clients over `cloudflare:sockets`, and servers of inbound TCP (`serve`) or of requests
 * (`serveFetch`).
 *
 * ```ts
 * export default serve({ message: (connection, message) => connection.send(message) });
 * ```
 */
import type { FieldInit } from '../core/index.ts';
import { connectOver, type Dialler, surroundingsOf } from './connecting.ts';
import type { ClientOptions } from './interfaces/client.ts';
import type { WebSocketConnection } from './interfaces/connection.ts';
import { type Refused, refuse } from './interfaces/option-names.ts';
import type { PlatformConnection } from './interfaces/platform-connection.ts';
import { type PlatformRequest, PlatformServer, type PlatformServerOptions } from './interfaces/platform-server.ts';
import { type Ended, WebSocketServer, type WebSocketServerOptions } from './interfaces/server.ts';
import { createWebSocketClass } from './interfaces/websocket.ts';
import type * as streams from './interfaces/websocket-stream.ts';
import { createWebSocketStreamClass } from './interfaces/websocket-stream.ts';
import type * as whatwg from './interfaces/websocket-types.ts';
import { type Reconnect, reconnectingOver } from './reconnecting-over.ts';
import { webHost } from './runtimes/web-host.ts';
import { type DialOptions, dial } from './runtimes/workers-dial.ts';
import { openPair } from './runtimes/workers-pair.ts';
import { driveWorkersSocket, type WorkersSocket } from './runtimes/workers-sockets.ts';

export * from './classes.ts';
export * from './clients.ts';
export * from './everywhere.ts';
export type { PlatformClosed, PlatformConnection, PlatformHandlers } from './interfaces/platform-connection.ts';
export type { PlatformRequest, PlatformServerOptions } from './interfaces/platform-server.ts';
export type { DialOptions } from './runtimes/workers-dial.ts';
export type { WorkersSocket } from './runtimes/workers-sockets.ts';

/** The handlers of a Worker. Where it listens is said by its configuration: a socket of kind `tcp`. */
export interface WorkersServer<Data = undefined> {
  /** The connections that are open. */
  readonly connections: ReadonlySet<WebSocketConnection<Data>>;
  /** Serves one inbound socket; resolves once that is over: a Worker lives as long as what its handler returns. */
  connect(socket: WorkersSocket): Promise<void>;
  /** Ends every connection with `code`, default 1001; what has not ended after `grace` milliseconds is cut off. */
  close(options?: { readonly code?: number; readonly reason?: string; readonly grace?: number }): Promise<Ended>;
}

const CONFIGURED = 'the configuration of a Worker says it';
/** What other runtimes' `connect` takes and a Worker cannot do. */
const NO_CONNECT: Refused = {
  tls: CONFIGURED,
  socketPath: 'a Worker has no Unix sockets',
  inspect: '`connection.observe` shows what it would',
};
/** And their `serve`. */
const NO_SERVE: Refused = { ...NO_CONNECT, port: CONFIGURED, host: CONFIGURED, backlog: CONFIGURED };

/**
 * Serves WebSocket connections on inbound TCP.
 *
 * @returns the handlers to export from a Worker.
 * @throws {UsageError} naming an option that a Worker cannot honour, such as `port`.
 */
export function serve<Data = undefined>(options: WebSocketServerOptions<Data> = {}): WorkersServer<Data> {
  refuse(options, NO_SERVE);
  const server = new WebSocketServer<Data>(options, webHost);
  return {
    connections: server.connections,
    async connect(socket) {
      const { remoteAddress = '' } = await socket.opened;
      const [, address = remoteAddress, port] = /^(.*):(\d+)$/.exec(remoteAddress) ?? [];
      const remote = {
        address,
        port: port === undefined ? port : Number(port),
        secure: socket.secureTransport === 'on',
      };
      await driveWorkersSocket(socket, server.attend(remote));
    },
    close: (how) => server.close(how),
  };
}

/** The handler of requests for a Worker. */
export interface RequestServer<Data = undefined> {
  /** Those that are open. Workers let only the handlers of a request, or of one Durable Object, use its connections. */
  readonly connections: ReadonlySet<PlatformConnection<Data>>;
  /** Answers a request: with a WebSocket, with a refusal, or with what the option `fetch` says. */
  fetch(request: PlatformRequest): Promise<Response>;
}

/**
 * Serves WebSocket connections of a Worker's `fetch`, over the platform's own WebSocket (`WebSocketPair`).
 *
 * The platform frames, compresses and answers Pings, so that connections have less than on a transport of our own, and
 * options are fewer: neither limits nor deadlines. Nothing can hold a peer back; a connection closes with 1008 where
 * 16 MiB wait for the program.
 *
 * @returns the handlers to export from a Worker.
 * @throws {UsageError} naming an option that cannot be honoured, such as `limits`.
 */
export function serveFetch<Data = undefined>(options: PlatformServerOptions<Data> = {}): RequestServer<Data> {
  const server = new PlatformServer<Data>(options, webHost);
  return {
    connections: server.connections,
    async fetch(request) {
      const decision = await server.decide(request);
      if (decision.status !== undefined) {
        const { status, headers = [], body = null } = decision;
        return new Response(body, { status, headers: new Headers([...fieldPairs(headers)]) });
      }
      const { response, socket } = openPair(decision.headers);
      decision.open(socket);
      return response;
    },
  };
}

const fieldPairs = (init: FieldInit): Iterable<[string, string]> =>
  (Symbol.iterator in init ? init : Object.entries(init)) as Iterable<[string, string]>;

const dialler: Dialler<DialOptions> = { host: webHost, dial, elsewhere: ({ proxy }) => ({ proxy }) };

/**
 * Connects to a server.
 *
 * @param url - with scheme ws, wss, http or https.
 * @returns the open connection; rejects with a `HandshakeError`, with a `TunnelError` of the proxy, with a `DialTimeout`
 *   or a `TransportError` where there is no transport, with the reason of `signal`, or with a `UsageError` naming an
 *   option that a Worker cannot honour.
 */
export async function connect<Data = undefined>(
  url: string | URL,
  options: ClientOptions<Data> & DialOptions = {},
): Promise<WebSocketConnection<Data>> {
  refuse(options, NO_CONNECT);
  return connectOver<Data, DialOptions>(url, options, dialler);
}

/**
 * Connects, and connects again when the connection is lost, until it is closed or a code ends it. It lives as long as
 * the request or the connection that it was made for.
 *
 * @param url - or a function that returns it, asked for each attempt: for a fresh token each time.
 */
export const reconnecting: Reconnect<DialOptions> = /* @__PURE__ */ reconnectingOver<DialOptions>(connect, webHost);

// What one request of a Worker begins another cannot go on with, so that nobody waits for a turn.
const surroundings = /* @__PURE__ */ surroundingsOf<ClientOptions & DialOptions>(
  connect,
  (task) => void setTimeout(task, 0),
  false,
);

/** The class `WebSocket` as browsers have it, over TCP; its third argument takes headers, limits, deadlines and a signal. */
export const WebSocket: whatwg.WebSocketConstructor<ClientOptions & DialOptions> =
  /* @__PURE__ */ createWebSocketClass(surroundings);
export type WebSocket = whatwg.WebSocket;

/** The class `WebSocketStream` of the WebSockets Standard's draft; `WebSocketStream.from(connection)` is for servers. */
export const WebSocketStream: streams.WebSocketStreamConstructor<ClientOptions & DialOptions> =
  /* @__PURE__ */ createWebSocketStreamClass(surroundings);
export type WebSocketStream = streams.WebSocketStream;
