/** Names of options: one that is misspelt, or another library's, would be ignored in silence. */
import { UsageError } from '../../core/index.ts';

/** The options there are. */
export type Names = Readonly<Record<string, true>>;

/** What tells where a server is to listen, on one runtime or another. */
export const LISTENING: Names = { port: true, host: true, socketPath: true, tls: true, backlog: true, inspect: true };

/** What tells how a client is to get to its server, on one runtime or another. */
export const DIALLING: Names = { port: true, host: true, socketPath: true, tls: true, proxy: true, inspect: true };

/**
 * @param instead - what there is instead of a name, where it is known.
 * @throws {UsageError} naming an option that is none, and what there is instead.
 */
export function checkNames(
  options: object,
  names: Names,
  instead: (name: string) => string | undefined = () => undefined,
): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || Object.hasOwn(names, name)) continue;
    const hint = instead(name) ?? alike(name, names);
    throw new UsageError(`there is no option "${name}"${hint === undefined ? '' : `, but ${hint}`}`);
  }
}

/** Why options cannot be honoured, by name. */
export type Refused = Readonly<Record<string, string>>;

/** What listens, and what dials, where others bring the transports. */
export const transportsFrom = (others: string): Refused =>
  Object.fromEntries([...Object.keys(LISTENING), ...Object.keys(DIALLING)].map((name) => [name, others]));

/** @throws {UsageError} naming an option that other ways to a connection have, and this one cannot honour. */
export function refuse(options: object, refused: Refused): void {
  for (const [name, value] of Object.entries(options ?? {})) {
    if (value === undefined || !Object.hasOwn(refused, name)) continue;
    throw new UsageError(`the option "${name}" cannot be honoured here: ${refused[name]}`);
  }
}

/** The option that somebody meant who wrote `name`: the same but for the case, an `s`, an `on`, or one letter. */
function alike(name: string, names: Names): string | undefined {
  const plain = (text: string): string => text.toLowerCase().replace(/^on|s$/g, '');
  const wanted = plain(name);
  const found = Object.keys(names).find((each) => isAlike(plain(each), wanted));
  return found === undefined ? undefined : `"${found}"`;
}

function isAlike(a: string, b: string): boolean {
  let same = 0;
  while (same < a.length && a[same] === b[same]) same++;
  const rest = [a.slice(same), b.slice(same)] as const;
  const [x, y] = rest;
  // Equal, or one letter is missing, too many, or another one; or two have changed places.
  return (
    x === y ||
    x === y.slice(1) ||
    x.slice(1) === y ||
    x.slice(1) === y.slice(1) ||
    (x.slice(2) === y.slice(2) && x[0] === y[1] && x[1] === y[0])
  );
}

/** What there is instead of an option of other libraries. */
export const insteadOf = (name: string): string | undefined =>
  Object.hasOwn(INSTEAD, name) ? INSTEAD[name] : undefined;

const INSTEAD: Readonly<Record<string, string>> = {
  protocol: '"subprotocols"',
  protocols: '"subprotocols"',
  handleProtocols: '"subprotocols", and "upgrade" to choose',
  verifyClient: '"upgrade", to refuse or accept a request',
  handshakeTimeout: '"deadlines": { opening }',
  timeout: '"deadlines": { connecting, opening }',
  closeTimeout: '"deadlines": { closing }',
  keepalive: '"deadlines": { ping, pong }',
  maxPayload: '"limits": { messageBytes }',
  perMessageDeflate: '"compression"',
  permessageDeflate: '"compression"',
  followRedirects: '"redirects": how many to follow',
  maxRedirects: '"redirects": how many to follow',
  agent: '"proxy"',
  origin: '"headers": { Origin } of a client, and "origins" of a server',
  cookie: '"cookies"',
  ca: '"tls": { ca }',
  cert: '"tls": { cert, key }',
  key: '"tls": { cert, key }',
  rejectUnauthorized: '"tls": { rejectUnauthorized }',
  server: '`attach(server, options)`',
  noServer: '`upgrade(request, socket, head, options)`',
  reconnect: '`reconnecting(url, options)`',
};
