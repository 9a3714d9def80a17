/** sansocket on Bun: servers and clients on its own sockets. On an HTTP server, use `sansocket/node`. */
import { connectOver, type Dialler, surroundingsOf } from './connecting.ts';
import type { ClientOptions } from './interfaces/client.ts';
import type { WebSocketConnection } from './interfaces/connection.ts';
import type { WebSocketServerOptions } from './interfaces/server.ts';
import { createWebSocketClass } from './interfaces/websocket.ts';
import type * as streams from './interfaces/websocket-stream.ts';
import { createWebSocketStreamClass } from './interfaces/websocket-stream.ts';
import type * as whatwg from './interfaces/websocket-types.ts';
import { type DialOptions, dial, type ListenOptions, listen } from './runtimes/bun-sockets.ts';
import { webHost } from './runtimes/web-host.ts';
import { type ListeningServer, serveOver } from './serving.ts';

export * from './classes.ts';
export * from './everywhere.ts';
export type { DialOptions, ListenOptions } from './runtimes/bun-sockets.ts';
export type { ListeningServer } from './serving.ts';

/**
 * Listens, and serves WebSocket connections.
 *
 * @returns the server once it listens; rejects with Bun's error where it cannot.
 */
export function serve<Data = undefined>(
  options: WebSocketServerOptions<Data> & ListenOptions = {},
): Promise<ListeningServer<Data>> {
  return serveOver<Data>(options, webHost, (attend) => listen(options, attend));
}

const dialler: Dialler<DialOptions> = {
  host: webHost,
  dial,
  elsewhere: ({ tls }) => ({ tls: { ca: tls?.ca } }),
};

/**
 * Connects to a server.
 *
 * @param url - with scheme ws, wss, http or https.
 * @returns the open connection; rejects with a `HandshakeError`, with a `TransportError` where there is no transport,
 *   or with the reason of `signal`.
 */
export function connect<Data = undefined>(
  url: string | URL,
  options: ClientOptions<Data> & DialOptions = {},
): Promise<WebSocketConnection<Data>> {
  return connectOver<Data, DialOptions>(url, options, dialler);
}

const surroundings = /* @__PURE__ */ surroundingsOf<ClientOptions & DialOptions>(connect);

/** The class `WebSocket` as browsers have it; its third argument takes headers, limits, deadlines, a signal and `tls`. */
export const WebSocket: whatwg.WebSocketConstructor<ClientOptions & DialOptions> =
  /* @__PURE__ */ createWebSocketClass(surroundings);
export type WebSocket = whatwg.WebSocket;

/** The class `WebSocketStream` of the WebSockets Standard's draft; `WebSocketStream.from(connection)` is for servers. */
export const WebSocketStream: streams.WebSocketStreamConstructor<ClientOptions & DialOptions> =
  /* @__PURE__ */ createWebSocketStreamClass(surroundings);
export type WebSocketStream = streams.WebSocketStream;
