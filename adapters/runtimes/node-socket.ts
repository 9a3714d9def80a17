/**
 * A `net.Socket`, `tls.TLSSocket`, or any other Node duplex of bytes, as a transport.
 *
 * Half of it may end before the other (`allowHalfOpen`): a Close frame still has to go out, and what the
 * peer sent must be read to its end, or the kernel would answer it with a reset that overtakes our Close.
 */
import type { Duplex } from 'node:stream';
import type { Driver, Transport } from '../driver.ts';

/** Up to this many bytes several chunks are joined: one copy is cheaper than one more write. */
const JOIN_BYTES = 65_536;

class SocketTransport implements Transport {
  readonly #socket: Duplex;

  constructor(socket: Duplex) {
    this.#socket = socket;
  }

  get queued(): number {
    return this.#socket.writableLength;
  }

  write(chunks: readonly Uint8Array[]): void {
    const socket = this.#socket;
    if (!socket.writable) return;
    const [first] = chunks;
    if (chunks.length === 1 && first !== undefined) {
      socket.write(first);
    } else if (chunks.reduce((total, chunk) => total + chunk.length, 0) <= JOIN_BYTES) {
      socket.write(Buffer.concat(chunks));
    } else {
      socket.cork();
      for (const chunk of chunks) socket.write(chunk);
      socket.uncork();
    }
  }

  end(): void {
    this.#socket.end();
  }

  abort(): void {
    this.#socket.destroy();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }
}

/** Drives a connection over `socket` until that closes. */
export function driveSocket(socket: Duplex, driver: Driver): void {
  let failure: unknown;
  socket.on('error', (error) => {
    failure = error; // `close` follows
  });
  socket.on('data', (chunk: Uint8Array) => driver.received(chunk));
  socket.on('drain', () => driver.drained());
  socket.on('end', () => driver.ended());
  socket.on('close', () => driver.closed(failure));
  driver.start(new SocketTransport(socket));
  if (socket.closed) driver.closed(failure); // `close` does not come again
}
