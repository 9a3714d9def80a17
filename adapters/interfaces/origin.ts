/**
 * Which web pages may connect (RFC 6455 §10.2): a browser lets every page open a WebSocket to every host, with
 * the user's cookies, and leaves the judgement to the server.
 */
import { UsageError } from '../../core/index.ts';

/**
 * Which web pages may connect.
 *
 * - `'same'`: pages of the host they connect to. Over TLS they must have come over TLS.
 * - `'any'`: all pages.
 * - a list: these origins and no others, to the letter, such as `https://example.com`. `*` as the first label of a host stands for one label
 *   there: `https://*.example.com` lets `https://a.example.com` connect, and neither `https://example.com` nor any other depth,
 *   scheme or port. `null`, which sandboxed pages send, counts only where it is listed;
 *   `'same'` in a list stands for the pages of the host, too.
 *
 * A client that is no browser sends no Origin and is let through, unless `requireOrigin` is set: it could send any.
 */
export type Origins = 'same' | 'any' | readonly string[];

/** @throws {UsageError} for what no browser would ever send, so that it would let nobody in. */
export function checkOrigins(origins: Origins): void {
  if (origins === 'same' || origins === 'any') return;
  if (!Array.isArray(origins)) throw new UsageError(`origins are 'same', 'any' or a list, not ${String(origins)}`);
  for (const listed of origins) {
    if (listed === 'null' || listed === 'same') continue;
    const sent = !/^https?:/i.test(listed) && /^[a-z][a-z\d+.-]*:\/\/./i.test(listed) ? listed : originOf(listed);
    if (sent !== listed)
      throw new UsageError(`no browser sends the origin ${listed}${sent === undefined ? '' : `, but ${sent}`}`);
  }
}

function originOf(url: string): string | undefined {
  try {
    return new URL(url).origin;
  } catch {
    return undefined;
  }
}

/** Whether a request with this Origin field may connect to `host`. */
export function mayConnect(origins: Origins, origin: string | undefined, host: string, secure: boolean): boolean {
  if (origin === undefined || origins === 'any') return true;
  if (origins !== 'same') {
    return origins.some((listed) => (listed === 'same' ? isSame(origin, host, secure) : matches(listed, origin)));
  }
  return isSame(origin, host, secure);
}

function isSame(origin: string, host: string, secure: boolean): boolean {
  const [, scheme, authority = ''] = /^(https?):\/\/([^/?#@\s]+)$/.exec(origin) ?? [];
  if (scheme === undefined || (secure && scheme === 'http')) return false;
  // Behind a proxy that speaks TLS we do not, so that only the origin knows which port is the default one.
  const defaultPort = scheme === 'https' ? /:443$/ : /:80$/;
  return authority.toLowerCase().replace(defaultPort, '') === host.toLowerCase().replace(defaultPort, '');
}

/** Whether `origin` is the listed one; a `*` there stands for one label, which has no dot and no other delimiter. */
function matches(listed: string, origin: string): boolean {
  const at = listed.indexOf('://*.');
  if (at < 0) return listed === origin;
  const head = listed.slice(0, at + 3);
  const tail = listed.slice(at + 4);
  if (!origin.startsWith(head) || !origin.endsWith(tail)) return false;
  return /^[a-z\d_-]+$/i.test(origin.slice(head.length, origin.length - tail.length));
}
