/**
 * Reads the body of a response that refuses, as far as it is kept (RFC 9112 §6, §7.1).
 *
 * The connection ends with this response, so nothing behind the body matters: it is done as soon as enough is kept,
 * trailers are not read, and framing that is wrong ends the body instead of hiding the response it belongs to.
 */
import { Blocks } from '../bytes/blocks.ts';
import type { Fields } from '../events.ts';
import { listElements } from './lists.ts';

export class BodyReader {
  /** Whether the body is complete, or as much of it as is kept. */
  done: boolean;
  readonly #limit: number;
  readonly #kept = new Blocks();
  readonly #chunked: boolean;
  /** Bytes of the body, or of its present chunk, still to come. */
  #left: number;
  /** What was received of the line before a chunk, from the CRLF that ends the chunk before (RFC 9112 §7.1). */
  #line = '\r\n';

  /** @param limit - bytes to keep. */
  constructor(status: number, fields: Fields, limit: number) {
    const codings = listElements(fields.all('transfer-encoding'));
    const lengths = fields.all('content-length');
    const bodiless = status === 204 || status === 304;
    this.#limit = limit;
    this.#chunked = !bodiless && codings.at(-1)?.toLowerCase() === 'chunked';
    // In the order of RFC 9112 §6.3; where nothing gives a length, the end of the transport does.
    if (bodiless || this.#chunked) this.#left = 0;
    else if (codings.length > 0 || lengths.length === 0) this.#left = Infinity;
    else this.#left = Number(/^\d+$/.exec(lengths.join())?.[0] ?? 0);
    this.done = limit === 0 || (this.#left === 0 && !this.#chunked);
  }

  /** Takes what is kept of the body. */
  take(): Uint8Array {
    return this.#kept.take().slice();
  }

  /** Reads `bytes` from `start` up to `end`, or to the end of the body; returns where it stopped. */
  receive(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end && !this.done) {
      if (this.#left === 0) {
        this.#readSize(bytes[at++]!);
        continue;
      }
      const length = Math.min(end - at, this.#left, this.#limit - this.#kept.length);
      this.#kept.append(bytes, at, at + length, Infinity);
      this.#left -= length;
      at += length;
      this.done = this.#kept.length === this.#limit || (this.#left === 0 && !this.#chunked);
    }
    return at;
  }

  #readSize(byte: number): void {
    this.#line += String.fromCharCode(byte);
    if (this.#line === '\r\n') return;
    if (byte === 0x0a) {
      this.#left = Number.parseInt(CHUNK_SIZE.exec(this.#line)?.[1] ?? '0', 16);
      this.#line = '';
      this.done = this.#left === 0;
    } else {
      this.done = this.#line.length > 256;
    }
  }
}

const CHUNK_SIZE = /^\r\n([\da-f]{1,12})(?:[ \t]*;[\t -~\x80-\xff]*)?\r\n$/i;
