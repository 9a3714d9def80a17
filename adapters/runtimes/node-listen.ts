/** Listening for byte transports with `node:net` and `node:tls`. */
import { type AddressInfo, createServer as createNetServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { UsageError } from '../../core/index.ts';
import type { TransportUser } from '../driver.ts';
import { type ListenAddress, type Listener, type Remote, type Stoppable, urlOf } from '../listener.ts';
import { driveSocket, SocketTransport } from './node-socket.ts';

/** Where and how to listen. */
export interface ListenOptions extends ListenAddress {
  /** Certificate, key and whatever else `tls.createServer` takes; without it, connections are not encrypted. */
  readonly tls?: TlsOptions | undefined;
  /** Connections that may wait to be accepted. Default 511. */
  readonly backlog?: number | undefined;
}

/** Listens, and drives each connection with what `attend` gives for it. Rejects where the address is not to be had. */
export function listen(options: ListenOptions, attend: (remote: Remote) => TransportUser): Promise<Stoppable> {
  const accept = (socket: Socket): void => {
    const transport = new SocketTransport(socket);
    driveSocket(socket, attend(transport), transport);
  };
  const { port = 0, host = '127.0.0.1', socketPath, tls, backlog } = options;
  if (tls && !(tls.cert || tls.pfx || tls.SNICallback || tls.pskCallback)) {
    throw new UsageError('the option "tls" has no certificate: no client could connect');
  }
  const shared = { allowHalfOpen: true, noDelay: true, highWaterMark: 65_536 };
  const server: Server =
    tls === undefined ? createNetServer(shared, accept) : createTlsServer({ ...TLS, ...tls, ...shared }, accept);
  const unfinished = new Set<Socket>();
  // Sockets without TLS are their acceptor's from the first moment on.
  if (tls !== undefined) {
    server.on('connection', (socket: Socket) => {
      unfinished.add(socket);
      socket.on('close', () => unfinished.delete(socket));
    });
    // Node tells that a handshake took too long, and does no more about it.
    server.on('tlsClientError', (_, socket: Socket) => socket.destroy());
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
  const { address, port } = server.address() as AddressInfo; // it listens on an IP address
  return { port, url: urlOf(address, port, secure), close };
}
