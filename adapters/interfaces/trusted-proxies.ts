/**
 * What reverse proxies say of their clients, believed only where the program names the proxies: anybody can send these fields.
 */
import { type Fields, UsageError } from '../../core/index.ts';

/**
 * Which peers are reverse proxies whose X-Forwarded-For, -Proto and -Host are believed.
 *
 * - a number: that many proxies stand in front, whatever their addresses. Right only where nobody can go around them.
 * - a list: the addresses of the proxies, to the letter.
 */
export type TrustedProxies = number | readonly string[];

/** @throws {UsageError} for what is neither, or names no address: nobody would be trusted, or everybody. */
export function checkTrustedProxies(given: unknown): void {
  if (typeof given === 'number' && Number.isSafeInteger(given) && given >= 0) return;
  if (!Array.isArray(given)) {
    throw new UsageError(
      `trustProxy is how many proxies stand in front, or the list of their addresses, not ${String(given)}`,
    );
  }
  const foreign: unknown = given.find((each) => typeof each !== 'string' || !ADDRESS.test(each));
  if (foreign !== undefined)
    throw new UsageError(`trustProxy lists addresses such as 10.0.0.7, not ${String(foreign)}`);
}

/** Who a request comes from. */
export interface Origination {
  /** The client's address, or `''`. */
  readonly address: string;
  /** Whether the client's transport is encrypted. */
  readonly secure: boolean;
  /** The host the client asked for. */
  readonly host: string;
}

/**
 * Who a request comes from, by the trusted proxies it passed.
 *
 * X-Forwarded-For is read from its end: each proxy appends the address it was called from, and what stands in front of that of the
 * outermost trusted proxy is only what a client claims.
 */
export function originate(direct: Origination, fields: Fields, trusted: TrustedProxies | undefined): Origination {
  const trusts = (address: string, passed: number): boolean =>
    typeof trusted === 'number' ? passed < trusted : trusted?.includes(withoutMapping(address)) === true;
  if (trusted === undefined || !trusts(direct.address, 0)) return direct;
  const hops = fields.all('x-forwarded-for').flatMap((value) => value.split(','));
  let address = direct.address;
  for (let passed = 0; trusts(address, passed); passed++) {
    const hop = hops.pop()?.trim();
    if (hop === undefined || hop === '') break;
    address = hop;
  }
  const scheme = last(fields, 'x-forwarded-proto')?.toLowerCase();
  return {
    address,
    secure: scheme === undefined ? direct.secure : scheme === 'https' || scheme === 'wss',
    host: last(fields, 'x-forwarded-host') ?? direct.host,
  };
}

/** What the proxy next to us says, where several have added to a field. */
const last = (fields: Fields, name: string): string | undefined =>
  fields.all(name).at(-1)?.split(',').at(-1)?.trim() || undefined;

/** How addresses are written; it is enough that names and networks are not. */
const ADDRESS = /^(?:\d+(?:\.\d+){3}|[\da-f]*:[\da-f:.]*(?:%.+)?)$/i;

/** An IPv4 address is the same one where a dual-stack socket reports it mapped (RFC 4291 §2.5.5.2). */
const withoutMapping = (address: string): string => address.replace(/^::ffff:(?=[\d.]+$)/i, '');
