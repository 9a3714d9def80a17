/** sansocket on Node: servers on their own sockets or on an `http.Server`, and clients. */
import { type Connect, type Dialler, surroundingsOf } from './connecting.ts';
import { connectInspected, type Serve, serveInspected } from './inspector/inspected.ts';
import type { Inspectable } from './inspector/inspection.ts';
import type { ClientOptions } from './interfaces/client.ts';
import { createWebSocketClass } from './interfaces/websocket.ts';
import type * as streams from './interfaces/websocket-stream.ts';
import { createWebSocketStreamClass } from './interfaces/websocket-stream.ts';
import type * as whatwg from './interfaces/websocket-types.ts';
import { type Reconnect, type ReconnectingOverOptions, reconnectingOver } from './reconnecting-over.ts';
import { type DialOptions, dial } from './runtimes/node-dial.ts';
import { nodeHost } from './runtimes/node-host.ts';
import { type ListenOptions, listen } from './runtimes/node-listen.ts';
import { driveSocket } from './runtimes/node-socket.ts';

export { AttachedServer, attach, upgrade } from './attaching.ts';
export * from './classes.ts';
export * from './clients.ts';
export * from './everywhere.ts';
export type { InspectedServer as NodeServer } from './inspector/inspected.ts';
export type { Inspectable, InspectOptions, Inspector } from './inspector/inspection.ts';
export type { WebSocketServer } from './interfaces/server.ts';
export type { DialOptions, NodeProxyOptions } from './runtimes/node-dial.ts';
export type { ListenOptions } from './runtimes/node-listen.ts';
export type { Observation, Observer } from './trace.ts';

/**
 * Listens, and serves WebSocket connections.
 *
 * @returns the server once it listens; rejects with Node's error where it cannot.
 */
export const serve: Serve<ListenOptions> = /* @__PURE__ */ serveInspected(nodeHost, listen);

const dialler: Dialler<DialOptions> = {
  host: nodeHost,
  async dial(target, options, driver, bounds) {
    const socket = await dial(target, options, bounds);
    driveSocket(socket, driver);
    socket.resume(); // a tunnel leaves it paused
  },
  elsewhere: ({ tls, proxy }) => ({ tls: tls?.ca === undefined ? undefined : { ca: tls.ca }, proxy }),
};

/**
 * Connects to a server.
 *
 * @param url - with scheme ws, wss, http or https.
 * @returns the open connection; rejects with a `HandshakeError`, with a `TunnelError` of the proxy, with a `DialTimeout`
 *   or a `TransportError` where there is no transport, or with the reason of `signal`.
 */
export const connect: Connect<DialOptions & Inspectable> = /* @__PURE__ */ connectInspected<DialOptions>(dialler);

/** Handlers and options of a client that comes back, and those of its connections. */
export type NodeReconnectingOptions = ReconnectingOverOptions<ClientOptions & DialOptions>;

/**
 * Connects, and connects again when the connection is lost, until it is closed or a code ends it.
 *
 * @param url - or a function that returns it, asked for each attempt: for a fresh token each time.
 * @throws {UsageError} for options that no client can have.
 */
export const reconnecting: Reconnect<DialOptions> = /* @__PURE__ */ reconnectingOver<DialOptions>(connect, nodeHost);

const surroundings = /* @__PURE__ */ surroundingsOf<ClientOptions & DialOptions>(connect);

/** The class `WebSocket` as browsers have it; its third argument takes headers, limits, deadlines, a signal and `tls`. */
export const WebSocket: whatwg.WebSocketConstructor<ClientOptions & DialOptions> =
  /* @__PURE__ */ createWebSocketClass(surroundings);
export type WebSocket = whatwg.WebSocket;

/** The class `WebSocketStream` of the WebSockets Standard's draft; `WebSocketStream.from(connection)` is for servers. */
export const WebSocketStream: streams.WebSocketStreamConstructor<ClientOptions & DialOptions> =
  /* @__PURE__ */ createWebSocketStreamClass(surroundings);
export type WebSocketStream = streams.WebSocketStream;
