/** Listening for byte transports with `node:net` and `node:tls`. */
import { type AddressInfo, createServer as createNetServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

/** Where and how to listen. */
export interface ListenOptions {
  /** Default 0: any free port. */
  readonly port?: number | undefined;
  /** Default `'127.0.0.1'`: whoever wants to be reached from elsewhere says so. */
  readonly host?: string | undefined;
  /** A Unix socket, instead of host and port. */
  readonly socketPath?: string | undefined;
  /** Certificate, key and whatever else `tls.createServer` takes; without it, connections are not encrypted. */
  readonly tls?: TlsOptions | undefined;
  /** Connections that may wait to be accepted. Default 511. */
  readonly backlog?: number | undefined;
}

/** A socket that listens. */
export interface Listener {
  /** The port, or 0 for a Unix socket. */
  readonly port: number;
  /** The address as a URL with scheme ws or wss. */
  readonly url: string;
  /** Accepts nothing any more; what was accepted goes on. */
  close(): Promise<void>;
}

/** A listener that can also drop what it accepted. */
interface Stoppable extends Listener {
  /** Destroys what is left, such as sockets in the middle of a TLS handshake. */
  drop(): void;
}

/** Listens, and gives each socket to `accept`. Rejects where the address is not to be had. */
export function listen(options: ListenOptions, accept: (socket: Socket, secure: boolean) => void): Promise<Stoppable> {
  const { port = 0, host = '127.0.0.1', socketPath, tls, backlog } = options;
  const shared = { allowHalfOpen: true, noDelay: true, highWaterMark: 65_536 };
  const server: Server =
    tls === undefined
      ? createNetServer(shared, (socket) => accept(socket, false))
      : createTlsServer({ ...TLS, ...tls, ...shared }, (socket) => accept(socket, true));
  const unfinished = new Set<Socket>();
  // Sockets without TLS are their acceptor's from the first moment on.
  if (tls !== undefined) {
    server.on('connection', (socket: Socket) => {
      unfinished.add(socket);
      socket.on('close', () => unfinished.delete(socket));
    });
  }
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath === undefined ? { port, host, backlog } : { path: socketPath, backlog }, () => {
      server.off('error', reject);
      server.on('error', () => {}); // a failed accept concerns nobody that is connected
      resolve({
        ...listener(server, tls !== undefined, socketPath),
        drop() {
          for (const socket of unfinished) socket.destroy();
        },
      });
    });
  });
}

/** A TLS handshake takes no longer than an opening handshake by default. */
const TLS = { ALPNProtocols: ['http/1.1'], handshakeTimeout: 10_000 };

function listener(server: Server, secure: boolean, socketPath: string | undefined): Listener {
  const scheme = secure ? 'wss' : 'ws';
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
    });
  if (socketPath !== undefined) return { port: 0, url: `${scheme}+unix:${socketPath}`, close };
  const { address, family, port } = server.address() as AddressInfo; // it listens on an IP address
  return { port, url: `${scheme}://${family === 'IPv6' ? `[${address}]` : address}:${port}/`, close };
}
