/** What the raw peers of specs use of `node:net`, over the network in memory. */
import { EventEmitter } from 'node:events';
import type { MemoryTransport } from '../../../adapters/runtimes/memory.ts';
import { dialPort, listenOn, stopListening } from './network.ts';

class MemorySocket extends EventEmitter {
  destroyed = false;
  readonly #transport: MemoryTransport;

  constructor(transport: MemoryTransport) {
    super();
    this.#transport = transport;
    transport.attach({
      received: (bytes) => this.emit('data', Buffer.from(bytes)),
      ended: () => this.emit('end'),
      drained: () => this.emit('drain'),
      closed: (error) => {
        this.destroyed = true;
        if (error !== undefined) this.emit('error', error);
        this.emit('close');
      },
    });
  }

  write(data: string | Uint8Array, done?: () => void): void {
    this.#transport.write([typeof data === 'string' ? new TextEncoder().encode(data) : data.slice()]);
    if (done === undefined) return;
    if (this.#transport.queued === 0) setTimeout(done, 0);
    else this.once('drain', done);
  }

  end(data?: string | Uint8Array): void {
    if (data !== undefined) this.write(data);
    this.#transport.end();
  }

  destroy(): void {
    this.destroyed = true;
    this.#transport.abort();
  }

  resetAndDestroy(): void {
    this.destroy();
  }

  pause(): void {
    this.#transport.pause();
  }

  resume(): void {
    this.#transport.resume();
  }
}

export function connect({ port }: { readonly port: number }): MemorySocket {
  const socket = new MemorySocket(dialPort(port));
  queueMicrotask(() => socket.emit('connect'));
  return socket;
}

class MemoryServer extends EventEmitter {
  readonly #accept: (socket: MemorySocket) => void;
  #port = 0;

  constructor(accept: (socket: MemorySocket) => void) {
    super();
    this.#accept = accept;
  }

  listen(): this {
    this.#port = listenOn((transport) => this.#accept(new MemorySocket(transport)));
    setTimeout(() => this.emit('listening'), 0);
    return this;
  }

  address(): { readonly port: number } {
    return { port: this.#port };
  }

  close(done?: () => void): void {
    stopListening(this.#port);
    if (done !== undefined) setTimeout(done, 0);
  }
}

export const createServer = (_: object, accept: (socket: MemorySocket) => void): MemoryServer =>
  new MemoryServer(accept);
