/**
 * The client's side of SOCKS5: the method (RFC 1928 §3), a user name and password where the proxy wants them
 * (RFC 1929), and CONNECT (RFC 1928 §4–§6).
 *
 * Names go to the proxy unresolved: nobody but the proxy then learns where a connection goes.
 */
import { UsageError } from '../../core/index.ts';
import { type Credentials, type Destination, Pending, type Tunnel, TunnelError, type TunnelStep } from './tunnel.ts';

export class Socks5 implements Tunnel {
  readonly greeting: Uint8Array;
  readonly #pending = new Pending();
  readonly #request: Uint8Array;
  readonly #credentials: Uint8Array | undefined;
  #awaiting: 'method' | 'authentication' | 'reply' = 'method';

  /** @throws {UsageError} for a name, user name or password of no or more than 255 bytes, which SOCKS5 cannot say. */
  constructor({ hostname, port }: Destination, credentials?: Credentials) {
    this.greeting = credentials === undefined ? Uint8Array.of(5, 1, NONE) : Uint8Array.of(5, 2, NONE, PASSWORD);
    this.#request = Uint8Array.of(5, CONNECT, 0, ...address(hostname), port >>> 8, port & 0xff);
    if (credentials !== undefined) {
      this.#credentials = Uint8Array.of(1, ...counted(credentials.username), ...counted(credentials.password));
    }
  }

  receive(bytes: Uint8Array): TunnelStep {
    this.#pending.append(bytes);
    const written: number[] = [];
    let rest: Uint8Array | undefined;
    for (let on = true; on && rest === undefined; ) {
      const write = this.#awaiting === 'reply' ? undefined : this.#next();
      if (write !== undefined) written.push(...write);
      else if (this.#awaiting === 'reply') rest = this.#reply();
      on = write !== undefined;
    }
    return { write: Uint8Array.from(written), rest };
  }

  /** What to write to the answer that is waited for; `undefined` until it is complete. */
  #next(): Uint8Array | undefined {
    const [version, answer] = this.#pending.take(2) ?? [];
    if (answer === undefined) return this.#early(5);
    if (this.#awaiting === 'authentication') {
      // The version is that of the sub-negotiation (RFC 1929 §2); some proxies answer 5.
      if (answer !== 0 || (version !== 1 && version !== 5)) {
        throw new TunnelError('the proxy refused the user name and password');
      }
      this.#awaiting = 'reply';
      return this.#request;
    }
    if (version !== 5) throw malformed();
    if (answer === PASSWORD && this.#credentials !== undefined) {
      this.#awaiting = 'authentication';
      return this.#credentials;
    }
    if (answer !== NONE) throw new TunnelError('the proxy wants an authentication that was not offered');
    this.#awaiting = 'reply';
    return this.#request;
  }

  /** The bytes behind the reply; `undefined` until that is complete. */
  #reply(): Uint8Array | undefined {
    const { bytes } = this.#pending;
    this.#early(5);
    const [, status, reserved, type, length = 0] = bytes;
    if (status === undefined) return undefined;
    // A refusal may be cut short behind its code.
    if (status !== 0) throw new TunnelError(`the proxy answered: ${REPLIES[status] ?? `code ${status}`}`, status);
    if (type === undefined) return undefined;
    const size = type === IPV4 ? 4 : type === IPV6 ? 16 : type === NAME ? 1 + length : undefined;
    if (size === undefined || reserved !== 0) throw malformed();
    if (type === NAME && bytes.length < 5) return undefined;
    return this.#pending.take(4 + size + 2) === undefined ? undefined : this.#pending.bytes;
  }

  /** Refuses what is no SOCKS5 at its first byte. */
  #early(version: number): undefined {
    const [first = version] = this.#pending.bytes;
    if (first !== version && this.#awaiting !== 'authentication') throw malformed();
  }
}

/** The type of an address, and the address (RFC 1928 §5). */
function address(hostname: string): readonly number[] {
  if (hostname.includes(':')) return [IPV6, ...ipv6(hostname)];
  const parts = hostname.split('.').map(Number);
  if (/^\d+\.\d+\.\d+\.\d+$/.test(hostname) && parts.every((part) => part < 256)) return [IPV4, ...parts];
  return [NAME, ...counted(hostname)];
}

/** The sixteen bytes of an address in any of its forms (RFC 4291 §2.2). */
function ipv6(text: string): readonly number[] {
  let canonical: string;
  try {
    canonical = new URL(`ws://[${text}]`).hostname.slice(1, -1); // groups in hexadecimal, one `::` at most
  } catch {
    throw new UsageError('not an IPv6 address');
  }
  const [head = '', tail] = canonical.split('::').map((half) => half.split(':').filter((group) => group !== ''));
  const filled = [...head, ...Array<string>(8 - head.length - (tail?.length ?? 0)).fill('0'), ...(tail ?? [])];
  return filled.flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >>> 8, value & 0xff];
  });
}

function counted(text: string): readonly number[] {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length === 0 || bytes.length > 255) throw new UsageError('SOCKS5 takes names of 1 to 255 bytes');
  return [bytes.length, ...bytes];
}

const malformed = (): TunnelError => new TunnelError('the proxy does not answer in SOCKS5');

const NONE = 0x00;
const PASSWORD = 0x02;
const CONNECT = 0x01;
const IPV4 = 0x01;
const NAME = 0x03;
const IPV6 = 0x04;

/** What a reply says (RFC 1928 §6). */
const REPLIES: Readonly<Record<number, string>> = {
  1: 'general failure',
  2: 'not allowed by the ruleset',
  3: 'network unreachable',
  4: 'host unreachable',
  5: 'connection refused',
  6: 'time to live expired',
  7: 'command not supported',
  8: 'address type not supported',
};
