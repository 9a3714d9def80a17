/**
 * The server's side of the opening handshake (RFC 6455 §4.2): reads a request, judges it, and writes the answer.
 *
 * One head is read and nothing behind it, whatever the answer: those bytes are frames, or belong to a request that is
 * refused together with its connection.
 */

import { decodeLatin1, encodeLatin1 } from '../bytes/latin1.ts';
import { encoder } from '../bytes/utf8.ts';
import { type ProtocolError, quote, UsageError } from '../errors.ts';
import type { OpeningRequest } from '../events.ts';
import type { Extension } from '../extensions/extension.ts';
import { acceptExtensions, checkExtensions, type Negotiated } from '../extensions/negotiation.ts';
import { type Field, type FieldInit, FieldList, fieldPairs, isField } from '../http/fields.ts';
import { HeadReader } from '../http/head-reader.ts';
import { fieldLines, writeHead } from '../http/head-writer.ts';
import { type ExtensionElement, isToken } from '../http/lists.ts';
import type { Limits } from '../limits.ts';
import { acceptKey, type Sha1 } from './accept-key.ts';
import { demand } from './demand.ts';
import { applicationFields, handshakeFields } from './handshake-fields.ts';
import { judgeRequest, parseRequestLine, type RequestLine } from './request-judge.ts';

/** A request as an HTTP server has parsed it, with a pair for each field line, repeated names included. */
export interface ParsedRequest extends RequestLine {
  readonly fields: FieldInit;
}

/** How a server accepts (RFC 6455 §4.2.2). */
export interface Acceptance {
  /** One of the subprotocols the client offered; none where it is `undefined` or empty. */
  readonly subprotocol?: string | undefined;
  /** Fields to add to the response, such as Set-Cookie. */
  readonly fields?: FieldInit | undefined;
  /** A ready value of Sec-WebSocket-Extensions, or `''` for none. Default: what the connection's `extensions` accept. */
  readonly extensions?: string | undefined;
}

/** How a server answers otherwise (RFC 6455 §4.2.2, step 2). */
export interface Answer {
  /** From 300 to 599; for a request that is none for a WebSocket, any final status. */
  readonly status: number;
  /** The reason phrase. Default: empty, for clients ignore it (RFC 9112 §4). */
  readonly reason?: string | undefined;
  readonly fields?: FieldInit | undefined;
  /** A string is sent as UTF-8, and as text/plain unless `fields` has a Content-Type. */
  readonly body?: string | Uint8Array | undefined;
}

/** A response that is ready to be written, and what it agrees on where it accepts. */
export interface Decision extends Partial<Negotiated> {
  /** Text whose characters are its bytes, or bytes. */
  readonly head: string | Uint8Array;
  readonly subprotocol?: string;
}

export class ServerOpening {
  /** The request, once it is complete and judged. */
  request: OpeningRequest | undefined;
  /** The extensions the request offers. */
  extensions: readonly ExtensionElement[] = [];
  readonly #limits: Limits;
  readonly #plainRequests: boolean;
  readonly #sha1: Sha1 | undefined;
  readonly #spoken: readonly Extension[];
  readonly #reader: HeadReader;
  #method = '';
  #key: string | undefined;

  /**
   * @param plainRequests - whether the application answers requests that ask for no WebSocket, too.
   * @param sha1 - the host's own, if it has one.
   */
  constructor(limits: Limits, plainRequests: boolean, extensions: readonly Extension[] = [], sha1?: Sha1) {
    checkExtensions(extensions);
    this.#spoken = extensions;
    this.#limits = limits;
    this.#plainRequests = plainRequests;
    this.#sha1 = sha1;
    this.#reader = new HeadReader(limits, 2);
  }

  /** Whether no byte was received yet: who leaves now has asked for nothing, and is owed no answer. */
  get empty(): boolean {
    return this.#reader.empty;
  }

  /**
   * Reads `bytes` from `start` up to `end`, or to the end of the head, and judges the request once that is complete.
   *
   * @returns the offset of the first byte that was not read.
   * @throws {ProtocolError} for a request that must be refused: see `refusalFor`.
   */
  receive(bytes: Uint8Array, start: number, end: number): number {
    if (this.request !== undefined) return start;
    const reader = this.#reader;
    const at = reader.receive(bytes, start, end);
    if (reader.done) this.#judge(parseRequestLine(reader.startLine), reader.fields);
    return at;
  }

  /**
   * Judges a request that an HTTP server has parsed; that parser may have been lenient.
   *
   * @throws {ProtocolError} as `receive`.
   */
  judge(head: ParsedRequest): OpeningRequest {
    const pairs = fieldPairs(head.fields);
    const valid = isToken(head.method) && pairs.every(([name, value]) => isField(name, value));
    demand(valid, 'head-malformed', 'a head of HTTP/1.1');
    demand(pairs.length <= this.#limits.fields, 'too-many-fields', `at most ${this.#limits.fields} fields`);
    return this.#judge(head, new FieldList(pairs));
  }

  #judge(line: RequestLine, fields: FieldList): OpeningRequest {
    this.#method = line.method;
    const judgement = judgeRequest(line, fields, this.#limits.offers, this.#plainRequests);
    this.#key = judgement.key;
    this.extensions = judgement.extensions;
    this.request = judgement.request;
    return judgement.request;
  }

  /**
   * The response that opens the connection (RFC 6455 §4.2.2, step 5), and what it agrees on.
   *
   * @throws {UsageError} for a subprotocol that was not offered, a field that is reserved or cannot be written, or a
   *   request for no WebSocket.
   */
  acceptance(answer: Acceptance): Negotiated & { head: string; subprotocol: string } {
    const subprotocol = answer.subprotocol ?? '';
    const negotiated =
      typeof answer.extensions === 'string'
        ? { extensions: answer.extensions, agreed: [] }
        : acceptExtensions(this.extensions, this.#spoken);
    if (this.#key === undefined) throw new UsageError('the request asks for no WebSocket');
    if (subprotocol !== '' && !this.request?.subprotocols.includes(subprotocol)) {
      throw new UsageError(`the client did not offer the subprotocol ${quote(subprotocol)}`);
    }
    const fields = fieldLines(handshakeFields(subprotocol, negotiated.extensions, answer.fields));
    return {
      head: `${ACCEPTED}${acceptKey(this.#key, this.#sha1)}\r\n${fields}\r\n`,
      // A copy: a slice of the client's field would keep the whole head for as long as the connection lives.
      subprotocol: subprotocol === '' ? '' : decodeLatin1(encodeLatin1(subprotocol)),
      ...negotiated,
    };
  }

  /**
   * The response that ends the connection: every one does, or what follows could be taken for a next request.
   *
   * A request for a WebSocket may not be answered with success (2xx), nor with 304; and nothing with 101, after which
   * proxies take the rest for a tunnel.
   *
   * @throws {UsageError} for a status, field or body that may not be sent.
   */
  refusal({ status, reason, fields, body }: Answer): Uint8Array {
    const plain = this.request?.upgrade === false;
    if (!Number.isInteger(status) || status < (plain ? 200 : 300) || status > 599 || (status === 304 && !plain)) {
      throw new UsageError(`not a status to answer with here: ${status}`);
    }
    return this.#respond(status, applicationFields(fields), body, reason);
  }

  /** The response to a request that broke a rule; empty where there is none to send. */
  refusalFor({ status, violation, message }: ProtocolError): Uint8Array {
    if (status === undefined) return new Uint8Array(0);
    const fields: Field[] = [];
    if (status === 405) fields.push(['Allow', 'GET']); // RFC 9110 §15.5.6
    if (violation === 'version-missing') fields.push(VERSION);
    return this.#respond(status, fields, `${message}\n`, violation);
  }

  #respond(status: number, fields: Field[], body: string | Uint8Array = '', reason = ''): Uint8Array {
    const isText = typeof body === 'string';
    const bytes = isText ? encoder.encode(body) : body;
    if (!ArrayBuffer.isView(bytes)) throw new UsageError('a body is a string or a Uint8Array');
    if (isText && body !== '' && new FieldList(fields).get('content-type') === undefined) {
      fields.push(['Content-Type', 'text/plain; charset=utf-8']);
    }
    if (status !== 204 && status !== 304)
      fields.push(['Content-Length', `${bytes.length}`]); // RFC 9110 §8.6
    else if (bytes.length > 0) throw new UsageError(`a response ${status} has no body`);
    if (status === 426) fields.push(['Upgrade', 'websocket'], VERSION); // RFC 9110 §15.5.22, RFC 6455 §4.4
    fields.push(['Connection', status === 426 ? 'upgrade, close' : 'close']);
    return writeHead(`HTTP/1.1 ${status} ${reason}`, fields, this.#method === 'HEAD' ? undefined : bytes);
  }
}

/** How every acceptance begins (RFC 6455 §4.2.2, step 5). */
const ACCEPTED =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ';
const VERSION: Field = ['Sec-WebSocket-Version', '13'];
