/** A client's request as a server's program sees it. */
import type { Fields, OpeningRequest } from '../../core/index.ts';
import type { Remote } from '../listener.ts';
import { parseCookies } from './cookies.ts';
import { originate, type TrustedProxies } from './trusted-proxies.ts';

/** A request to decide on. Text of the peer: escape it before it reaches a log. */
export interface ServerRequest extends OpeningRequest {
  /** `fields`, by the name that they have in options: in order, and looked up without case. */
  readonly headers: Fields;
  /** The target without its query. */
  readonly path: string;
  /** The query without `?`, or `''`. */
  readonly query: string;
  /** The URL the client asked for, with scheme ws or wss, and its query in `searchParams`. */
  readonly url: URL;
  /** The cookies by name; of two with the same name the first. */
  readonly cookies: ReadonlyMap<string, string>;
  /** The client's address, as the transport or a trusted proxy tells it (`trustProxy`). */
  readonly remoteAddress: string;
  /** Whether the client's transport is encrypted, as the transport or a trusted proxy tells it. */
  readonly secure: boolean;
  /** Aborted when there is nobody left to answer: the client has gone, or the deadline has answered. */
  readonly signal: AbortSignal;
}

/** A request that computes what few programs ask for when they ask. */
export class IncomingRequest implements ServerRequest {
  readonly upgrade: boolean;
  readonly method: string;
  readonly target: string;
  readonly host: string;
  readonly origin: string | undefined;
  readonly subprotocols: readonly string[];
  readonly fields: OpeningRequest['fields'];
  readonly path: string;
  readonly query: string;
  readonly secure: boolean;
  readonly #remote: Remote;
  readonly #forwardedAddress: string | undefined;
  #controller: AbortController | undefined;
  #gone = false;
  #cookies: ReadonlyMap<string, string> | undefined;

  constructor(request: OpeningRequest, remote: Remote, trusted: TrustedProxies | undefined) {
    const forwarded =
      trusted === undefined
        ? undefined
        : originate({ address: remote.address, secure: remote.secure, host: request.host }, request.fields, trusted);
    const at = request.target.indexOf('?');
    this.upgrade = request.upgrade;
    this.method = request.method;
    this.target = request.target;
    this.host = forwarded?.host ?? request.host;
    this.origin = request.origin;
    this.subprotocols = request.subprotocols;
    this.fields = request.fields;
    this.path = at < 0 ? request.target : request.target.slice(0, at);
    this.query = at < 0 ? '' : request.target.slice(at + 1);
    this.secure = forwarded?.secure ?? remote.secure;
    this.#remote = remote;
    this.#forwardedAddress = forwarded?.address;
  }

  get remoteAddress(): string {
    return this.#forwardedAddress ?? this.#remote.address;
  }

  get headers(): Fields {
    return this.fields;
  }

  /** Whether `url` is one: the syntax of Host allows more than a URL can have, such as the port 99999. */
  get hasUrl(): boolean {
    return URL.canParse(this.#href);
  }

  get url(): URL {
    return new URL(this.#href);
  }

  get #href(): string {
    return `${this.secure ? 'wss' : 'ws'}://${this.host || 'localhost'}${this.target}`;
  }

  get cookies(): ReadonlyMap<string, string> {
    this.#cookies ??= parseCookies(this.fields.all('cookie'));
    return this.#cookies;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#gone) this.#controller.abort();
    return this.#controller.signal;
  }

  /** There is nobody left to answer. */
  leave(): void {
    this.#gone = true;
    this.#controller?.abort();
  }
}
