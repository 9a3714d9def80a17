/**
 * Tokens against cross-site requests, signed and expiring: a page asks for one with its cookie and gives it back where
 * a foreign page could only send the cookie along (RFC 6455 §10.2).
 *
 * A token is the HMAC-SHA-256 of its expiry and its subject, in hexadecimal, a dot, and the expiry in seconds since
 * 1970; a token in a header, too. Nothing is stored, and the platform's Web Crypto compares in constant time.
 */
import { UsageError } from '../core/index.ts';
import { checkNames } from './interfaces/option-names.ts';

/** With what tokens are signed, and for how long. */
export interface CsrfOptions {
  /**
   * What signs: at least 32 bytes that nobody can guess, such as those of `crypto.getRandomValues`. The first one
   * signs; the others are still accepted, so that a secret can be replaced while pages are open.
   */
  readonly secrets: readonly Uint8Array[];
  /** Milliseconds a token is good for, in whole seconds and at least one. Default 60,000. */
  readonly lifetime?: number | undefined;
  /** Milliseconds since 1970. Default: the clock of the host. */
  readonly now?: (() => number) | undefined;
}

/** What a token is worth; only `valid` is to be let in. `expired` is one that was valid for this subject. */
export type CsrfVerdict = 'valid' | 'expired' | 'wrong' | 'malformed';

/** Issues tokens, and judges those that come back. */
export class CsrfTokens {
  readonly #keys: readonly Promise<Key>[];
  readonly #seconds: number;
  readonly #now: () => number;

  /** @throws {UsageError} without a secret, for a short one, or for a lifetime below a second. */
  constructor(options: CsrfOptions) {
    checkNames(options, OPTIONS, (name) => (name === 'secret' ? '"secrets", a list' : undefined));
    const { secrets, lifetime = 60_000, now = Date.now } = options;
    if (!Array.isArray(secrets) || secrets.length === 0) throw new UsageError('there is a list of secrets');
    // A string of characters is easier to guess than it looks.
    if (secrets.some((secret) => !(secret instanceof Uint8Array) || secret.length < SECRET_BYTES)) {
      throw new UsageError(`a secret is a Uint8Array of at least ${SECRET_BYTES} bytes`);
    }
    if (!(lifetime >= 1_000 && Number.isFinite(lifetime))) throw new UsageError('a token lives for a second or more');
    this.#keys = secrets.map((secret) =>
      crypto.subtle.importKey('raw', secret.slice(), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']),
    );
    this.#seconds = Math.floor(lifetime / 1_000);
    this.#now = now;
  }

  /**
   * Makes a token.
   *
   * @param subject - whom it is for: the id of a session rather than that of a user, so that it ends with the session.
   * @throws {UsageError} (as a rejection) without a subject: all who have none would have one token.
   */
  async issue(subject: string): Promise<string> {
    if (typeof subject !== 'string' || subject === '')
      throw new UsageError('a token is for somebody: a subject is a text');
    const expiry = String(Math.floor(this.#now() / 1_000) + this.#seconds);
    const key = await this.#keys[0];
    if (key === undefined) throw new UsageError('there is no secret');
    const signature = new Uint8Array(await crypto.subtle.sign('HMAC', key, signed(expiry, subject)));
    return `${Array.from(signature, (byte) => byte.toString(16).padStart(2, '0')).join('')}.${expiry}`;
  }

  /** Judges a token for `subject`; anything at all may be asked about, also what a peer sent instead of a string. */
  async verify(token: unknown, subject: string): Promise<CsrfVerdict> {
    const [, digits, expiry] = typeof token === 'string' ? (FORM.exec(token) ?? []) : [];
    if (digits === undefined || expiry === undefined) return 'malformed';
    if (typeof subject !== 'string' || subject === '') return 'wrong';
    const signature = Uint8Array.from({ length: 32 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
    const data = signed(expiry, subject);
    let genuine = false;
    for (const key of this.#keys) {
      if (await crypto.subtle.verify('HMAC', await key, signature, data)) genuine = true;
    }
    // The signature first: of a forged token nothing is believed, its expiry included.
    if (!genuine) return 'wrong';
    return Number(expiry) * 1_000 > this.#now() ? 'valid' : 'expired';
  }
}

const OPTIONS: Readonly<Record<keyof CsrfOptions, true>> = { secrets: true, lifetime: true, now: true };

/** The key type of Web Crypto, by the function that makes it: its name is not global in every runtime's types. */
type Key = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

/** The expiry has digits only, so no other subject makes the same bytes; the name keeps other uses of a secret apart. */
const signed = (expiry: string, subject: string): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(`sansocket csrf\n${expiry}\n${subject}`);

const FORM = /^([\da-f]{64})\.([1-9]\d{9})$/;
const SECRET_BYTES = 32;
