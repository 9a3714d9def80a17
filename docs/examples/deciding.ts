/** Who may connect: the transport, the page, and the request are asked in turn. */
import {
  type Accept,
  type HttpAnswer,
  httpError,
  type Origins,
  type Remote,
  type ServerRequest,
  serve,
  type TrustedProxies,
} from 'sansocket/node';

interface User {
  readonly id: string;
}

const origins: Origins = ['same', 'https://example.com', 'https://*.example.com'];
const trustProxy: TrustedProxies = ['10.0.0.7'];
const isWelcome = ({ address }: Remote): boolean => !address.startsWith('192.0.2.');
const userOf = async (session: string | undefined): Promise<User | undefined> =>
  session ? { id: session } : undefined;

async function upgrade({ cookies, path, secure }: ServerRequest): Promise<Accept<User> | HttpAnswer> {
  if (!secure) return httpError(403, 'only over TLS');
  if (path !== '/chat') return { status: 404, body: 'no WebSocket here\n' };
  const user = await userOf(cookies.get('session'));
  if (user === undefined) return httpError(401, 'log in first', {}, { 'WWW-Authenticate': 'Session' });
  return { data: user, headers: { 'Set-Cookie': 'seen=1; Secure; HttpOnly; SameSite=Lax' } };
}

await serve<User>({ origins, trustProxy, requireOrigin: true, connect: isWelcome, upgrade, decisionDeadline: 2_000 });
