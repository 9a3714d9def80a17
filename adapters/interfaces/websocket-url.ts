/** WebSocket URLs (RFC 6455 §3; WHATWG: http and https stand for ws and wss). */
import { UsageError } from '../../core/index.ts';

/** Where to connect, and what to ask for there. */
export interface Target {
  readonly secure: boolean;
  /** Without the brackets of an IPv6 address. */
  readonly hostname: string;
  readonly port: number;
  /** The Host field: without the default port. */
  readonly host: string;
  /** Path and query. */
  readonly target: string;
  /** The Authorization field its user and password make (RFC 7617), if it has any. */
  readonly authorization: string | undefined;
}

/** @throws {UsageError} for a URL of another kind, or with a fragment. */
export function parseTarget(url: string | URL): Target {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new UsageError('not a URL, such as wss://example.com/'); // without its text: it may have a password in it
  }
  const secure = /^(wss|https):$/.test(parsed.protocol);
  if (!secure && !/^(ws|http):$/.test(parsed.protocol)) {
    const hint = parsed.protocol.endsWith('+unix:') ? '; a Unix socket is given as the option socketPath' : '';
    throw new UsageError(`not a WebSocket URL, with scheme ws, wss, http or https: ${parsed.protocol}${hint}`);
  }
  if (String(url).includes('#')) throw new UsageError('a WebSocket URL has no fragment (RFC 6455 §3)');
  const { username, password } = parsed;
  return {
    secure,
    hostname: parsed.hostname.replace(/^\[|\]$/g, ''),
    port: parsed.port === '' ? (secure ? 443 : 80) : Number(parsed.port),
    host: parsed.host,
    target: parsed.pathname + parsed.search,
    authorization: username + password === '' ? undefined : basic(`${decode(username)}:${decode(password)}`),
  };
}

const basic = (credentials: string): string =>
  `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(credentials)))}`;

/** Percent-decoding that leaves alone what it cannot decode. */
const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
