/** Following redirects of the opening handshake (RFC 6455 §4.1), only as far as a program asked for it. */
import { UsageError } from '../../core/index.ts';
import { type ClientOptions, HandshakeError } from './client.ts';
import { parseTarget, type Target } from './websocket-url.ts';

/**
 * Opens a connection to `url`, or to where its server redirects.
 *
 * @param attempt - opens one; where `isElsewhere`, at another origin than that of `url`, which is to learn nothing.
 * @returns what `attempt` returns; rejects with what it rejects with, or with a `HandshakeError` that has the
 *   redirect's status and fields where that was not followed.
 */
export async function following<Options extends Pick<ClientOptions, 'headers' | 'cookies' | 'redirects'>, Result>(
  url: string | URL,
  options: Options,
  attempt: (target: Target, options: Options, isElsewhere: boolean) => Promise<Result>,
): Promise<Result> {
  const { redirects = 0 } = options;
  if (!(Number.isInteger(redirects) && redirects >= 0)) throw new UsageError('redirects is a whole number from 0');
  const visited = new Set<string>();
  const first = parseTarget(url);
  // Once somewhere else, what was for the first server stays away, even on the way back to it.
  let isElsewhere = false;
  let target = first;
  for (;;) {
    const given = isElsewhere ? { ...options, headers: undefined, cookies: undefined } : options;
    try {
      return await attempt(target, given, isElsewhere);
    } catch (error) {
      if (!(error instanceof HandshakeError) || visited.size === redirects) throw error;
      visited.add(place(target));
      const next = redirectOf(error, target);
      if (next === undefined) throw error;
      if (target.secure && !next.secure) throw refusal('a redirect from wss to ws is not followed', error);
      if (visited.has(place(next))) throw refusal('the server redirects in a circle', error);
      isElsewhere ||= origin(next) !== origin(first);
      // Credentials that a redirect brings along are the redirecting server's, not the program's.
      target = { ...next, authorization: isElsewhere ? undefined : first.authorization };
    }
  }
}

/** Where a response redirects to (RFC 9110 §15.4); `undefined` where it is no redirect. */
function redirectOf(error: HandshakeError, { secure, host, target }: Target): Target | undefined {
  if (![301, 302, 303, 307, 308].includes(error.status ?? 0)) return undefined;
  const [location, another] = error.headers?.all('location') ?? [];
  if (location === undefined) return undefined;
  try {
    if (another !== undefined) throw new UsageError('more than one Location');
    const next = new URL(location, `${secure ? 'wss' : 'ws'}://${host}${target}`);
    next.hash = ''; // a fragment is for pages
    return parseTarget(next);
  } catch (cause) {
    throw refusal('the server redirects to what is no WebSocket URL', error, cause);
  }
}

const refusal = (message: string, { status, headers, body }: HandshakeError, cause?: unknown): HandshakeError =>
  new HandshakeError(
    message,
    { status, ...(headers && { fields: headers }), ...(body && { body }) },
    cause === undefined ? undefined : { cause },
  );

const origin = ({ secure, host }: Target): string => `${secure} ${host}`;
const place = (target: Target): string => `${origin(target)} ${target.target}`;
