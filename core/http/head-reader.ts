/**
 * Reads a head of HTTP/1.1 (RFC 9112 §2–§5) as its bytes arrive, examining each once.
 *
 * Where the RFC lets a recipient be lenient, this is strict, because what parsers read differently is how requests are
 * smuggled: lines end with CRLF only (§2.2), a line is not continued on the next (§5.2), nothing stands between a name
 * and its colon (§5.1). The first byte that cannot be right is the end: TLS or random bytes are refused at once.
 */

import { Blocks } from '../bytes/blocks.ts';
import { decodeLatin1 } from '../bytes/latin1.ts';
import { ProtocolError } from '../errors.ts';
import { type Field, FieldList, isFieldValue } from './fields.ts';
import { isToken, trimOws } from './lists.ts';

export interface HeadLimits {
  /** Bytes of the whole head, empty lines included. */
  readonly headBytes: number;
  /** Bytes of the start line, without its CRLF. */
  readonly startLineBytes: number;
  readonly fields: number;
}

export class HeadReader {
  /** Whether the head is complete; only then are `fields`. */
  done = false;
  /** The first line, as soon as it is complete. */
  startLine = '';
  readonly fields: FieldList;
  readonly #pairs: Field[] = [];
  readonly #limits: HeadLimits;
  /** How many empty lines may still come before the start line. */
  #emptyLines: number;
  /** What the next byte may belong to: `TEXT`, `NAME`, or `NOTHING` but the LF after a CR. */
  #part = TEXT;
  /** Lines that have ended, from the start line on. */
  #lines = 0;
  /** The beginning of a line whose chunk has ended. */
  readonly #held = new Blocks();
  #size = 0;

  /** @param emptyLines - how many to skip before the start line: a server should skip one (RFC 9112 §2.2). */
  constructor(limits: HeadLimits, emptyLines: number) {
    this.#limits = limits;
    this.#emptyLines = emptyLines;
    this.fields = new FieldList(this.#pairs);
  }

  /** Whether no byte was received yet. */
  get empty(): boolean {
    return this.#size === 0;
  }

  /**
   * Reads `bytes` from `start` up to `end`, or to the end of the head, and keeps no reference to them.
   *
   * @returns the offset of the first byte that was not read.
   * @throws {ProtocolError} at the first byte that cannot stand where it stands, or is above a limit.
   */
  receive(bytes: Uint8Array, start: number, end: number): number {
    const { headBytes, startLineBytes } = this.#limits;
    const last = Math.min(end, start + headBytes - this.#size);
    /** Where the present line begins. */
    let line = start;
    /** Bytes of it that earlier chunks had. */
    let held = this.#held.length;
    let at = start;
    while (at < last && !this.done) {
      const part = this.#part;
      while (at < last && (CLASS[bytes[at]!]! & part) !== 0) at++;
      const length = held + at - line;
      if (this.#lines === 0 && part === TEXT && length > startLineBytes) {
        throw new ProtocolError('start-line-too-long', `expected at most ${startLineBytes} bytes in the start line`);
      }
      if (at === last) break;
      const byte = bytes[at++]!;
      if (byte === COLON && part === NAME && length > 0) {
        this.#part = TEXT;
      } else if (byte === CR && (part === TEXT || (part === NAME && length === 0))) {
        this.#part = NOTHING;
      } else if (byte === LF && part === NOTHING) {
        this.#endLine(length === 1);
        line = at;
        held = 0;
      } else {
        throw malformed();
      }
    }
    this.#size += at - start;
    if (line > start) this.#take(bytes, start, line);
    if (line < at) this.#held.append(bytes, line, at, Infinity);
    if (at < end && !this.done) {
      throw new ProtocolError('head-too-long', `expected at most ${headBytes} bytes of head`);
    }
    return at;
  }

  #endLine(empty: boolean): void {
    if (this.#lines === 0 && empty) {
      if (this.#emptyLines-- === 0) throw malformed();
      this.#part = TEXT;
      return;
    }
    if (empty) this.done = true;
    else if (this.#lines > this.#limits.fields) {
      throw new ProtocolError('too-many-fields', `expected at most ${this.#limits.fields} fields`);
    }
    this.#lines++;
    this.#part = NAME;
  }

  /** Takes the lines that end in `bytes[from, to)`, all at once: one text to decode instead of one for each. */
  #take(bytes: Uint8Array, from: number, to: number): void {
    let text: string;
    if (this.#held.length === 0) {
      text = decodeLatin1(bytes, from, to);
    } else {
      this.#held.append(bytes, from, to, 0);
      text = decodeLatin1(this.#held.take());
    }
    for (let line = 0, end = 0; line < text.length; line = end + 2) {
      end = text.indexOf('\r\n', line);
      if (end === line) continue;
      if (this.startLine === '') {
        this.startLine = text.slice(line, end);
      } else {
        const colon = text.indexOf(':', line);
        this.#pairs.push([text.slice(line, colon), trimOws(text, colon + 1, end)]);
      }
    }
  }
}

const malformed = (): ProtocolError => new ProtocolError('head-malformed', 'expected a head of HTTP/1.1');

const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;

const NOTHING = 0;
const NAME = 1;
const TEXT = 2;

/** What each byte may belong to: a field name, a field value or start line, both, or nothing. */
const CLASS = Uint8Array.from({ length: 256 }, (_, byte) => {
  const char = String.fromCharCode(byte);
  return (isToken(char) ? NAME : 0) | (isFieldValue(char) ? TEXT : 0);
});
