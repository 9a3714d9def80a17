/** An entry whose sockets are in memory, for a runtime that opens no port: programs, peers and time are the real ones. */
import { connectOver, type Dialler } from '../../../adapters/connecting.ts';
import type { ClientOptions } from '../../../adapters/interfaces/client.ts';
import type { WebSocketConnection } from '../../../adapters/interfaces/connection.ts';
import type { WebSocketServerOptions } from '../../../adapters/interfaces/server.ts';
import type { ListenAddress } from '../../../adapters/listener.ts';
import { type Reconnect, reconnectingOver } from '../../../adapters/reconnecting-over.ts';
import { MemoryLink, type MemoryTransport } from '../../../adapters/runtimes/memory.ts';
import type { VirtualClock } from '../../../adapters/runtimes/virtual-clock.ts';
import { webHost } from '../../../adapters/runtimes/web-host.ts';
import { type ListeningServer, serveOver } from '../../../adapters/serving.ts';
import { TransportError } from '../../../adapters/transport-error.ts';

export * from '../../../adapters/everywhere.ts';

const listening = new Map<number, (transport: MemoryTransport) => void>();
let lastPort = 40_000;

/** Listens on a port of its own. */
export function listenOn(accept: (transport: MemoryTransport) => void, port: number = ++lastPort): number {
  listening.set(port, accept);
  return port;
}

export function stopListening(port: number): void {
  listening.delete(port);
}

/** Connects to who listens. */
export function dialPort(port: number): MemoryTransport {
  const accept = listening.get(port);
  if (accept === undefined) throw new TransportError('refused', `nobody listens on port ${port}`);
  const network = { capacity: 262_144 };
  const link = new MemoryLink(realTime, { toServer: network, toClient: network });
  accept(link.server);
  return link.client;
}

/** Links take no more of a clock than hosts have. */
const realTime = { ...webHost } as unknown as VirtualClock;

export function serve<Data = undefined>(
  options: WebSocketServerOptions<Data> & ListenAddress = {},
): Promise<ListeningServer<Data>> {
  return serveOver<Data>(options, webHost, async (attend) => {
    const port = listenOn(
      (transport) => transport.drive(attend({ address: '127.0.0.1', port: 1, secure: false })),
      options.port,
    );
    const close = async (): Promise<void> => {
      stopListening(port);
    };
    return { port, url: `ws://127.0.0.1:${port}/`, close, drop() {} };
  });
}

const dialler: Dialler<object> = {
  host: webHost,
  dial: async ({ port }, _, driver) => dialPort(port).drive(driver),
  elsewhere: (options) => options,
};

export const connect = <Data = undefined>(
  url: string | URL,
  options: ClientOptions<Data> = {},
): Promise<WebSocketConnection<Data>> => connectOver<Data, object>(url, options, dialler);

export const reconnecting: Reconnect<ClientOptions> = reconnectingOver<ClientOptions>(connect, webHost);

/** There is no HTTP server to attach to. */
export function attach(): never {
  throw new Error('no HTTP server in memory');
}
export function upgrade(): never {
  return attach();
}
