/** sansocket on Bun: servers and clients on its own sockets. On an HTTP server, use `sansocket/node`. */
import { type ClientOptions, open } from './interfaces/client.ts';
import type { WebSocketConnection } from './interfaces/connection.ts';
import { following } from './interfaces/redirects.ts';
import type { WebSocketServerOptions } from './interfaces/server.ts';
import { createWebSocketClass } from './interfaces/websocket.ts';
import type * as streams from './interfaces/websocket-stream.ts';
import { createWebSocketStreamClass } from './interfaces/websocket-stream.ts';
import type * as whatwg from './interfaces/websocket-types.ts';
import { type DialOptions, dial, type ListenOptions, listen } from './runtimes/bun-sockets.ts';
import { webHost } from './runtimes/web-host.ts';
import { type ListeningServer, serveOver } from './serving.ts';

export { PreparedMessage } from '../core/index.ts';
export { type BroadcastOptions, broadcast } from './interfaces/broadcast.ts';
export { type ClientOptions, HandshakeError } from './interfaces/client.ts';
export { CloseEvent } from './interfaces/close-event.ts';
export { type Handlers, ReceiveTimeout, type WebSocketConnection } from './interfaces/connection.ts';
export { type HttpAnswer, httpError } from './interfaces/http-error.ts';
export type { Message } from './interfaces/inbox.ts';
export { IncompleteMessage, type StreamedMessage } from './interfaces/message-streams.ts';
export type { Origins } from './interfaces/origin.ts';
export type { MessagePieces } from './interfaces/send-stream.ts';
export type { Accept, Ended, WebSocketServerOptions } from './interfaces/server.ts';
export type { ServerRequest } from './interfaces/server-request.ts';
export type { TrustedProxies } from './interfaces/trusted-proxies.ts';
export { type WebSocketCloseInfo, WebSocketError } from './interfaces/websocket-error.ts';
export type { WebSocketOpenInfo, WebSocketStreamOptions } from './interfaces/websocket-stream.ts';
export type { WebSocketEventMap } from './interfaces/websocket-types.ts';
export type { Listener } from './listener.ts';
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

/**
 * Connects to a server.
 *
 * @param url - with scheme ws, wss, http or https.
 * @returns the open connection; rejects with a `HandshakeError`, with Bun's own error where there is no transport,
 *   or with the reason of `signal`.
 */
export async function connect<Data = undefined>(
  url: string | URL,
  options: ClientOptions<Data> & DialOptions = {},
): Promise<WebSocketConnection<Data>> {
  return following(url, options, (target, given, isElsewhere) =>
    // What was said of one server is not for another; whom to trust is.
    open<Data>(target, given, webHost, (driver) =>
      dial(target, isElsewhere ? { tls: { ca: given.tls?.ca } } : given, driver),
    ),
  );
}

/** `connect`, and Bun's tasks, for the classes of the WebSockets Standard. */
const surroundings = {
  connect: (url: string, options: ClientOptions & DialOptions) => connect(url, options),
  queueTask: (task: () => void): void => {
    setImmediate(task);
  },
};

/** The class `WebSocket` as browsers have it; its third argument takes headers, limits, deadlines, a signal and `tls`. */
export const WebSocket: whatwg.WebSocketConstructor<ClientOptions & DialOptions> =
  /* @__PURE__ */ createWebSocketClass(surroundings);
export type WebSocket = whatwg.WebSocket;

/** The class `WebSocketStream` of the WebSockets Standard's draft; `WebSocketStream.from(connection)` is for servers. */
export const WebSocketStream: streams.WebSocketStreamConstructor<ClientOptions & DialOptions> =
  /* @__PURE__ */ createWebSocketStreamClass(surroundings);
export type WebSocketStream = streams.WebSocketStream;
