/**
 * `Bun.listen` and `Bun.connect`, plain and with TLS.
 *
 * The handlers are one object for all sockets of a server; what belongs to one connection is the socket's `data`.
 */
import type { TransportUser } from '../driver.ts';
import { type ListenAddress, type Remote, type Stoppable, urlOf } from '../listener.ts';
import { TransportError } from '../transport-error.ts';
import type { DialBounds } from '../tunnels/deadlines.ts';
import { type BunSocket, BunTransport } from './bun-transport.ts';
import { inTime } from './in-time.ts';

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

/**
 * Connects, and drives `user` over it.
 *
 * @returns a promise that rejects with a `TransportError`, a `DialTimeout`, or the reason of the signal.
 */
export async function dial(
  { secure, hostname, port }: { readonly secure: boolean; readonly hostname: string; readonly port: number },
  { tls = {}, socketPath }: DialOptions,
  user: TransportUser,
  bounds: DialBounds,
): Promise<void> {
  const where = socketPath === undefined ? { hostname, port } : { unix: socketPath };
  const security = secure && { tls: { serverName: hostname, ALPNProtocols: ALPN, ...tls } };
  const transport = new BunTransport(user);
  let isGivenUp = false;
  let connecting: Promise<BunSocket> | undefined;
  const connected = new Promise<void>((resolve, reject) => {
    const lost = (_: unknown, error?: unknown): void => {
      if (transport.isOpen) transport.over(error);
      else reject(TransportError.of(error ?? new TransportError('lost', 'closed before there was a transport')));
    };
    const socket = {
      ...handlers,
      close: lost,
      error: lost,
      connectError: lost,
      [secure ? 'handshake' : 'open'](socket: BunSocket, trusted = true, reason: unknown = undefined): void {
        if (isGivenUp) return;
        if (!trusted) {
          reject(TransportError.of(reason));
          return;
        }
        transport.open(socket);
        user.start(transport);
        resolve();
      },
    };
    connecting = Bun.connect({ ...where, ...security, allowHalfOpen: true, data: transport, socket });
    connecting.catch((error: unknown) => reject(TransportError.of(error)));
  });
  await inTime('connecting', bounds, connected, () => {
    isGivenUp = true;
    connecting?.then(
      (socket) => socket.terminate(),
      () => {}, // there is none
    );
  });
}
