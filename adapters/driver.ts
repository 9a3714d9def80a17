/**
 * The loop between a connection and a transport, written once for every runtime and every interface.
 *
 * A runtime tells the driver what happened to the transport, and does what `Transport` names. The driver
 * turns that into inputs of the connection, carries out its instructions, watches the one deadline, and hands
 * the events on to a program.
 */
import {
  Connection,
  type ConnectionOptions,
  type Deflate,
  type Event,
  type Output,
  type ParsedRequest,
} from '../core/index.ts';
import { type Observer, Trace } from './trace.ts';

/** What a runtime does to its byte stream. */
export interface Transport {
  /** Writes `chunks` in order. They stay unchanged and may be kept; none may be lost, and none waited for. */
  write(chunks: readonly Uint8Array[]): void;
  /** Bytes written that the network has not taken yet. */
  readonly queued: number;
  /** Whether nothing refers any more to bytes that were taken, so that their memory can be used again. Default: false. */
  readonly copies?: boolean | undefined;
  /** Frees memory that bytes were read into, where nothing refers to those any more; `undefined` where it may not be freed. */
  readonly discard?: ((memory: ArrayBuffer) => void) | undefined;
  /** Half-closes once everything is written; `Driver.closed` follows when the other half has ended, too. */
  end(): void;
  /** Destroys at once; `Driver.closed` follows. */
  abort(): void;
  /** Stops reading, so that the network holds the peer back. */
  pause(): void;
  resume(): void;
}

/** Whom a runtime tells what happens to a transport: a `Driver`, or the script of a test. */
export type TransportUser = Pick<Driver, 'start' | 'received' | 'ended' | 'closed' | 'drained' | 'reportQueued'>;

/** What a runtime lends: time and chance. */
export interface Host {
  /** A clock that never goes back, in milliseconds. */
  now(): number;
  /** Calls `expire`, without arguments, once `milliseconds` have passed, unless what this returns is cleared before. */
  setTimer(expire: () => void, milliseconds: number): unknown;
  clearTimer(timer: unknown): void;
  /** Fills `bytes` with unpredictable octets. */
  getRandomValues(bytes: Uint8Array<ArrayBuffer>): unknown;
  /** SHA-1 of a text of ASCII, in base64, where the host has one that is faster than the portable one. */
  readonly sha1?: ((text: string) => string) | undefined;
  /** The string that bytes of ASCII are, where the host is faster at that than its `TextDecoder`; `undefined` for others, and for few. */
  readonly decodeAscii?: ((bytes: Uint8Array) => string | undefined) | undefined;
  /** The engine for compression, where the host has one. */
  readonly deflate?: Deflate | undefined;
  /** Tells whoever runs the process of an error that no handler took. */
  report(error: unknown): void;
  /** Is shown every driver before its start, and may observe it. */
  readonly watch?: ((driver: Driver) => void) | undefined;
}

/** What takes the events. */
export interface Program {
  event(event: Event): void;
  /** The transport has room again. */
  drain(): void;
  /** The connection has been given `bytes`. */
  received?(bytes: Uint8Array): void;
  /** What is known of the transport. */
  readonly remote?: { readonly address: string } | undefined;
}

/** A connection's options but for what the driver fills in. */
export type DriverOptions = ConnectionOptions extends infer Options
  ? Options extends ConnectionOptions
    ? Omit<Options, 'output' | 'now' | 'getRandomValues' | 'sha1' | 'decodeAscii'>
    : never
  : never;

/** What keeps one connection and one transport together. */
export class Driver {
  /** The connection; its commands may be called at any time. */
  readonly connection: Connection;
  /** Whose time and chance it has. */
  readonly host: Host;
  readonly #program: Program;
  /** Takes an output, or, without one, that the deadline has passed: one bound function is 48 bytes less than two. */
  readonly #take: (output?: Output) => void;
  #transport: Transport | undefined;
  #timer: unknown;
  #trace: Trace | undefined;

  /** @throws {UsageError} for options that no connection can have. */
  constructor(options: DriverOptions, host: Host, program: Program) {
    this.host = host;
    this.#program = program;
    // Bound, since a closure costs a connection twice as much.
    this.#take = this.#carryOut.bind(this);
    // Name by name: an object that is spread costs several times as much, for each connection of a server.
    this.connection = new Connection({
      role: options.role,
      request: 'request' in options ? options.request : undefined,
      plainRequests: 'plainRequests' in options ? options.plainRequests : undefined,
      limits: options.limits,
      deadlines: options.deadlines,
      messages: options.messages,
      extensions: options.extensions,
      output: this.#take,
      now: host.now,
      getRandomValues: host.getRandomValues,
      sha1: host.sha1,
      decodeAscii: host.decodeAscii,
    } as ConnectionOptions); // those of either role
    host.watch?.(this);
  }

  /** The address of the peer, where the program knows it; `''` otherwise. */
  get remoteAddress(): string {
    return this.#program.remote?.address ?? '';
  }

  /**
   * Shows `observer` what passes from now on. Frames are shown where this begins before `start`: later it might
   * begin in the middle of one.
   *
   * @returns ends it.
   */
  observe(observer: Observer): () => void {
    const trace = this.#trace ?? new Trace(this.connection, this.#transport === undefined, this.host);
    this.#trace = trace;
    trace.add(observer);
    return () => {
      trace.remove(observer);
      if (this.#trace === trace && !trace.watched) this.#trace = undefined;
    };
  }

  /** Begins over `transport`, which need not be connected yet: the opening deadline runs from here. */
  start(transport: Transport): void {
    this.#transport = transport;
    if (this.connection.phase === 'connecting') this.#guard(() => this.connection.start());
    else transport.abort(); // it was given up before it had one
  }

  /** Bytes came; they are the connection's from now on. */
  received(bytes: Uint8Array): void {
    this.#trace?.received(bytes);
    try {
      this.connection.receive(bytes);
    } catch (error) {
      this.host.report(error);
    }
    this.#program.received?.(bytes);
  }

  /** An HTTP server has parsed the request; bytes behind its head are to be given to `received`. */
  requested(request: ParsedRequest): void {
    this.#trace?.requested(request);
    this.#guard(() => this.connection.receiveRequest(request));
  }

  /** The peer has ended its half of the transport. */
  ended(): void {
    this.#trace?.input({ input: 'ended' });
    this.#guard(() => this.connection.receiveEnd());
  }

  /** The transport is gone; `error` where that was not in order. To be called once, last. */
  closed(error?: unknown): void {
    this.#trace?.input({ input: 'closed', error });
    // What came before the end waits for no program: one that never reads on would keep a dead connection.
    this.#guard(() => this.connection.resume());
    this.#guard(() => this.connection.transportClosed(error));
  }

  /** The transport took what had waited. */
  drained(): void {
    this.#trace?.input({ input: 'drained' });
    this.reportQueued();
    this.#guard(() => this.#program.drain());
  }

  /** Whether memory may be used again once nothing is queued. */
  get copies(): boolean {
    return this.#transport?.copies === true;
  }

  /** Frees memory that bytes were read into, where the transport can; nothing may refer to it any more. */
  discard(memory: ArrayBuffer): void {
    this.#transport?.discard?.(memory);
  }

  /** Lets the connection know how much the transport holds now. */
  reportQueued(): void {
    const queued = this.#transport?.queued;
    if (queued !== undefined) this.#guard(() => this.connection.reportQueued(queued));
  }

  /** Stops the delivery of messages, for a program that takes them when it likes: no failure comes back to it. */
  pause(): void {
    this.#guard(() => this.connection.pause());
  }

  resume(): void {
    this.#guard(() => this.connection.resume());
  }

  /** Lets the peer's Close wait, or no longer. */
  holdClose(hold: boolean): void {
    this.#guard(() => this.connection.holdClose(hold));
  }

  #carryOut(output?: Output): void {
    if (output === undefined) {
      this.#expired();
      return;
    }
    this.#trace?.output(output);
    const transport = this.#transport;
    switch (output.type) {
      case 'write':
        this.#write(output.chunks);
        break;
      case 'end':
        transport?.end();
        break;
      case 'abort':
        transport?.abort();
        break;
      case 'pause':
        transport?.pause();
        break;
      case 'resume':
        transport?.resume();
        break;
      case 'deadline':
        this.#watch(output.milliseconds);
        break;
      default:
        this.#program.event(output);
    }
  }

  #write(chunks: readonly Uint8Array[]): void {
    const transport = this.#transport;
    try {
      transport?.write(chunks);
    } catch (error) {
      this.connection.abort(); // what would be written next would be read in place of what was lost
      throw error;
    }
    this.connection.reportQueued(transport?.queued ?? 0);
  }

  #watch(milliseconds: number | undefined): void {
    if (this.#timer !== undefined) this.host.clearTimer(this.#timer);
    this.#timer = milliseconds === undefined ? undefined : this.host.setTimer(this.#take, milliseconds);
  }

  #expired(): void {
    this.#timer = undefined;
    this.#trace?.input({ input: 'expired' });
    this.reportQueued(); // whether the peer takes anything is judged now
    this.#guard(() => this.connection.expire());
  }

  /** What a handler threw reaches the host's report, never the runtime's event loop. */
  #guard(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.host.report(error);
    }
  }
}
