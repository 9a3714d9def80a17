/** Drivers at work, over scripts or over a link in memory, with a record of all that they do. */
import { Driver, type DriverOptions, type Transport } from '../../adapters/driver.ts';
import { MemoryLink, type MemoryTransport } from '../../adapters/runtimes/memory.ts';
import { type MemoryHost, memoryHost } from '../../adapters/runtimes/memory-host.ts';
import type { LinkOptions } from '../../adapters/runtimes/network-conditions.ts';
import { VirtualClock } from '../../adapters/runtimes/virtual-clock.ts';
import type { Closed, Connection, Deadlines, Event, Limits, Role } from '../../core/index.ts';
import { join } from './wire.ts';

/** What a driver is given besides its role. */
export interface DrivenOptions {
  readonly limits?: Partial<Limits>;
  readonly deadlines?: Partial<Deadlines>;
  readonly plainRequests?: boolean;
  /** Sees every event first. A request is accepted behind it, unless it was decided on, or `decides` is false. */
  readonly handle?: (event: Event, connection: Connection) => void;
  readonly decides?: boolean;
}

/** A driver, and what it did. */
export class Driven {
  readonly driver: Driver;
  readonly host: MemoryHost;
  readonly events: Event[] = [];
  /** Events, drains, and what was done to the transport, by name and in order. */
  readonly log: string[] = [];

  constructor(role: Role, clock: VirtualClock, { handle, decides = true, ...rest }: DrivenOptions = {}) {
    this.host = memoryHost(clock, role === 'client' ? 1 : 2);
    const options: DriverOptions =
      role === 'client' ? { ...rest, role, request: { host: 'x', target: '/' } } : { ...rest, role };
    this.driver = new Driver(options, this.host, {
      event: (event) => {
        this.events.push(event);
        this.log.push(event.type);
        try {
          handle?.(event, this.connection);
        } finally {
          if (event.type === 'request' && decides) this.connection.accept();
        }
      },
      drain: () => this.log.push('drain'),
    });
  }

  get connection(): Connection {
    return this.driver.connection;
  }

  /** What came, texts and bytes as they are. */
  get messages(): (string | Uint8Array)[] {
    return this.events.flatMap((event) => (event.type === 'message' ? [event.data] : []));
  }

  /** How often it closed must be once; how, is returned. */
  get closed(): Closed {
    const [closed, ...more] = this.events.filter((event) => event.type === 'closed');
    if (closed === undefined || more.length > 0) throw new Error(`closed in: ${this.log.join(' ')}`);
    return closed;
  }

  /** Whether it closed; `closed` throws where it did not. */
  get isClosed(): boolean {
    return this.log.includes('closed');
  }

  count(name: string): number {
    return this.log.filter((each) => each === name).length;
  }

  over(transport: MemoryTransport): this {
    transport.attach(this.driver);
    this.driver.start(this.watch(transport));
    return this;
  }

  /** `transport`, and what is done to it is recorded. */
  watch(transport: Transport): Transport {
    const record = (name: string): void => {
      this.log.push(name);
    };
    return {
      get queued() {
        return transport.queued;
      },
      write(chunks) {
        record('write');
        transport.write(chunks);
      },
      end() {
        record('end');
        transport.end();
      },
      abort() {
        record('abort');
        transport.abort();
      },
      pause() {
        record('pause');
        transport.pause();
      },
      resume() {
        record('resume');
        transport.resume();
      },
    };
  }
}

/** A peer made of bytes: it records what it is sent, and answers nothing by itself. */
export class RawPeer {
  readonly transport: MemoryTransport;
  readonly told: string[] = [];
  readonly #chunks: Uint8Array[] = [];

  constructor(transport: MemoryTransport) {
    this.transport = transport;
    transport.attach({
      received: (bytes) => this.#chunks.push(bytes),
      ended: () => this.told.push('ended'),
      closed: (error) => this.told.push(error === undefined ? 'closed' : 'reset'),
      drained: () => undefined,
    });
  }

  write(...chunks: Uint8Array[]): void {
    this.transport.write(chunks);
  }

  /** What came since this was read last. */
  take(): Uint8Array {
    return join(this.#chunks.splice(0));
  }
}

export interface Pair {
  readonly clock: VirtualClock;
  readonly link: MemoryLink;
  readonly client: Driven;
  readonly server: Driven;
}

/** A client and a server over a link; nothing has passed yet. */
export function pair(client: DrivenOptions = {}, server: DrivenOptions = {}, options?: LinkOptions): Pair {
  const clock = new VirtualClock();
  const link = new MemoryLink(clock, options);
  return {
    clock,
    link,
    server: new Driven('server', clock, server).over(link.server),
    client: new Driven('client', clock, client).over(link.client),
  };
}

/** A client and a server that are open, and nothing else has happened. */
export function openPair(client?: DrivenOptions, server?: DrivenOptions, options: LinkOptions = {}): Pair {
  const opened = pair(client, server, options);
  opened.clock.advance((options.toServer?.latency ?? 0) + (options.toClient?.latency ?? 0));
  for (const { connection, log } of [opened.client, opened.server]) {
    if (connection.phase !== 'open') throw new Error(`not open: ${log.join(' ')}`);
    log.length = 0;
  }
  return opened;
}

const REQUEST = `GET / HTTP/1.1
Host: x
Upgrade: websocket
Connection: Upgrade
Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
Sec-WebSocket-Version: 13

`.replaceAll('\n', '\r\n');

/** The bytes of a client's request. */
export const request = (): Uint8Array => Uint8Array.from(REQUEST, (char) => char.charCodeAt(0));

export interface RawPair {
  readonly clock: VirtualClock;
  readonly link: MemoryLink;
  readonly peer: RawPeer;
  readonly server: Driven;
}

/** An open server whose client is bytes. */
export function openServer(options?: DrivenOptions, network?: LinkOptions): RawPair {
  const clock = new VirtualClock();
  const link = new MemoryLink(clock, network);
  const peer = new RawPeer(link.client);
  const server = new Driven('server', clock, options).over(link.server);
  peer.write(request());
  clock.settle();
  if (server.connection.phase !== 'open') throw new Error(`not open: ${server.log.join(' ')}`);
  server.log.length = 0;
  peer.take();
  return { clock, link, peer, server };
}
