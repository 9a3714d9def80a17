/**
 * Connecting in ways that the own sockets of Deno and Bun do not have, by their `node:` modules: through a proxy, to
 * another place than the URL says, and on Deno with TLS to a Unix socket. Those modules are loaded by the first who needs them.
 */
import type { ConnectionOptions as TlsConnectionOptions } from 'node:tls';
import type { TransportUser } from '../driver.ts';
import type { DialBounds } from '../tunnels/deadlines.ts';
import type { ProxyOptions } from '../tunnels/proxy.ts';
import type { WayOptions } from '../tunnels/way.ts';

/** Ways to a server that are not the straight one. */
export interface RoundaboutOptions extends WayOptions {
  /**
   * The proxy to go through: its URL; its URL with `headers` and, as `tls.ca`, whom to trust on the way to it; or
   * `environment` for what HTTPS_PROXY, ALL_PROXY and NO_PROXY say. Default: none, whatever the environment says.
   */
  readonly proxy?:
    | 'environment'
    | string
    | URL
    | (ProxyOptions & { readonly tls?: { readonly ca?: string | string[] | undefined } | undefined })
    | undefined;
}

/** Whether this is the way to go; not to a Unix socket, for which no proxy is asked. */
export const isRoundabout = ({
  host,
  port,
  proxy,
  socketPath,
}: RoundaboutOptions & { readonly socketPath?: string | undefined }): boolean =>
  socketPath === undefined && (host !== undefined || port !== undefined || proxy !== undefined);

/**
 * Connects, and drives `user` over it.
 *
 * @returns a promise that rejects with a `TransportError`, a `TunnelError`, a `DialTimeout`, or the reason of `signal`.
 */
export async function dialRoundabout(
  target: { readonly secure: boolean; readonly hostname: string; readonly port: number },
  options: RoundaboutOptions & { readonly tls?: object | undefined; readonly socketPath?: string | undefined },
  user: TransportUser,
  bounds: DialBounds,
): Promise<void> {
  const { host, port, proxy, socketPath } = options;
  const tls = options.tls as TlsConnectionOptions | undefined; // what either runtime takes, `node:tls` takes, too
  const [{ dial }, { driveSocket }] = await Promise.all([import('./node-dial.ts'), import('./node-socket.ts')]);
  const socket = await dial(target, { host, port, proxy, socketPath, tls }, bounds);
  driveSocket(socket, user);
  socket.resume(); // a tunnel leaves it paused
}
