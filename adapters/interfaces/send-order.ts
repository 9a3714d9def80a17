/**
 * What a WebSocket sends: in order, though the bytes of a Blob must be read first, and counted as `bufferedAmount`
 * counts (WebSockets Standard): bytes of the program, not of frames, and less only from one task to the next.
 */
import { CloseCode } from '../../core/index.ts';
import type { WebSocketConnection } from './connection.ts';

export class SendOrder {
  connection: WebSocketConnection | undefined;
  readonly #queueTask: (task: () => void) => void;
  /** Resolves once everything behind a Blob has gone; `undefined` where nothing waits. */
  #tail: Promise<void> | undefined;
  /** Bytes that wait behind a Blob. */
  #held = 0;
  /** Bytes given to the connection before this task, and not known to be on the network. */
  #unsent = 0;
  /** Bytes given to it within this task. */
  #fresh = 0;
  /** Bytes that never go out. */
  #lost = 0;

  constructor(queueTask: (task: () => void) => void) {
    this.#queueTask = queueTask;
  }

  get bufferedAmount(): number {
    this.refresh();
    return this.#held + this.#unsent + this.#fresh + this.#lost;
  }

  /** The network has taken something. Frames are longer than what they carry: exact once nothing waits. */
  refresh(): void {
    const { connection } = this;
    if (connection === undefined || connection.phase === 'closed') return; // what a dead transport drops was not sent
    this.#unsent = Math.min(this.#unsent, connection.bufferedAmount);
  }

  send(data: string | Uint8Array | Blob): void {
    if (!(data instanceof Blob) && this.#tail === undefined) {
      this.#give(data, sizeOf(data));
      return;
    }
    const size = sizeOf(data);
    const ready = data instanceof Blob ? data.arrayBuffer() : typeof data === 'string' ? data : data.slice();
    this.#held += size;
    this.#queue(async () => {
      const read = await ready;
      this.#held -= size;
      this.#give(read instanceof ArrayBuffer ? new Uint8Array(read) : read, size);
    });
  }

  /** Counts what is sent too late. */
  lose(data: string | Uint8Array | Blob): void {
    this.#lost += sizeOf(data);
  }

  /** Closes behind all that was sent. */
  close(code: number = CloseCode.noStatus, reason: string = ''): void {
    if (this.#tail === undefined) void this.connection?.close(code, reason);
    else this.#queue(async () => void this.connection?.close(code, reason));
  }

  /** The connection is over: what has not gone out never will. */
  end(): void {
    this.#lost = this.bufferedAmount - this.#held;
    this.#unsent = 0;
    this.#fresh = 0;
    this.connection = undefined;
  }

  #give(data: string | Uint8Array, size: number): void {
    const { connection } = this;
    if (connection === undefined || connection.phase !== 'open') {
      this.#lost += size;
      return;
    }
    connection.send(data);
    if (this.#fresh === 0) {
      this.#queueTask(() => {
        this.#unsent += this.#fresh;
        this.#fresh = 0;
        this.refresh();
      });
    }
    this.#fresh += size;
  }

  #queue(work: () => Promise<void>): void {
    const tail = (this.#tail ?? Promise.resolve())
      .then(work)
      .catch(() => this.connection?.terminate()) // a Blob that cannot be read: what comes behind it would be wrong
      .then(() => {
        if (this.#tail === tail) this.#tail = undefined;
      });
    this.#tail = tail;
  }
}

function sizeOf(data: string | Uint8Array | Blob): number {
  if (typeof data !== 'string') return data instanceof Blob ? data.size : data.byteLength;
  let size = data.length;
  for (let i = 0; i < data.length; i++) {
    const unit = data.charCodeAt(i);
    if (unit >= 0x800) size += 2;
    else if (unit >= 0x80) size += 1;
    // Four bytes for a pair of surrogates; one without its other is replaced, by three.
    if (unit >= 0xd800 && unit < 0xdc00 && (data.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      i++;
    }
  }
  return size;
}
