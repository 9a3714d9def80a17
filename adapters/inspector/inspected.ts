/** Servers and clients with the option `inspect`, on each runtime that has the modules of Node. */
import { type Connect, connectOver, type Dialler } from '../connecting.ts';
import type { Driver, Host } from '../driver.ts';
import type { ClientOptions } from '../interfaces/client.ts';
import type { WebSocketConnection } from '../interfaces/connection.ts';
import { type Refused, refuse } from '../interfaces/option-names.ts';
import type { WebSocketServerOptions } from '../interfaces/server.ts';
import type { Remote, Stoppable } from '../listener.ts';
import { type ListeningServer, serveOver } from '../serving.ts';
import type { WayOptions } from '../tunnels/way.ts';
import { type Inspectable, type Inspector, inspection } from './inspection.ts';

/** A server that listens on a socket of its own. */
export interface InspectedServer<Data = undefined> extends ListeningServer<Data> {
  /** With the option `inspect`: where its connections are shown. */
  readonly inspector: Inspector | undefined;
}

/** `serve` of a runtime. */
export type Serve<Listening> = <Data = undefined>(
  options?: WebSocketServerOptions<Data> & Listening & Inspectable,
) => Promise<InspectedServer<Data>>;

/**
 * `serve` of a runtime; the inspector is there before the first connection, and leaves behind the last.
 *
 * @param listen - begins to listen; each transport is driven by what it is given for it.
 * @param refused - what other runtimes can honour, and why this one cannot.
 */
export const serveInspected =
  <Listening extends object>(
    host: Host,
    listen: (options: Listening, attend: (remote: Remote) => Driver) => Promise<Stoppable>,
    refused: Refused = {},
  ): Serve<Listening> =>
  async <Data>(
    options: WebSocketServerOptions<Data> & Listening & Inspectable = {} as Listening, // each of its options may be left out
  ): Promise<InspectedServer<Data>> => {
    refuse(options, refused);
    const inspected = inspection(host, options);
    const inspector = await inspected?.joined;
    try {
      const server = await serveOver<Data>(options, inspected?.host ?? host, (attend) => listen(options, attend));
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
  };

/** `connect` of a runtime; the inspector is there before the first byte, and leaves when the connection is over. */
export const connectInspected =
  <Options extends WayOptions>(dialler: Dialler<Options>): Connect<Options & Inspectable> =>
  async <Data>(
    url: string | URL,
    options: ClientOptions<Data> & Options & Inspectable = {} as Options, // each of its options may be left out
  ): Promise<WebSocketConnection<Data>> => {
    const inspected = inspection(dialler.host, options);
    await inspected?.joined;
    try {
      const through = { ...dialler, host: inspected?.host ?? dialler.host };
      const connection = await connectOver<Data, Options>(url, options, through);
      if (inspected !== undefined) void connection.closed.then(() => inspected.leave());
      return connection;
    } catch (error) {
      await inspected?.leave();
      throw error;
    }
  };
