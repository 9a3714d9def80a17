/** Peers that speak bytes: what they send and what they got is said by the spec, byte by byte. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { frames, type ReadFrame } from './wire.ts';

/** One end of a TCP connection, and all it was sent. */
export class RawSocket {
  readonly socket: Socket;
  received: Buffer<ArrayBufferLike> = Buffer.alloc(0);
  /** Whether the peer has ended its half. */
  ended = false;
  readonly closed: Promise<void>;
  #wake: () => void = () => {};

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => {}); // `close` follows
    socket.on('data', (chunk: Buffer) => {
      this.received = Buffer.concat([this.received, chunk]);
      this.#wake();
    });
    socket.on('end', () => {
      this.ended = true;
      this.#wake();
    });
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.#wake();
        resolve();
      });
    });
  }

  /** What was received, as text. */
  get text(): string {
    return this.received.toString('latin1');
  }

  /** The frames behind the first head, as far as they are whole. */
  get frames(): ReadFrame[] {
    const at = this.received.indexOf('\r\n\r\n');
    return at < 0 ? [] : frames(new Uint8Array(this.received.subarray(at + 4)));
  }

  write(data: string | Uint8Array): this {
    this.socket.write(data);
    return this;
  }

  /** Waits until `condition` holds; rejects where the connection is gone and it does not. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.socket.destroyed) throw new Error(`the connection is gone; received: ${JSON.stringify(this.text)}`);
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

  /** Waits for the peer's FIN, or until the connection is gone. */
  async end(): Promise<void> {
    await this.until(() => this.ended || this.socket.destroyed).catch(() => {});
  }
}

/** Connects to a port on loopback, or to a Unix socket. */
export async function rawClient(where: number | string): Promise<RawSocket> {
  const shared = { allowHalfOpen: true, noDelay: true };
  const socket = typeof where === 'number' ? connect({ ...shared, port: where }) : connect({ ...shared, path: where });
  const raw = new RawSocket(socket);
  await once(socket, 'connect');
  return raw;
}

export interface RawServer {
  readonly port: number;
  readonly url: string;
  /** The next connection. */
  next(): Promise<RawSocket>;
  close(): Promise<void>;
}

/** Listens on a free port on loopback. */
export async function rawServer(): Promise<RawServer> {
  const arrived: RawSocket[] = [];
  const all: RawSocket[] = [];
  const waiting: ((socket: RawSocket) => void)[] = [];
  const server: Server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const raw = new RawSocket(socket);
    all.push(raw);
    const first = waiting.shift();
    if (first === undefined) arrived.push(raw);
    else first(raw);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo; // it listens on an IP address
  return {
    port,
    url: `ws://127.0.0.1:${port}/`,
    next: () =>
      new Promise((resolve) => {
        const raw = arrived.shift();
        if (raw === undefined) waiting.push(resolve);
        else resolve(raw);
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const { socket } of all) socket.destroy();
      }),
  };
}

/** An upgrade request; lines in `extra` follow the required ones. */
export const request = (target = '/', extra: readonly string[] = []): string =>
  [
    `GET ${target} HTTP/1.1`,
    'Host: localhost',
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
    ...extra,
    '\r\n',
  ].join('\r\n');

/** The response that accepts the request `head`. */
export function acceptance(head: string): string {
  const key = /^Sec-WebSocket-Key: (.*)\r$/im.exec(head)?.[1] ?? '';
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
}

/** A promise, and what settles it. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
}

export function deferred<T = void>(): Deferred<T> {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** Waits, turn by turn of the event loop, until `condition` holds; rejects after ten seconds. */
export async function eventually(condition: () => boolean): Promise<void> {
  const end = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > end) throw new Error('it does not come to pass');
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}
