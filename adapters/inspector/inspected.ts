/** Servers and clients with the option `inspect`, on each runtime that has the modules of Node. */
import type { Deadlines } from '../../core/index.ts';
import { connectOver, type Dialler } from '../connecting.ts';
import type { Driver, Host } from '../driver.ts';
import type { ClientOptions } from '../interfaces/client.ts';
import type { WebSocketConnection } from '../interfaces/connection.ts';
import type { WebSocketServerOptions } from '../interfaces/server.ts';
import type { Remote, Stoppable } from '../listener.ts';
import { type ListeningServer, serveOver } from '../serving.ts';
import { type Inspectable, type Inspector, inspection } from './inspection.ts';

/** A server that listens on a socket of its own. */
export interface InspectedServer<Data = undefined> extends ListeningServer<Data> {
  /** With the option `inspect`: where its connections are shown. */
  readonly inspector: Inspector | undefined;
}

/** Like `serveOver`; the inspector is there before the first connection, and leaves behind the last. */
export async function serveInspected<Data>(
  options: WebSocketServerOptions<Data> & Inspectable,
  host: Host,
  listen: (attend: (remote: Remote) => Driver) => Promise<Stoppable>,
): Promise<InspectedServer<Data>> {
  const inspected = inspection(host, options);
  const inspector = await inspected?.joined;
  try {
    const server = await serveOver<Data>(options, inspected?.host ?? host, listen);
    return {
      ...server,
      inspector: inspector && { url: inspector.url },
      async close(how) {
        const ended = await server.close(how);
        await inspected?.leave();
        return ended;
      },
    };
  } catch (error) {
    await inspected?.leave();
    throw error;
  }
}

/** Like `connectOver`; the inspector is there before the first byte, and leaves when the connection is over. */
export async function connectInspected<Data, Options>(
  url: string | URL,
  options: ClientOptions<Data> & Options & Inspectable,
  dialler: Dialler<Options>,
  deadlines: Partial<Deadlines> | undefined = options.deadlines,
): Promise<WebSocketConnection<Data>> {
  const inspected = inspection(dialler.host, options);
  await inspected?.joined;
  try {
    const through = { ...dialler, host: inspected?.host ?? dialler.host };
    const connection = await connectOver<Data, Options>(url, options, through, deadlines);
    if (inspected !== undefined) void connection.closed.then(() => inspected.leave());
    return connection;
  } catch (error) {
    await inspected?.leave();
    throw error;
  }
}
