/**
 * The client's side of the opening handshake (RFC 6455 §4.1): writes the request, then reads and judges the response.
 */

import { ProtocolError, quote, UsageError } from '../errors.ts';
import type { Fields, OpeningResponse } from '../events.ts';
import type { AgreedExtension, Extension } from '../extensions/extension.ts';
import { agreeExtensions, checkExtensions, offerExtensions } from '../extensions/negotiation.ts';
import { BodyReader } from '../http/body-reader.ts';
import type { FieldInit } from '../http/fields.ts';
import { HeadReader } from '../http/head-reader.ts';
import { writeHead } from '../http/head-writer.ts';
import { isToken, listHas, parseExtensions } from '../http/lists.ts';
import type { Limits } from '../limits.ts';
import { acceptKey, encodeKey, type Sha1 } from './accept-key.ts';
import { demand } from './demand.ts';
import { handshakeFields } from './handshake-fields.ts';

/** What a client asks for. */
export interface ClientRequest {
  /** The Host field: the host, and the port where it is not the default one (RFC 6455 §4.1). */
  readonly host: string;
  /** The path and query, beginning with `/` (RFC 6455 §3). */
  readonly target: string;
  /** In the order of preference. Default: none. */
  readonly subprotocols?: readonly string[] | undefined;
  /** Fields to add to the request, such as Origin or Authorization. */
  readonly fields?: FieldInit | undefined;
  /** A ready value of Sec-WebSocket-Extensions, to offer in front of the connection's `extensions`. Default: none. */
  readonly extensions?: string | undefined;
}

/** How an opening handshake ended. */
export type Outcome =
  | {
      readonly kind: 'accepted';
      readonly subprotocol: string;
      readonly extensions: string;
      readonly agreed: readonly AgreedExtension[];
      readonly fields: Fields;
    }
  | { readonly kind: 'refused'; readonly response: OpeningResponse };

export class ClientOpening {
  /** The request. */
  readonly head: Uint8Array;
  /** What came of it, once that is known. */
  outcome: Outcome | undefined;
  readonly #key: string;
  readonly #sha1: Sha1 | undefined;
  readonly #subprotocols: readonly string[];
  /** The names of the extensions that were offered. */
  readonly #offered: readonly string[];
  readonly #extensions: readonly Extension[];
  readonly #limits: Limits;
  #reader: HeadReader;
  #interim = 0;
  #refusal: { readonly status: number; readonly reason: string; readonly body: BodyReader } | undefined;

  /**
   * @param key - 16 fresh random bytes.
   * @throws {UsageError} for a request that cannot be written.
   */
  constructor(
    request: ClientRequest,
    key: Uint8Array,
    limits: Limits,
    extensions: readonly Extension[] = [],
    sha1?: Sha1,
  ) {
    this.#sha1 = sha1;
    const { host, target, subprotocols = [] } = request;
    checkExtensions(extensions);
    const offer = [request.extensions ?? '', offerExtensions(extensions)].filter((each) => each !== '').join(', ');
    if (!/^[!-~]+$/.test(host)) throw new UsageError(`not a host: ${quote(host)}`);
    if (!/^\/[!"$-~]*$/.test(target)) throw new UsageError(`not a path: ${quote(target)}`);
    if (!subprotocols.every(isToken) || new Set(subprotocols).size < subprotocols.length) {
      throw new UsageError('subprotocols must be different tokens');
    }
    if (key.length !== 16) throw new UsageError('a key has 16 bytes');
    this.#key = encodeKey(key);
    this.head = writeHead(`GET ${target} HTTP/1.1`, [
      ['Host', host], // goes first (RFC 9110 §7.2)
      ['Upgrade', 'websocket'],
      ['Connection', 'Upgrade'],
      ['Sec-WebSocket-Key', this.#key],
      ['Sec-WebSocket-Version', '13'],
      ...handshakeFields(subprotocols.join(', '), offer, request.fields),
    ]);
    this.#subprotocols = [...subprotocols];
    try {
      this.#offered = parseExtensions([offer], Infinity).map(({ name }) => name);
    } catch {
      throw new UsageError(`not an offer of extensions: ${quote(offer)}`);
    }
    this.#extensions = extensions;
    this.#limits = limits;
    this.#reader = new HeadReader(limits, 0);
  }

  /**
   * Reads `bytes` from `start` up to `end`, or to where the handshake ends; what follows a 101 are frames.
   *
   * @returns the offset of the first byte that was not read.
   * @throws {ProtocolError} for a response that fails the connection (RFC 6455 §4.1).
   */
  receive(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end && this.outcome === undefined) {
      if (this.#refusal === undefined) {
        at = this.#reader.receive(bytes, at, end);
        if (this.#reader.done) this.#judge(this.#reader);
        // What greets in another protocol may never end a head.
        else if (this.#reader.startLine !== '') parseStatusLine(this.#reader.startLine);
      } else {
        at = this.#refusal.body.receive(bytes, at, end);
      }
      if (this.#refusal?.body.done) this.end();
    }
    return at;
  }

  /**
   * The transport has ended. A response that refuses stands, whether or not its body is complete.
   *
   * @throws {ProtocolError} where there is no response.
   */
  end(): void {
    if (this.outcome !== undefined) return;
    if (this.#refusal === undefined)
      throw new ProtocolError('response-missing', 'the transport ended before a response');
    const { status, reason, body } = this.#refusal;
    this.outcome = { kind: 'refused', response: { status, reason, fields: this.#reader.fields, body: body.take() } };
  }

  #judge({ startLine, fields }: HeadReader): void {
    const { version, status, reason } = parseStatusLine(startLine);
    // A refusal may come from a proxy that speaks HTTP/1.0; an upgrade cannot (RFC 9110 §7.8).
    const spoken = status === 101 ? /^1\.[1-9]$/ : /^1\.\d$/;
    demand(spoken.test(version), 'http-version-unsupported', `HTTP/1.1, received ${quote(startLine)}`);
    if (status === 101) {
      this.outcome = this.#accepted(fields);
    } else if (status < 200) {
      // Interim responses say nothing about the request yet (RFC 9110 §15.2).
      demand(++this.#interim <= this.#limits.interimResponses, 'too-many-interim-responses', 'a final response');
      this.#reader = new HeadReader(this.#limits, 0);
    } else {
      this.#refusal = { status, reason, body: new BodyReader(status, fields, this.#limits.responseBodyBytes) };
    }
  }

  /** Judges a 101 (RFC 6455 §4.1): a field that may stand only once is joined like a list, which none survives twice. */
  #accepted(fields: Fields): Outcome {
    const upgrade = fields.all('upgrade').join().toLowerCase();
    demand(upgrade === 'websocket', 'response-upgrade-wrong', 'one Upgrade: websocket');
    demand(listHas(fields.all('connection'), 'upgrade'), 'response-connection-wrong', 'Connection: Upgrade');
    const accept = fields.all('sec-websocket-accept').join();
    demand(
      accept === acceptKey(this.#key, this.#sha1),
      'accept-wrong',
      'one Sec-WebSocket-Accept that answers the key',
    );

    const chosen = fields.all('sec-websocket-protocol');
    const subprotocol = this.#subprotocols.find((each) => each === chosen.join()) ?? '';
    demand(
      chosen.length === 0 || subprotocol !== '',
      'subprotocol-not-offered',
      'one of the subprotocols offered, or no Sec-WebSocket-Protocol',
    );
    const extensions = fields.all('sec-websocket-extensions');
    const answer = parseExtensions(extensions, this.#limits.offers);
    const names = answer.map(({ name }) => name);
    demand(
      extensions.length < 2 && names.every((name, i) => this.#offered.includes(name) && names.indexOf(name) === i),
      'extension-not-offered',
      'extensions that were offered, each once',
    );
    const agreed = agreeExtensions(answer, this.#extensions);
    demand(agreed !== undefined, 'extension-terms-wrong', 'extensions with parameters that were offered');
    return { kind: 'accepted', subprotocol, extensions: names.length > 0 ? extensions.join() : '', agreed, fields };
  }
}

/** The parts of a status line (RFC 9112 §4). @throws {ProtocolError} `head-malformed`. */
function parseStatusLine(line: string): { readonly version: string; readonly status: number; readonly reason: string } {
  const [, version, digits, reason = ''] = /^HTTP\/(\d\.\d) ([1-9]\d\d)(?: (.*))?$/.exec(line) ?? [];
  demand(version !== undefined, 'head-malformed', `a status line, received ${quote(line)}`);
  return { version, status: Number(digits), reason };
}
