/**
 * Two transports joined by a network in memory, whose time is a virtual clock: for tests of programs, and of
 * what a real network does once in a million times.
 *
 * Nothing happens by itself, and nobody is called from within a call: bytes move while the clock is told to
 * go on.
 */
import type { Driver, Transport } from '../driver.ts';
import { MemoryWay } from './memory-way.ts';
import type { Faults, LinkOptions } from './network-conditions.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** What is told of a transport; a `Driver`, or the script of a test. */
export type Receiver = Pick<Driver, 'received' | 'ended' | 'closed' | 'drained'>;

/** The error a transport closes with where the link, or the other side, has reset it. */
export class ConnectionReset extends Error {
  override readonly name = 'ConnectionReset';
}

/** A network between two transports. */
export class MemoryLink {
  readonly client: MemoryTransport;
  readonly server: MemoryTransport;
  /** The direction in which the server reads, to do harm to. */
  readonly toServer: Faults;
  readonly toClient: Faults;

  constructor(clock: VirtualClock, options: LinkOptions = {}) {
    const toServer = new MemoryWay(clock, options.toServer);
    const toClient = new MemoryWay(clock, options.toClient);
    this.client = new MemoryTransport(clock, toServer, toClient);
    this.server = new MemoryTransport(clock, toClient, toServer);
    this.toServer = toServer;
    this.toClient = toClient;
  }

  /** Half-open: nothing passes any more in either direction, and nobody is told. */
  stall(): void {
    this.toServer.stall();
    this.toClient.stall();
  }

  /** Ends a stall; nothing was lost. */
  release(): void {
    this.toServer.release();
    this.toClient.release();
  }
}

/** One side of a link. */
export class MemoryTransport implements Transport {
  /** Called first in every `write`; may throw, or call a driver back: what a transport should not do, and some do. */
  beforeWrite: ((chunks: readonly Uint8Array[]) => void) | undefined;
  readonly #clock: VirtualClock;
  readonly #out: MemoryWay;
  readonly #in: MemoryWay;
  #receiver: Receiver | undefined;
  #finished = false;
  #ended = false;
  #closed = false;

  /** @internal Made by links. */
  constructor(clock: VirtualClock, out: MemoryWay, into: MemoryWay) {
    this.#clock = clock;
    this.#out = out;
    this.#in = into;
    out.writer = {
      drained: () => this.#tell((receiver) => receiver.drained()),
      finished: () => {
        this.#finished = true;
        this.#closeIfDone();
      },
      reset: () => this.#close(new ConnectionReset('the link was cut')),
    };
    into.reader = {
      received: (bytes) => this.#tell((receiver) => receiver.received(bytes)),
      ended: () => {
        this.#ended = true;
        this.#tell((receiver) => receiver.ended());
        this.#closeIfDone();
      },
      reset: () => this.#close(new ConnectionReset('the connection was reset')),
    };
  }

  /** Drives a connection over this side until that closes. */
  drive(driver: Driver): void {
    this.attach(driver);
    driver.start(this);
  }

  /** Tells `receiver` what happens; until then, what comes waits. */
  attach(receiver: Receiver): void {
    this.#receiver = receiver;
    this.#in.resume();
  }

  get queued(): number {
    return this.#out.queued;
  }

  write(chunks: readonly Uint8Array[]): void {
    this.beforeWrite?.(chunks);
    if (!this.#closed) this.#out.write(chunks);
  }

  end(): void {
    if (!this.#closed) this.#out.end();
  }

  /** Resets the connection: what has not been read yet is lost, and the other side closes with an error. */
  abort(): void {
    if (this.#closed) return;
    this.#out.reset();
    this.#clock.setTimer(() => this.#close(), 0);
  }

  pause(): void {
    this.#in.pause();
  }

  resume(): void {
    this.#in.resume();
  }

  /** A transport is over when both its halves have ended. */
  #closeIfDone(): void {
    if (this.#finished && this.#ended) this.#clock.setTimer(() => this.#close(), 0);
  }

  #close(error?: Error): void {
    if (this.#closed) return;
    this.#tell((receiver) => receiver.closed(error));
    this.#closed = true;
    this.#in.resume(); // what still comes is lost
  }

  #tell(call: (receiver: Receiver) => void): void {
    if (!this.#closed && this.#receiver !== undefined) call(this.#receiver);
  }
}
