/**
 * `Bun.listen` and `Bun.connect`, plain and with TLS.
 *
 * The handlers are one object for all sockets of a server; what belongs to one connection is the socket's `data`.
 */
import type { TransportUser } from '../driver.ts';
import { type ListenAddress, type Remote, type Stoppable, urlOf } from '../listener.ts';
import { TransportError } from '../transport-error.ts';
import { type BunSocket, BunTransport } from './bun-transport.ts';

/** As much of Bun as is needed: programs on Bun bring its types. */
declare const Bun: {
  listen(options: object): BunListener;
  connect(options: object): Promise<BunSocket>;
};

interface BunListener {
  readonly port: number;
  readonly hostname: string;
  stop(closeActiveConnections?: boolean): void;
}

/** Where and how to listen. */
export interface ListenOptions extends ListenAddress {
  /** Certificate, key and whatever else Bun's `tls` takes; without it, connections are not encrypted. */
  readonly tls?: object | undefined;
}

/** How a client gets to its server on Bun. */
export interface DialOptions {
  /** What Bun's `tls` takes, such as `ca`; certificates are verified unless this says otherwise. */
  readonly tls?: ({ readonly ca?: unknown } & object) | undefined;
  /** A Unix socket to connect to, instead of the host and port of the URL. */
  readonly socketPath?: string | undefined;
}

/** The handlers of all sockets. */
const handlers = {
  data: (socket: BunSocket, bytes: Uint8Array): void => socket.data.received(bytes),
  drain: (socket: BunSocket): void => socket.data.drained(),
  end: (socket: BunSocket): void => socket.data.ended(),
  close: (socket: BunSocket, error?: unknown): void => socket.data?.over(error),
  error: (socket: BunSocket, error: unknown): void => socket.data?.over(error),
};

/** Listens, and drives each connection with what `attend` gives for it. Rejects where the address is not to be had. */
export async function listen(
  { port = 0, host = '127.0.0.1', socketPath, tls }: ListenOptions,
  attend: (remote: Remote) => TransportUser,
): Promise<Stoppable> {
  const secure = tls !== undefined;
  const socket = {
    ...handlers,
    open(socket: BunSocket): void {
      const user = attend({ address: socket.remoteAddress ?? '', port: socket.remotePort, secure });
      socket.data = new BunTransport(user);
      user.start(socket.data);
      socket.data.open(socket);
    },
  };
  const where = socketPath === undefined ? { hostname: host, port } : { unix: socketPath };
  const listener = Bun.listen({ ...where, ...(secure && { tls }), allowHalfOpen: true, socket });
  return {
    port: socketPath === undefined ? listener.port : 0,
    url: socketPath === undefined ? urlOf(host, listener.port, secure) : `${secure ? 'wss' : 'ws'}+unix:${socketPath}`,
    async close() {
      listener.stop();
    },
    drop() {
      listener.stop(true);
    },
  };
}

/** `http/1.1` behind its length (RFC 7301 §3.1): Bun takes no list of names here. */
const ALPN = '\x08http/1.1';

/** Connects, and drives `user` over it. */
export function dial(
  { secure, hostname, port }: { readonly secure: boolean; readonly hostname: string; readonly port: number },
  { tls = {}, socketPath }: DialOptions,
  user: TransportUser,
): void {
  const transport = new BunTransport(user);
  user.start(transport);
  const where = socketPath === undefined ? { hostname, port } : { unix: socketPath };
  const socket = {
    ...handlers,
    [secure ? 'handshake' : 'open'](socket: BunSocket, trusted = true, reason: unknown = undefined): void {
      if (trusted) {
        transport.open(socket);
      } else {
        transport.over(reason);
        socket.terminate();
      }
    },
    close(_: BunSocket, error?: unknown): void {
      transport.over(
        error ?? (transport.isOpen ? undefined : new TransportError('lost', 'closed before TLS was agreed on')),
      );
    },
    connectError: (_: unknown, error: unknown): void => transport.over(error),
  };
  const security = secure && { tls: { serverName: hostname, ALPNProtocols: ALPN, ...tls } };
  Bun.connect({ ...where, ...security, allowHalfOpen: true, data: transport, socket }).catch((error: unknown) =>
    transport.over(error),
  );
}
