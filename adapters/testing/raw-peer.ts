/** A peer that speaks bytes: what it sends, and when it leaves, is said by a script. */
import type { Transport, TransportUser } from '../driver.ts';

/** A frame that was read, its payload unmasked. */
export interface RawFrame {
  /** FIN, RSV1-3 and the opcode. */
  readonly first: number;
  readonly payload: Uint8Array;
}

/** A peer that sends what it is told to, right or wrong, and shows what came. */
export class RawPeer implements TransportUser {
  #transport: Transport | undefined;
  /** What is to be done as soon as there is a transport. */
  #later: ((transport: Transport) => void)[] = [];
  #memory: Uint8Array = new Uint8Array();
  #size = 0;
  #wake: () => void = () => {};
  /** Whether the other side has ended its half. */
  inputEnded = false;
  /** Whether the transport is gone. */
  over = false;
  error: unknown;

  start(transport: Transport): void {
    this.#transport = transport;
    for (const action of this.#later.splice(0)) action(transport);
  }

  received(bytes: Uint8Array): void {
    const size = this.#size + bytes.length;
    if (size > this.#memory.length) {
      const memory = new Uint8Array(2 * size);
      memory.set(this.#received);
      this.#memory = memory;
    }
    this.#memory.set(bytes, this.#size);
    this.#size = size;
    this.#wake();
  }

  ended(): void {
    this.inputEnded = true;
    this.#wake();
  }

  closed(error?: unknown): void {
    this.over = true;
    this.error = error;
    this.#wake();
  }

  drained(): void {
    this.#wake();
  }

  reportQueued(): void {}

  /** Everything that came, octet by octet. */
  get text(): string {
    return latin1(this.#received);
  }

  /** Bytes that came. */
  get size(): number {
    return this.#size;
  }

  get #received(): Uint8Array {
    return this.#memory.subarray(0, this.#size);
  }

  /** The frames behind the head, as far as they are whole. */
  get frames(): RawFrame[] {
    const end = this.text.indexOf('\r\n\r\n');
    return end < 0 ? [] : framesIn(this.#received.subarray(end + 4));
  }

  write(...chunks: (string | Uint8Array)[]): void {
    const bytes = chunks.map((chunk) => (typeof chunk === 'string' ? octets(chunk) : chunk));
    this.#do((transport) => transport.write(bytes));
  }

  end(): void {
    this.#do((transport) => transport.end());
  }

  abort(): void {
    this.#do((transport) => transport.abort());
  }

  pause(): void {
    this.#do((transport) => transport.pause());
  }

  resume(): void {
    this.#do((transport) => transport.resume());
  }

  #do(action: (transport: Transport) => void): void {
    if (this.#transport === undefined) this.#later.push(action);
    else action(this.#transport);
  }

  /** Waits until `condition` holds; rejects where the transport is gone and it does not. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.over)
        throw new Error(`the transport is gone (${String(this.error)}); it brought ${this.text.slice(0, 200)}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Waits for the end of a head, and returns it. */
  async head(): Promise<string> {
    await this.until(() => this.text.includes('\r\n\r\n'));
    return this.text.slice(0, this.text.indexOf('\r\n\r\n') + 4);
  }
}

/** The octets that the characters of `text` number. */
export const octets = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text, (each) => each.charCodeAt(0));

export function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 8_192) text += String.fromCharCode(...bytes.subarray(i, i + 8_192));
  return text;
}

/** An upgrade request. */
export const requestFor = (path: string): string =>
  [
    `GET ${path} HTTP/1.1`,
    'Host: localhost',
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
    '\r\n',
  ].join('\r\n');

/** One frame of at most 125 bytes of payload; masked with a key of zeros where a client sends it. */
export const frame = (first: number, payload: string, from: 'client' | 'server' = 'client'): Uint8Array =>
  from === 'client'
    ? octets(`${String.fromCharCode(first, 0x80 | payload.length)}\0\0\0\0${payload}`)
    : octets(String.fromCharCode(first, payload.length) + payload);

/** The payload of a Close. */
export const closePayload = (code: number): string => String.fromCharCode(code >> 8, code & 0xff);

function framesIn(bytes: Uint8Array): RawFrame[] {
  const frames: RawFrame[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 2 <= bytes.length; ) {
    const first = view.getUint8(at);
    const second = view.getUint8(at + 1);
    at += 2;
    const size = second & 0x7f;
    const extra = size === 127 ? 8 : size === 126 ? 2 : 0;
    if (at + extra > bytes.length) break;
    const length = size === 127 ? Number(view.getBigUint64(at)) : size === 126 ? view.getUint16(at) : size;
    at += extra;
    const key = second & 0x80 ? bytes.subarray(at, at + 4) : undefined;
    at += key === undefined ? 0 : 4;
    if (at + length > bytes.length) break;
    frames.push({ first, payload: bytes.slice(at, at + length).map((byte, i) => byte ^ (key?.[i % 4] ?? 0)) });
    at += length;
  }
  return frames;
}
