/**
 * The client's side of CONNECT (RFC 9110 §9.3.6): an HTTP proxy is asked for a tunnel, and answers with any 2xx.
 *
 * Strict like the heads of the core: lines end with CRLF, nothing is continued, and what is too long is refused.
 */
import { UsageError } from '../../core/index.ts';
import { type Credentials, type Destination, Pending, type Tunnel, TunnelError, type TunnelStep } from './tunnel.ts';

export interface HttpConnectOptions {
  /** Sent as Basic credentials in Proxy-Authorization (RFC 7617). */
  readonly credentials?: Credentials | undefined;
  /** Fields for the proxy alone, such as a Proxy-Authorization of another scheme; the server never sees them. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Bytes of one response head; the bound of the core's default limits. */
const HEAD_BYTES = 16_384;
/** Interim responses that are skipped (RFC 9110 §15.2). */
const INTERIM_RESPONSES = 16;

export class HttpConnect implements Tunnel {
  readonly greeting: Uint8Array;
  readonly #pending = new Pending();
  /** How far the end of the head was looked for. */
  #searched = 0;
  #interim = 0;

  /** @throws {UsageError} for a destination or a field that cannot stand in a request. */
  constructor({ hostname, port }: Destination, { credentials, headers = {} }: HttpConnectOptions = {}) {
    const authority = `${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`;
    const lines = [`CONNECT ${authority} HTTP/1.1`, `Host: ${authority}`];
    if (credentials !== undefined) lines.push(`Proxy-Authorization: ${basic(credentials)}`);
    for (const [name, value] of Object.entries(headers)) {
      if (!FIELD_NAME.test(name)) throw new UsageError('not the name of a field for the proxy');
      lines.push(`${name}: ${value}`);
    }
    if (!/^[!-~]+$/.test(authority)) throw new UsageError('not a host that a proxy can be asked for');
    if (!lines.every((line) => FIELD_VALUE.test(line))) throw new UsageError('not a field for the proxy');
    this.greeting = Uint8Array.from(`${lines.join('\r\n')}\r\n\r\n`, (char) => char.charCodeAt(0));
  }

  receive(bytes: Uint8Array): TunnelStep {
    this.#pending.append(bytes);
    for (let head = this.#takeHead(); head !== undefined; head = this.#takeHead()) {
      const { status, headers } = parse(head);
      // A 2xx has no body, whatever its fields say (RFC 9110 §9.3.6): the next byte is the server's.
      if (status >= 200 && status < 300) return { write: NOTHING, rest: this.#pending.bytes };
      if (status >= 200) throw new TunnelError(`the proxy answered ${status}`, status, headers);
      if (status === 101 || ++this.#interim > INTERIM_RESPONSES) throw new TunnelError('the proxy gives no answer');
    }
    return { write: NOTHING, rest: undefined };
  }

  /** The text of the next head, without the empty line, once it is complete. */
  #takeHead(): string | undefined {
    const { bytes } = this.#pending;
    const limit = Math.min(bytes.length, HEAD_BYTES);
    for (let end = Math.max(4, this.#searched); end <= limit; end++) {
      if (bytes[end - 1] !== LF || bytes[end - 3] !== LF || bytes[end - 2] !== CR || bytes[end - 4] !== CR) continue;
      this.#searched = 0;
      return String.fromCharCode(...(this.#pending.take(end) ?? NOTHING)).slice(0, -4);
    }
    if (bytes.length > HEAD_BYTES) throw new TunnelError(`the proxy's head is longer than ${HEAD_BYTES} bytes`);
    this.#searched = limit + 1;
    if (!'HTTP/1.'.startsWith(String.fromCharCode(...bytes.subarray(0, 7)))) throw malformed();
    return undefined;
  }
}

function parse(head: string): { status: number; headers: readonly (readonly [string, string])[] } {
  const [first = '', ...lines] = head.split('\r\n');
  const [, digits] = /^HTTP\/1\.\d ([1-9]\d\d)(?: [\t -~\x80-\xff]*)?$/.exec(first) ?? [];
  if (digits === undefined) throw malformed();
  const headers = lines.map((line) => {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon));
    const value = line.slice(colon + 1).replace(/^[\t ]+|[\t ]+$/g, '');
    if (!FIELD_NAME.test(name) || !FIELD_VALUE.test(value)) throw malformed();
    return [name, value] as const;
  });
  return { status: Number(digits), headers };
}

const malformed = (): TunnelError => new TunnelError('the proxy does not answer in HTTP/1.1');

const basic = ({ username, password }: Credentials): string =>
  `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(`${username}:${password}`)))}`;

const FIELD_NAME = /^[!#$%&'*+.^`|~\w-]+$/;
const FIELD_VALUE = /^[\t -~\x80-\xff]*$/;
const NOTHING = new Uint8Array(0);
const CR = 0x0d;
const LF = 0x0a;
