/** Which proxy a connection goes through, and which handshake that takes. */
import { UsageError } from '../../core/index.ts';
import { HttpConnect } from './http-connect.ts';
import { Socks5 } from './socks5.ts';
import type { Credentials, Destination, Tunnel } from './tunnel.ts';

/** A proxy, as far as every runtime knows one. */
export interface ProxyOptions {
  /**
   * `http:` and `https:` for CONNECT, the latter with TLS to the proxy; `socks5:` (or `socks5h:`, which is the same
   * here: names are always resolved by the proxy). With user name and password where it wants them.
   */
  readonly url: string | URL;
  /** Fields for an HTTP proxy alone; the server never sees them. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** A proxy whose URL was understood. */
export interface ParsedProxy {
  /** Whether TLS is spoken to the proxy. */
  readonly secure: boolean;
  readonly hostname: string;
  readonly port: number;
  /** Begins the handshake that asks for `destination`. */
  tunnelTo(destination: Destination): Tunnel;
}

/** @throws {UsageError} for a URL that is no proxy's. */
export function parseProxy({ url, headers }: ProxyOptions): ParsedProxy {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new UsageError('not the URL of a proxy'); // without its text: it may have a password in it
  }
  const port = PORTS[parsed.protocol];
  const socks = parsed.protocol.startsWith('socks5');
  if (port === undefined || parsed.hostname === '') throw new UsageError(`not a proxy known here: ${parsed.protocol}`);
  if (socks && headers !== undefined) throw new UsageError('a SOCKS5 proxy takes no headers');
  const credentials = credentialsOf(parsed);
  return {
    secure: parsed.protocol === 'https:',
    hostname: parsed.hostname.replace(/^\[|\]$/g, ''),
    port: parsed.port === '' ? port : Number(parsed.port),
    tunnelTo: (destination) =>
      socks ? new Socks5(destination, credentials) : new HttpConnect(destination, { credentials, headers }),
  };
}

/**
 * The proxy that environment variables name for a URL; `undefined` for none.
 *
 * For wss `https_proxy`, for ws `http_proxy`, else `all_proxy`; each in lower case, or else in capitals, but for
 * HTTP_PROXY, which a request could set in a CGI program. `no_proxy` lists what is reached without one: names with
 * all names below them, addresses, each perhaps with a port, or `*`.
 */
export function proxyOfEnvironment(
  { secure, hostname, port }: Destination & { readonly secure: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): ProxyOptions | undefined {
  const { https_proxy, HTTPS_PROXY, http_proxy, all_proxy, ALL_PROXY, no_proxy, NO_PROXY } = environment;
  const url = (secure ? https_proxy || HTTPS_PROXY : http_proxy) || all_proxy || ALL_PROXY;
  if (!url) return undefined;
  const exceptions = (no_proxy || NO_PROXY || '').toLowerCase().split(/[\s,]+/);
  const host = hostname.toLowerCase().replace(/\.$/, '');
  const excepted = exceptions.some((exception) => {
    if (exception === '*') return true;
    const [, bracketed, plain = '', digits] = /^(?:\[(.+)\]|(.*?))(?::(\d+))?$/.exec(exception) ?? [];
    const isIpv6 = bracketed === undefined && exception.split(':').length > 2;
    const name = isIpv6 ? exception : (bracketed ?? plain.replace(/^\*?\./, ''));
    if (name === '' || (!isIpv6 && digits !== undefined && Number(digits) !== port)) return false;
    return host === name || (host.endsWith(`.${name}`) && !/^[\d.]+$/.test(host));
  });
  // Most people write no scheme, and mean an HTTP proxy.
  return excepted ? undefined : { url: url.includes('://') ? url : `http://${url}` };
}

function credentialsOf({ username, password }: URL): Credentials | undefined {
  if (username === '' && password === '') return undefined;
  try {
    return { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  } catch {
    throw new UsageError('the user name or password of the proxy is not percent-encoded');
  }
}

/** Where a proxy listens whose URL does not say so. */
const PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443, 'socks5:': 1080, 'socks5h:': 1080 };
