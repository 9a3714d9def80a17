/**
 * A `net.Socket`, `tls.TLSSocket`, or any other Node duplex of bytes, as a transport.
 *
 * Half of it may end before the other (`allowHalfOpen`): a Close frame still has to go out, and what the
 * peer sent must be read to its end, or the kernel would answer it with a reset that overtakes our Close.
 */
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Transport, TransportUser } from '../driver.ts';
import type { Remote } from '../listener.ts';
import { discard } from './discard.ts';

/** Up to this many bytes several chunks are joined: one copy is cheaper than one more write. */
const JOIN_BYTES = 65_536;

/** The parts of a socket that only some duplexes have. */
interface Peer {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  readonly encrypted?: boolean | undefined;
}

/** A socket, and who is at its other end: the system is asked for that when somebody wants to know, and not for each connection. */
export class SocketTransport implements Transport, Remote {
  readonly #socket: Duplex & Peer;

  constructor(socket: Duplex & Peer) {
    this.#socket = socket;
  }

  get address(): string {
    return this.#socket.remoteAddress ?? '';
  }

  get port(): number | undefined {
    return this.#socket.remotePort;
  }

  get secure(): boolean {
    return this.#socket.encrypted === true;
  }

  get queued(): number {
    return this.#socket.writableLength;
  }

  /** The kernel copies, and so does TLS; of another duplex nothing is known. */
  get copies(): boolean {
    return this.#socket instanceof Socket;
  }

  /** A socket reads each chunk into memory of its own; of another duplex nothing is known. */
  discard(memory: ArrayBuffer): void {
    if (this.#socket instanceof Socket) discard(memory);
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

/** What a socket carries for its listeners, which all sockets share: a closure for each event would be five a socket. */
interface Driven extends Duplex {
  [DRIVER]?: TransportUser;
  [FAILURE]?: unknown;
}

const DRIVER: unique symbol = Symbol('driver');
const FAILURE: unique symbol = Symbol('failure');

/** Whether a connection has been made of `socket`. */
export const isDriven = (socket: Duplex): boolean => (socket as Driven)[DRIVER] !== undefined;

/** Drives a connection over `socket` until that closes. */
export function driveSocket(
  socket: Duplex,
  driver: TransportUser,
  transport: SocketTransport = new SocketTransport(socket),
): void {
  const driven: Driven = socket;
  driven[DRIVER] = driver;
  socket.on('error', onError);
  socket.on('data', onData);
  socket.on('drain', onDrain);
  socket.on('end', onEnd);
  socket.on('close', onClose);
  driver.start(transport);
  if (socket.closed) onClose.call(driven); // `close` does not come again
}

function onError(this: Driven, error: unknown): void {
  this[FAILURE] = error; // `close` follows
}

function onData(this: Driven, chunk: Uint8Array): void {
  this[DRIVER]?.received(chunk);
}

function onDrain(this: Driven): void {
  this[DRIVER]?.drained();
}

function onEnd(this: Driven): void {
  this[DRIVER]?.ended();
}

function onClose(this: Driven): void {
  this[DRIVER]?.closed(this[FAILURE]);
}
