/**
 * Reads frames for somebody who watches: it judges nothing, changes no byte it is given, and keeps only the
 * beginning of each payload. What the protocol makes of the frames is the decoder's.
 *
 * It begins with the HTTP heads of the opening handshake, since frames may follow a head in the same chunk.
 */

import { EMPTY } from '../bytes/empty.ts';
import { joined } from '../bytes/joined.ts';
import { applyMask } from './mask.ts';

/** One frame as it passed (RFC 6455 §5.2). */
export interface ObservedFrame {
  readonly fin: boolean;
  /** RSV1–3 as they stand in the first byte: 0x40, 0x20, 0x10. */
  readonly reserved: number;
  readonly opcode: number;
  readonly masked: boolean;
  /** Bytes of payload that the header announces; imprecise above 2^53. */
  readonly length: number;
  /** The header as it stood on the wire, masking key included. */
  readonly header: Uint8Array;
  /** How the payload begins, unmasked; as much of it as is kept. */
  readonly payload: Uint8Array;
  /** Whether it passed whole; not so where the connection failed in its middle. */
  readonly complete: boolean;
}

/** What takes them. */
export interface FrameReaderSink {
  /** An HTTP head has passed; `text` is its beginning, octet by octet. */
  head(text: string, length: number): void;
  frame(frame: ObservedFrame): void;
}

/** As much of a head as is kept. */
const HEAD_CHARS = 4_096;
const END_OF_HEAD = 0x0d0a0d0a;

/** Reads the frames of one direction of a connection, wherever the chunks are cut. */
export class FrameReader {
  readonly #sink: FrameReaderSink;
  readonly #keep: number;
  #part: 'head' | 'header' | 'payload' | 'body';
  #head = '';
  #headLength = 0;
  #last = 0;
  /** Of the frame that has begun. */
  #header: Uint8Array = EMPTY;
  #payload: Uint8Array = EMPTY;
  #length = 0;
  /** Bytes of payload that have passed. */
  #read = 0;

  /**
   * @param keep - bytes of each payload that are kept.
   * @param head - whether an HTTP head comes first.
   */
  constructor(sink: FrameReaderSink, keep: number, head: boolean) {
    this.#sink = sink;
    this.#keep = keep;
    this.#part = head ? 'head' : 'header';
  }

  read(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length && this.#part !== 'body') {
      if (this.#part === 'payload') at = this.#readPayload(bytes, at);
      else if (this.#part === 'header') at = this.#readHeader(bytes, at);
      else this.#headByte(bytes[at++]!);
    }
  }

  /** Nothing more is to be read: tells of a frame that has begun. */
  end(): void {
    if (this.#header.length > 0) this.#tell(false);
    this.#part = 'body';
  }

  #headByte(byte: number): void {
    if (this.#headLength++ < HEAD_CHARS) this.#head += String.fromCharCode(byte);
    this.#last = ((this.#last << 8) | byte) >>> 0;
    if (this.#last !== END_OF_HEAD) return;
    const head = this.#head;
    const [, status] = /^HTTP\/\d\.\d (\d{3})/.exec(head) ?? [];
    this.#sink.head(head, this.#headLength);
    this.#head = '';
    this.#headLength = 0;
    this.#last = 0;
    // Frames follow a request and a 101; another head follows every other 1xx; behind the rest is no WebSocket.
    if (status === undefined || status === '101') this.#part = 'header';
    else if (!status.startsWith('1')) this.#part = 'body';
  }

  #readHeader(bytes: Uint8Array, start: number): number {
    const known = this.#header.length;
    const second = known > 1 ? this.#header[1] : bytes[start + 1 - known];
    const extended = second === undefined ? 0 : extendedLength(second);
    const size = 2 + extended + (second! >= 0x80 ? 4 : 0);
    const stop = Math.min(bytes.length, start + size - known);
    const header = joined(this.#header, bytes, start, stop);
    this.#header = header;
    if (header.length < size) return stop;
    this.#length = extended > 0 ? 0 : second! & 0x7f;
    for (let at = 2; at < 2 + extended; at++) this.#length = this.#length * 256 + header[at]!;
    this.#part = 'payload';
    if (this.#length === 0) this.#tell(true);
    return stop;
  }

  #readPayload(bytes: Uint8Array, start: number): number {
    const stop = Math.min(bytes.length, start + this.#length - this.#read);
    const room = this.#keep - this.#payload.length;
    if (room > 0) this.#payload = joined(this.#payload, bytes, start, Math.min(stop, start + room));
    this.#read += stop - start;
    if (this.#read === this.#length) this.#tell(true);
    return stop;
  }

  #tell(complete: boolean): void {
    const header = this.#header;
    const payload = this.#payload.slice(); // whoever watches may give it away
    const first = header[0]!;
    const second = header[1] ?? 0; // not there where the end cut it off
    const masked = second >= 0x80;
    if (payload.length > 0 && masked) {
      const key = new DataView(header.buffer).getInt32(header.length - 4);
      applyMask(payload, 0, payload.length, key, 0);
    }
    const length = this.#length;
    this.#header = EMPTY;
    this.#payload = EMPTY;
    this.#length = 0;
    this.#read = 0;
    this.#part = 'header';
    this.#sink.frame({
      fin: first >= 0x80,
      reserved: first & 0x70,
      opcode: first & 0x0f,
      masked,
      length,
      header,
      payload,
      complete,
    });
  }
}

/** Bytes of the extended payload length, by the second byte of a header. */
function extendedLength(second: number): number {
  const announced = second & 0x7f;
  return announced === 126 ? 2 : announced === 127 ? 8 : 0;
}
