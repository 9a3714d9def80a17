/**
 * The WebSocket: who may open it, and who may go on.
 *
 * At the handshake the Origin (same by default), the cookie and the token are checked, and a refusal is an HTTP 403.
 * Each message is checked again, for a connection lives longer than a token and perhaps than the session; then the
 * answer is a message that says so, and Close 1008.
 */
import type { CsrfTokens } from 'sansocket/csrf';
import { httpError, type WebSocketServerOptions } from 'sansocket/node';
import { COOKIE, userOf } from './sessions.ts';

/** What a connection knows: not the user, who may log out meanwhile, but the session. */
export interface Member {
  readonly session: string;
}

/** The token comes as a subprotocol: a page can set no header, and URLs are written to logs. */
const TOKEN = 'csrf.';

export const socket = (tokens: CsrfTokens): WebSocketServerOptions<Member> => ({
  path: '/socket',
  subprotocols: ['chat'],
  requireOrigin: true,
  limits: { messageBytes: 16_384 },
  async upgrade({ cookies, subprotocols }) {
    const session = cookies.get(COOKIE);
    const token = subprotocols.find((each) => each.startsWith(TOKEN))?.slice(TOKEN.length);
    if (session === undefined || userOf(session) === undefined) return httpError(403, 'log in first');
    const verdict = await tokens.verify(token, session);
    if (verdict !== 'valid') return httpError(403, `the token is ${verdict}`);
    return { data: { session } };
  },
  async message(connection, message) {
    const { session } = connection.data;
    const { csrf_token: token, text } = parse(message);
    const user = userOf(session);
    const verdict = user === undefined ? 'of no session' : await tokens.verify(token, session);
    if (verdict !== 'valid') {
      connection.send(JSON.stringify({ code: 403, message: `the token is ${verdict}` }));
      void connection.close(1008, 'not allowed'); // not awaited: this handler would wait for itself
      return;
    }
    connection.send(JSON.stringify({ from: user, text: String(text) }));
  },
});

function parse(message: string | Uint8Array): { readonly csrf_token?: unknown; readonly text?: unknown } {
  try {
    const value: unknown = typeof message === 'string' ? JSON.parse(message) : undefined;
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
