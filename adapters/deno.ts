/** sansocket on Deno: servers and clients on its own sockets. On an HTTP server, use `sansocket/node`. */
import { type Connect, surroundingsOf } from './connecting.ts';
import { connectInspected, type Serve, serveInspected } from './inspector/inspected.ts';
import type { Inspectable } from './inspector/inspection.ts';
import type { ClientOptions } from './interfaces/client.ts';
import { createWebSocketClass } from './interfaces/websocket.ts';
import type * as streams from './interfaces/websocket-stream.ts';
import { createWebSocketStreamClass } from './interfaces/websocket-stream.ts';
import type * as whatwg from './interfaces/websocket-types.ts';
import { type Reconnect, reconnectingOver } from './reconnecting-over.ts';
import { type DialOptions, dial, hasNoSocket, type ListenOptions, listen } from './runtimes/deno-sockets.ts';
import type { RoundaboutOptions } from './runtimes/roundabout.ts';
import { webHost } from './runtimes/web-host.ts';
import { webDialler } from './web-dialler.ts';

export * from './classes.ts';
export * from './clients.ts';
export * from './everywhere.ts';
export type { InspectedServer as ListeningServer } from './inspector/inspected.ts';
export type { Inspectable, InspectOptions, Inspector } from './inspector/inspection.ts';
export type { DialOptions, ListenOptions } from './runtimes/deno-sockets.ts';
export type { RoundaboutOptions } from './runtimes/roundabout.ts';

type Dialling = DialOptions & RoundaboutOptions;

/**
 * Listens, and serves WebSocket connections. Needs `--allow-net` for the address.
 *
 * @returns the server once it listens; rejects with Deno's error where it cannot.
 */
export const serve: Serve<ListenOptions> = /* @__PURE__ */ serveInspected(webHost, listen, {
  backlog: 'Deno chooses it',
});

/**
 * Connects to a server.
 *
 * @param url - with scheme ws, wss, http or https.
 * @returns the open connection; rejects with a `HandshakeError`, with a `TunnelError` of the proxy, with a `DialTimeout`
 *   or a `TransportError` where there is no transport, or with the reason of `signal`.
 */
export const connect: Connect<Dialling & Inspectable> = /* @__PURE__ */ connectInspected<Dialling>(
  /* @__PURE__ */ webDialler(dial, hasNoSocket),
);

/**
 * Connects, and connects again when the connection is lost, until it is closed or a code ends it.
 *
 * @param url - or a function that returns it, asked for each attempt: for a fresh token each time.
 */
export const reconnecting: Reconnect<Dialling> = /* @__PURE__ */ reconnectingOver<Dialling>(connect, webHost);

const surroundings = /* @__PURE__ */ surroundingsOf<ClientOptions & Dialling>(connect);

/** The class `WebSocket` as browsers have it; its third argument takes headers, limits, deadlines, a signal and `tls`. */
export const WebSocket: whatwg.WebSocketConstructor<ClientOptions & Dialling> =
  /* @__PURE__ */ createWebSocketClass(surroundings);
export type WebSocket = whatwg.WebSocket;

/** The class `WebSocketStream` of the WebSockets Standard's draft; `WebSocketStream.from(connection)` is for servers. */
export const WebSocketStream: streams.WebSocketStreamConstructor<ClientOptions & Dialling> =
  /* @__PURE__ */ createWebSocketStreamClass(surroundings);
export type WebSocketStream = streams.WebSocketStream;
