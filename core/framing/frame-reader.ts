/**
 * Reads frames for somebody who watches: it judges nothing, changes no byte it is given, and keeps only the
 * beginning of each payload. What the protocol makes of the frames is the decoder's.
 *
 * It begins with the HTTP heads of the opening handshake, since frames may follow a head in the same chunk.
 */

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
  #header: number[] = [];
  #length = 0;
  #read = 0;
  #kept: number[] = [];

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
      if (this.#part === 'payload') at = this.#payload(bytes, at);
      else if (this.#part === 'head') this.#headByte(bytes[at++]!);
      else this.#headerByte(bytes[at++]!);
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

  #headerByte(byte: number): void {
    const header = this.#header;
    header.push(byte);
    if (header.length === 1) return;
    const announced = header[1]! & 0x7f;
    const extended = announced === 126 ? 2 : announced === 127 ? 8 : 0;
    if (header.length < 2 + extended + (header[1]! >= 0x80 ? 4 : 0)) return;
    this.#length = announced;
    if (extended > 0) this.#length = header.slice(2, 2 + extended).reduce((sum, next) => sum * 256 + next, 0);
    this.#part = 'payload';
    if (this.#length === 0) this.#tell(true);
  }

  #payload(bytes: Uint8Array, start: number): number {
    const stop = Math.min(bytes.length, start + this.#length - this.#read);
    const key = this.#header[1]! >= 0x80 ? this.#header.slice(-4) : [0, 0, 0, 0];
    for (let at = start; at < stop && this.#kept.length < this.#keep; at++) {
      this.#kept.push(bytes[at]! ^ key[this.#kept.length % 4]!);
    }
    this.#read += stop - start;
    if (this.#read === this.#length) this.#tell(true);
    return stop;
  }

  #tell(complete: boolean): void {
    const [first = 0, second = 0] = this.#header;
    const frame: ObservedFrame = {
      fin: first >= 0x80,
      reserved: first & 0x70,
      opcode: first & 0x0f,
      masked: second >= 0x80,
      length: this.#length,
      header: Uint8Array.from(this.#header),
      payload: Uint8Array.from(this.#kept),
      complete,
    };
    this.#header = [];
    this.#kept = [];
    this.#length = 0;
    this.#read = 0;
    this.#part = 'header';
    this.#sink.frame(frame);
  }
}
