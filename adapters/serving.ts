/** A server that listens, whatever the runtime. */
import type { Payload, PreparedMessage } from '../core/index.ts';
import type { Driver, Host } from './driver.ts';
import type { BroadcastOptions } from './interfaces/broadcast.ts';
import type { WebSocketConnection } from './interfaces/connection.ts';
import { checkClosing } from './interfaces/option-checks.ts';
import { type Ended, WebSocketServer, type WebSocketServerOptions } from './interfaces/server.ts';
import type { Listening, Remote, Stoppable } from './listener.ts';

/** A server that listens on a socket of its own. */
export interface ListeningServer<Data = undefined> extends Listening {
  /** The connections that are open. */
  readonly connections: ReadonlySet<WebSocketConnection<Data>>;
  /** Sends `message` to every connection that is open; see `broadcast`. */
  broadcast(message: string | Payload | PreparedMessage, options?: BroadcastOptions): Promise<number>;
  /**
   * Stops listening and ends every connection with `code`, default 1001; what has not ended after `grace`
   * milliseconds, default 5,000, is cut off.
   *
   * @returns how they ended.
   */
  close(options?: { readonly code?: number; readonly reason?: string; readonly grace?: number }): Promise<Ended>;
}

/**
 * Serves what arrives at a listener.
 *
 * @param listen - begins to listen; each transport is driven by what it is given for it.
 * @returns the server once it listens; rejects where it cannot.
 */
export async function serveOver<Data>(
  options: WebSocketServerOptions<Data>,
  host: Host,
  listen: (attend: (remote: Remote) => Driver) => Promise<Stoppable>,
): Promise<ListeningServer<Data>> {
  const server = new WebSocketServer<Data>(options, host);
  const listener = await listen((remote) => server.attend(remote));
  return {
    port: listener.port,
    url: listener.url,
    connections: server.connections,
    broadcast: (message, how) => server.broadcast(message, how),
    async close(how) {
      checkClosing(how); // before it stops to listen: a mistake changes nothing
      const stopped = listener.close();
      const ended = await server.close(how);
      listener.drop();
      await stopped;
      return ended;
    },
  };
}
