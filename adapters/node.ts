/** sansocket on Node: servers on their own sockets or on an `http.Server`, and clients. */
import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ClientOptions, open } from './interfaces/client.ts';
import type { WebSocketConnection } from './interfaces/connection.ts';
import { WebSocketServer, type WebSocketServerOptions } from './interfaces/server.ts';
import { parseTarget } from './interfaces/websocket-url.ts';
import { type DialOptions, dial } from './runtimes/node-dial.ts';
import { nodeHost } from './runtimes/node-host.ts';
import { type Listener, type ListenOptions, listen } from './runtimes/node-listen.ts';
import { driveSocket } from './runtimes/node-socket.ts';
import { handOver } from './runtimes/node-upgrade.ts';

export { type ClientOptions, HandshakeError } from './interfaces/client.ts';
export type { Handlers, WebSocketConnection } from './interfaces/connection.ts';
export type { Message } from './interfaces/inbox.ts';
export type { Origins } from './interfaces/origin.ts';
export type {
  Accept,
  HttpAnswer,
  ServerRequest,
  WebSocketServer,
  WebSocketServerOptions,
} from './interfaces/server.ts';
export type { DialOptions } from './runtimes/node-dial.ts';
export type { Listener, ListenOptions } from './runtimes/node-listen.ts';

/** A server that listens on a socket of its own. */
export interface NodeServer<Data = undefined> extends Listener {
  readonly connections: ReadonlySet<WebSocketConnection<Data>>;
  /**
   * Stops listening and ends every connection with `code`, default 1001; what has not ended after `grace`
   * milliseconds, default 5,000, is cut off.
   */
  close(options?: { readonly code?: number; readonly reason?: string; readonly grace?: number }): Promise<void>;
}

/**
 * Listens, and serves WebSocket connections.
 *
 * @returns the server once it listens; rejects with Node's error where it cannot.
 */
export async function serve<Data = undefined>(
  options: WebSocketServerOptions<Data> & ListenOptions = {},
): Promise<NodeServer<Data>> {
  const server = new WebSocketServer<Data>(options, nodeHost);
  const listener = await listen(options, (socket, secure) => {
    driveSocket(socket, server.attend({ address: socket.remoteAddress ?? '', secure }));
  });
  return {
    port: listener.port,
    url: listener.url,
    connections: server.connections,
    async close(how) {
      const stopped = listener.close();
      await server.close(how);
      await stopped;
    },
  };
}

/**
 * Serves the WebSocket connections of an HTTP server, which goes on answering everything else.
 *
 * With a `path`, requests for other paths are left to other listeners of `upgrade`, if there are any.
 */
export function attach<Data = undefined>(
  httpServer: HttpServer,
  options: WebSocketServerOptions<Data> = {},
): WebSocketServer<Data> {
  const server = new WebSocketServer<Data>(options, nodeHost);
  httpServer.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Uint8Array) => {
    const ours = options.path === undefined || request.url?.split('?')[0] === options.path;
    if (ours || httpServer.listenerCount('upgrade') === 1)
      handOver(request, socket, head, (remote) => server.attend(remote));
  });
  return server;
}

/**
 * Makes a connection of one `upgrade` event of an HTTP server. To be called in the event, or with an `error`
 * listener on `socket` until it is.
 *
 * @returns the connection once it is open; rejects where the request was refused or the client has gone.
 */
export function upgrade<Data = undefined>(
  request: IncomingMessage,
  socket: Duplex,
  head: Uint8Array,
  options: WebSocketServerOptions<Data> = {},
): Promise<WebSocketConnection<Data>> {
  const server = new WebSocketServer<Data>(options, nodeHost);
  return new Promise((resolve, reject) => {
    handOver(request, socket, head, (remote) =>
      server.attend(remote, resolve, () => reject(new Error('the request was refused, or its client has gone'))),
    );
  });
}

/**
 * Connects to a server.
 *
 * @param url - with scheme ws, wss, http or https.
 * @returns the open connection; rejects with a `HandshakeError`, with Node's own error where there is no transport,
 *   or with the reason of `signal`.
 */
export async function connect<Data = undefined>(
  url: string | URL,
  options: ClientOptions<Data> & DialOptions = {},
): Promise<WebSocketConnection<Data>> {
  const target = parseTarget(url);
  return open<Data>(target, options, nodeHost, (driver) => driveSocket(dial(target, options), driver));
}
