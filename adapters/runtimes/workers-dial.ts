/** Connecting with Cloudflare's TCP sockets: directly, to another place, or through a proxy. */
import { connect } from 'cloudflare:sockets';
import { UsageError } from '../../core/index.ts';
import type { TransportUser } from '../driver.ts';
import { TransportError } from '../transport-error.ts';
import type { DialBounds } from '../tunnels/deadlines.ts';
import { type ParsedProxy, type ProxyOptions, parseProxy } from '../tunnels/proxy.ts';
import { type Destination, type Tunnel, TunnelError } from '../tunnels/tunnel.ts';
import type { WayOptions } from '../tunnels/way.ts';
import { inTime } from './in-time.ts';
import { driveWorkersSocket, type WorkersSocket } from './workers-sockets.ts';

/** How a client gets to its server on Workers. */
export interface DialOptions extends WayOptions {
  /**
   * The proxy to go through: its URL, or its URL with `headers`. Default: none, and a Worker has no environment that
   * could name one. One at an `https:` URL leads to ws: URLs only, since workerd speaks no TLS within TLS.
   */
  readonly proxy?: string | URL | ProxyOptions | undefined;
}

/** A socket that a Worker opened. */
interface DialledSocket extends WorkersSocket {
  /** Ends this one, and goes on with TLS; the certificate must be for the host it is given. */
  startTls(options: { readonly expectedServerHostname: string }): DialledSocket;
}

/**
 * Connects, and drives `user` over it. Certificates are verified by the runtime, as its configuration says, and always
 * for the host of the URL.
 *
 * @returns a promise that rejects with a `TransportError`, a `TunnelError`, a `DialTimeout`, the reason of the signal, or
 *   a `UsageError` for a proxy that cannot be had.
 */
export async function dial(
  { secure, hostname, port }: Destination & { readonly secure: boolean },
  { host = hostname, port: elsewhere = port, proxy: given }: Omit<DialOptions, 'deadlines'>,
  user: TransportUser,
  bounds: DialBounds,
): Promise<void> {
  const proxy = proxyOf(given, secure);
  const tunnel = proxy?.tunnelTo({ hostname: host, port: elsewhere });
  // Without more ado, a certificate is verified for the host that is connected to.
  const startsTls = secure && (proxy !== undefined || host !== hostname);
  const kind = startsTls ? 'starttls' : (proxy?.secure ?? secure) ? 'on' : 'off';
  let socket = dialled(proxy ?? { hostname: host, port: elsewhere }, kind);
  const giveUp = (): void => void socket.close().catch(ignore);
  const startTls = async (): Promise<void> => {
    socket = socket.startTls({ expectedServerHostname: hostname });
    await socket.opened;
  };
  const opened = async (): Promise<void> => {
    await socket.opened;
    if (startsTls && proxy === undefined) await startTls();
  };
  await inTime('connecting', bounds, opened().catch(told), giveUp);
  if (tunnel === undefined) {
    void driveWorkersSocket(socket, user);
    return;
  }
  const rest = await inTime('tunnel', bounds, tunnelled(socket, tunnel).catch(told), giveUp);
  if (startsTls) await inTime('tunnel', bounds, startTls().catch(told), giveUp);
  void driveWorkersSocket(socket, user, rest);
}

function dialled({ hostname, port }: Destination, secureTransport: 'on' | 'off' | 'starttls'): DialledSocket {
  const address = { hostname: hostname.includes(':') ? `[${hostname}]` : hostname, port }; // as in a URL, for IPv6
  return connect(address, { secureTransport, allowHalfOpen: true }) as DialledSocket; // what workerd gives
}

function proxyOf(given: DialOptions['proxy'], secure: boolean): ParsedProxy | undefined {
  if (given === undefined) return undefined;
  if (given === 'environment') throw new UsageError('a Worker has no environment that names a proxy: give its URL');
  const proxy = parseProxy(typeof given === 'string' || given instanceof URL ? { url: given } : given);
  if (proxy.secure && secure) throw new UsageError('a Worker speaks no TLS within TLS: to wss, take a proxy at http:');
  return proxy;
}

/** Passes the handshake through `socket`, and leaves its streams unlocked; returns what came behind it. */
async function tunnelled({ readable, writable }: DialledSocket, tunnel: Tunnel): Promise<Uint8Array> {
  const writer = writable.getWriter();
  const reader = readable.getReader() as ReadableStreamDefaultReader<Uint8Array>; // without a mode, this is what it is
  await writer.write(tunnel.greeting);
  for (;;) {
    const { value } = await reader.read();
    if (value === undefined) throw new TunnelError('the proxy ended the connection');
    const { write, rest } = tunnel.receive(value);
    if (write.length > 0) await writer.write(write);
    if (rest === undefined) continue;
    writer.releaseLock();
    reader.releaseLock();
    return rest;
  }
}

function told(error: unknown): never {
  throw error instanceof TunnelError ? error : TransportError.of(error);
}

function ignore(): void {}
