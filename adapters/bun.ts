/** sansocket on Bun: servers and clients on its own sockets. On an HTTP server, use `sansocket/node`. */
import { type Dialler, surroundingsOf } from './connecting.ts';
import { connectInspected, type InspectedServer, serveInspected } from './inspector/inspected.ts';
import type { Inspectable } from './inspector/inspection.ts';
import type { ClientOptions } from './interfaces/client.ts';
import type { WebSocketConnection } from './interfaces/connection.ts';
import type { WebSocketServerOptions } from './interfaces/server.ts';
import { createWebSocketClass } from './interfaces/websocket.ts';
import type * as streams from './interfaces/websocket-stream.ts';
import { createWebSocketStreamClass } from './interfaces/websocket-stream.ts';
import type * as whatwg from './interfaces/websocket-types.ts';
import {
  type ReconnectingClient,
  type ReconnectingOverOptions,
  reconnectingOver,
  type UrlSource,
} from './reconnecting-over.ts';
import { type DialOptions, dial, type ListenOptions, listen } from './runtimes/bun-sockets.ts';
import { dialRoundabout, isRoundabout, type RoundaboutOptions } from './runtimes/roundabout.ts';
import { webHost } from './runtimes/web-host.ts';

export * from './classes.ts';
export * from './everywhere.ts';
export type { InspectedServer as ListeningServer } from './inspector/inspected.ts';
export type { Inspectable, InspectOptions, Inspector } from './inspector/inspection.ts';
export type {
  Lost,
  ReconnectingClient,
  ReconnectingOptions,
  ReconnectingState,
  UrlSource,
} from './reconnecting-over.ts';
export type { DialOptions, ListenOptions } from './runtimes/bun-sockets.ts';
export type { RoundaboutOptions } from './runtimes/roundabout.ts';
export { DialTimeout } from './tunnels/deadlines.ts';
export { TunnelError } from './tunnels/tunnel.ts';

/**
 * Listens, and serves WebSocket connections.
 *
 * @returns the server once it listens; rejects with Bun's error where it cannot.
 */
export function serve<Data = undefined>(
  options: WebSocketServerOptions<Data> & ListenOptions & Inspectable = {},
): Promise<InspectedServer<Data>> {
  return serveInspected<Data>(options, webHost, (attend) => listen(options, attend));
}

type Dialling = DialOptions & RoundaboutOptions & Pick<ClientOptions, 'signal'>;

const dialler: Dialler<Dialling> = {
  host: webHost,
  dial: (target, options, driver) =>
    isRoundabout(options) ? dialRoundabout(target, options, driver) : dial(target, options, driver),
  elsewhere: ({ tls, proxy, signal }) => ({ tls: { ca: tls?.ca }, proxy, signal }),
};

/**
 * Connects to a server.
 *
 * @param url - with scheme ws, wss, http or https.
 * @returns the open connection; rejects with a `HandshakeError`, with a `TransportError` where there is no transport,
 *   with a `TunnelError` of the proxy or a `DialTimeout` on the way through it, or with the reason of `signal`.
 */
export function connect<Data = undefined>(
  url: string | URL,
  options: ClientOptions<Data> & DialOptions & RoundaboutOptions & Inspectable = {},
): Promise<WebSocketConnection<Data>> {
  return connectInspected<Data, Dialling>(url, options, dialler);
}

/**
 * Connects, and connects again when the connection is lost, until it is closed or a code ends it.
 *
 * @param url - or a function that returns it, asked for each attempt: for a fresh token each time.
 */
export function reconnecting(
  url: UrlSource,
  options: ReconnectingOverOptions<ClientOptions & DialOptions & RoundaboutOptions> = {},
): ReconnectingClient {
  return reconnectingOver(url, options, connect, webHost);
}

const surroundings = /* @__PURE__ */ surroundingsOf<ClientOptions & DialOptions & RoundaboutOptions>(connect);

/** The class `WebSocket` as browsers have it; its third argument takes headers, limits, deadlines, a signal and `tls`. */
export const WebSocket: whatwg.WebSocketConstructor<ClientOptions & DialOptions & RoundaboutOptions> =
  /* @__PURE__ */ createWebSocketClass(surroundings);
export type WebSocket = whatwg.WebSocket;

/** The class `WebSocketStream` of the WebSockets Standard's draft; `WebSocketStream.from(connection)` is for servers. */
export const WebSocketStream: streams.WebSocketStreamConstructor<ClientOptions & DialOptions & RoundaboutOptions> =
  /* @__PURE__ */ createWebSocketStreamClass(surroundings);
export type WebSocketStream = streams.WebSocketStream;
