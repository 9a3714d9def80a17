/** Connecting byte transports with `node:net` and `node:tls`, directly or through a proxy. */
import { connect as connectNet, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket, type ConnectionOptions as TlsConnectionOptions } from 'node:tls';
import { TransportError } from '../transport-error.ts';
import type { DialBounds, DialPhase } from '../tunnels/deadlines.ts';
import { type ParsedProxy, type ProxyOptions, parseProxy, proxyOfEnvironment } from '../tunnels/proxy.ts';
import { type Destination, type Tunnel, TunnelError } from '../tunnels/tunnel.ts';
import type { WayOptions } from '../tunnels/way.ts';
import { inTime } from './in-time.ts';

/** How a client gets to its server on Node. */
export interface DialOptions extends WayOptions {
  /** What `tls.connect` takes, for the server; certificates are verified unless this says otherwise. */
  readonly tls?: TlsConnectionOptions | undefined;
  /** A Unix socket to connect to, instead of the host and port of the URL. No proxy is asked for it. */
  readonly socketPath?: string | undefined;
  /**
   * The proxy to go through: its URL; its URL with `headers` and with `tls` for the way to it; or `environment` for
   * what HTTPS_PROXY, ALL_PROXY and NO_PROXY say. Default: none, whatever the environment says.
   */
  readonly proxy?: 'environment' | string | URL | NodeProxyOptions | undefined;
}

/** A proxy, and what to tell it alone. */
export interface NodeProxyOptions extends ProxyOptions {
  /** What `tls.connect` takes, for a proxy at an `https:` URL. */
  readonly tls?: TlsConnectionOptions | undefined;
}

interface Place extends Destination {
  readonly secure: boolean;
}

/**
 * Connects to `target`: TCP, a proxy's tunnel where there is one, and TLS.
 *
 * @returns a socket that is connected and paused by nobody; rejects with a `TransportError`, a `TunnelError`, a
 *   `DialTimeout`, or the reason of `signal`. Nothing is left open then.
 */
export async function dial(
  target: Place,
  options: Omit<DialOptions, 'deadlines'>,
  bounds: DialBounds,
): Promise<Socket> {
  const { tls, socketPath } = options;
  const destination = { hostname: options.host ?? target.hostname, port: options.port ?? target.port };
  const proxy = socketPath === undefined ? proxyFor({ ...destination, secure: target.secure }, options) : undefined;
  if (proxy === undefined) {
    const where =
      socketPath === undefined ? { host: destination.hostname, port: destination.port } : { path: socketPath };
    const socket = target.secure
      ? connectTls({ ...secured(target.hostname, tls), ...where, ...SHARED })
      : connectNet({ ...where, ...SHARED });
    return connected(socket, target.secure, 'connecting', bounds);
  }
  const tunnel = proxy.tunnelTo(destination); // what it cannot be asked for is a mistake, before anybody is dialled
  const where = { host: proxy.hostname, port: proxy.port };
  const first = proxy.secure
    ? connectTls({ ...secured(proxy.hostname, proxy.tls), ...where, ...SHARED })
    : connectNet({ ...where, ...SHARED });
  await connected(first, proxy.secure, 'connecting', bounds);
  await tunnelled(first, tunnel, bounds);
  if (!target.secure) return first;
  return connected(connectTls({ ...secured(target.hostname, tls), socket: first }), true, 'tunnel', bounds);
}

/** No half of a transport ends with the other; see `node-socket.ts`. */
const SHARED = { allowHalfOpen: true, noDelay: true } as const;

/** The name to indicate is the URL's and nobody else's; an address is not indicated (RFC 6066 §3), yet verified. */
const secured = (hostname: string, tls: TlsConnectionOptions | undefined): TlsConnectionOptions => ({
  ALPNProtocols: ['http/1.1'],
  ...(isIP(hostname) === 0 ? { servername: hostname } : {}),
  // Over a tunnel there is no host to verify the certificate against but this.
  host: hostname,
  ...tls,
});

function proxyFor(
  place: Place,
  { proxy }: DialOptions,
): (ParsedProxy & { readonly tls: TlsConnectionOptions | undefined }) | undefined {
  const given: NodeProxyOptions | undefined =
    proxy === 'environment'
      ? proxyOfEnvironment(place, process.env)
      : typeof proxy === 'string' || proxy instanceof URL
        ? { url: proxy }
        : proxy;
  return given && { ...parseProxy(given), tls: given.tls };
}

async function connected(
  socket: Socket | TLSSocket,
  secure: boolean,
  phase: DialPhase,
  bounds: DialBounds,
): Promise<Socket> {
  await step(socket, phase, bounds, (resolve) => {
    const event = secure ? 'secureConnect' : 'connect';
    socket.once(event, resolve);
    return () => socket.off(event, resolve);
  });
  return socket;
}

/** Passes the handshake through `socket`, and leaves it paused behind the proxy's last byte. */
const tunnelled = (socket: Socket, tunnel: Tunnel, bounds: DialBounds): Promise<void> =>
  step(socket, 'tunnel', bounds, (resolve, reject) => {
    const onData = (chunk: Uint8Array): void => {
      try {
        const { write, rest } = tunnel.receive(chunk);
        if (write.length > 0) socket.write(write);
        if (rest === undefined) return;
        socket.pause();
        if (rest.length > 0) socket.unshift(rest);
        resolve();
      } catch (error) {
        reject(error);
      }
    };
    const onEnd = (): void => reject(new TunnelError('the proxy ended the connection'));
    socket.on('data', onData);
    socket.on('end', onEnd);
    socket.write(tunnel.greeting);
    return () => {
      socket.off('data', onData);
      socket.off('end', onEnd);
    };
  });

/**
 * Waits for one step of `socket` in time; where that fails, the socket is destroyed.
 *
 * @param begin - returns what stops it.
 */
async function step(
  socket: Socket,
  phase: DialPhase,
  bounds: DialBounds,
  begin: (resolve: () => void, reject: (error: unknown) => void) => () => void,
): Promise<void> {
  let stop = (): void => {};
  let onClose = (): void => {};
  const taken = new Promise<void>((resolve, reject) => {
    onClose = () => reject(new TransportError('lost', 'the connection was closed before there was a transport'));
    socket.on('error', (error) => reject(TransportError.of(error))); // stays: an error between two steps must not end the process, and destroys the next
    socket.on('close', onClose);
    stop = begin(resolve, reject);
  });
  try {
    await inTime(phase, bounds, taken, () => socket.destroy());
  } finally {
    socket.off('close', onClose);
    stop();
  }
}
