/** The server that the clients of the playground connect to: it sends back whatever it receives. */
import { type NodeServer, serve, type WebSocketConnection } from 'sansocket/node';

export interface Echo {
  readonly server: NodeServer<number>;
  /** The connections that are open, by the number of their client. */
  readonly connections: ReadonlyMap<number, WebSocketConnection<number>>;
}

/** @param origin - of the page, whose own WebSockets may connect. */
export async function serveEcho(origin: () => string): Promise<Echo> {
  const connections = new Map<number, WebSocketConnection<number>>();
  const server = await serve<number>({
    inspect: true,
    compression: true,
    origins: 'any', // judged below: the page's is not known yet
    deadlines: { ping: 5_000 }, // so that a latency is seen soon
    upgrade({ path, origin: from, subprotocols }) {
      const [, client] = /^\/echo\/(\d{1,9})$/.exec(path) ?? [];
      if (client === undefined) return { status: 404 };
      if (from !== undefined && from !== origin()) return { status: 403, body: 'this origin may not connect\n' };
      // An echo speaks every subprotocol, so it agrees to the first.
      return { subprotocol: subprotocols[0], data: Number(client) };
    },
    open(connection) {
      connections.set(connection.data, connection);
    },
    async message(connection, message) {
      // The bytes are ours and are not used again: they go back without a copy.
      if (!connection.send(message, { transfer: true })) await connection.drained();
    },
    close(connection) {
      connections.delete(connection.data);
    },
  });
  return { server, connections };
}
