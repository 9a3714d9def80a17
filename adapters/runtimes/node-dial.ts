/** Connecting byte transports with `node:net` and `node:tls`. */
import { connect as connectNet, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions as TlsConnectionOptions } from 'node:tls';

export interface DialOptions {
  /** What `tls.connect` takes; certificates are verified unless this says otherwise. */
  readonly tls?: TlsConnectionOptions | undefined;
  /** A Unix socket to connect to, instead of the host and port of the URL. */
  readonly socketPath?: string | undefined;
}

/** Begins to connect; the socket may be written to at once. */
export function dial(
  { secure, hostname, port }: { readonly secure: boolean; readonly hostname: string; readonly port: number },
  { tls, socketPath }: DialOptions,
): Socket {
  const where = socketPath === undefined ? { host: hostname, port } : { path: socketPath };
  const shared = { ...where, allowHalfOpen: true, noDelay: true };
  if (!secure) return connectNet(shared);
  // An address has no name to indicate (RFC 6066 §3); it is still verified against the certificate.
  const name = isIP(hostname) === 0 ? { servername: hostname } : {};
  return connectTls({ ALPNProtocols: ['http/1.1'], ...name, ...tls, ...shared });
}
