/** Who is logged in: random ids in cookies that scripts cannot read, and what they stand for. */
import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';

/** `__Host-` lets no other host and no plain HTTP set it (RFC 6265bis §4.1.3). */
export const COOKIE = '__Host-session';

const LIFETIME = 3_600_000;
const SALT = randomBytes(16);
const hash = (password: string): Buffer => scryptSync(password, SALT, 32);

/** The only user of this example; a real site has them in its database, each with a salt. */
const USERS: ReadonlyMap<string, Buffer> = new Map([['ada', hash('lovelace')]]);
const NOBODY = hash(randomBytes(16).toString('hex'));

const sessions = new Map<string, { readonly user: string; readonly until: number }>();

/** Begins a session; `undefined` for a wrong user or password, which take equally long. */
export function logIn(user: string, password: string): string | undefined {
  const right = timingSafeEqual(hash(password), USERS.get(user) ?? NOBODY);
  if (!right) return undefined;
  const id = randomBytes(32).toString('base64url');
  sessions.set(id, { user, until: Date.now() + LIFETIME });
  return id;
}

export function logOut(id: string): void {
  sessions.delete(id);
}

/** The user of a session that is not over. */
export function userOf(id: string | undefined): string | undefined {
  const session = id === undefined ? undefined : sessions.get(id);
  return session !== undefined && session.until > Date.now() ? session.user : undefined;
}

export const cookieFor = (id: string): string =>
  `${COOKIE}=${id}; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=${LIFETIME / 1_000}`;

export const cookieOver = `${COOKIE}=; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=0`;
