/**
 * A client and a server, each driven by a host of its own, and two ways between them that deliver bytes only
 * when told to.
 */
import { Connection, type Event, type Output, type Role } from '../../core/index.ts';
import { isEvent, pseudoRandom } from './opened.ts';
import { frames, hex, join } from './wire.ts';

/** One way of the transport. */
class Way {
  /** Bytes on the way. */
  bytes: Uint8Array = new Uint8Array(0);
  /** All bytes that ever left. */
  readonly written: Uint8Array[] = [];
  ended = false;
  /** Whether the end was told to the receiver. */
  told = false;
}

/** One end of the pair, and what its program has seen and done. */
export class End {
  readonly role: Role;
  readonly connection: Connection;
  readonly way: Way = new Way();
  readonly events: Event[] = [];
  /** Messages that were taken for sending, and those that came; legible. */
  readonly sent: string[] = [];
  readonly received: string[] = [];
  gone = false;
  reading = true;
  deadline: number | undefined;
  readonly #onAbort: () => void;

  constructor(role: Role, onAbort: () => void) {
    this.role = role;
    this.#onAbort = onAbort;
    const output = (each: Output): void => this.#take(each);
    this.connection = new Connection(
      role === 'server'
        ? { role, output }
        : { role, output, request: { host: 'x', target: '/' }, getRandomValues: pseudoRandom() },
    );
  }

  #take(output: Output): void {
    if (this.events.some(({ type }) => type === 'closed')) throw new Error(`${output.type} behind closed`);
    if (isEvent(output)) this.events.push(output as Event);
    switch (output.type) {
      case 'request':
        this.connection.accept();
        break;
      case 'message':
        this.received.push(legible(output.data));
        break;
      case 'write':
        if (this.way.ended) throw new Error('a write behind the end');
        if (this.gone) break;
        this.way.written.push(...output.chunks.map((chunk) => chunk.slice()));
        this.way.bytes = join([this.way.bytes, ...output.chunks]);
        break;
      case 'end':
        this.way.ended = true;
        break;
      case 'abort':
        this.#onAbort();
        break;
      case 'pause':
      case 'resume':
        this.reading = output.type === 'resume';
        break;
      case 'deadline':
        this.deadline = output.milliseconds;
    }
  }

  /** How it closed, once it has. */
  get closed(): Extract<Event, { type: 'closed' }> | undefined {
    return this.events.find((event) => event.type === 'closed');
  }

  /** The frames that left, behind the head of the opening handshake. */
  get framesWritten(): string[] {
    const wire = join(this.way.written);
    const head = String.fromCharCode(...wire.subarray(0, 1_000)).indexOf('\r\n\r\n') + 4;
    return frames(wire.subarray(head)).map(({ first, payload }) => `${first.toString(16)} ${hex(payload)}`);
  }
}

/** A message as UTF-8 or octets: lone surrogates leave as U+FFFD (UT10). */
export const legible = (data: string | Uint8Array): string =>
  typeof data === 'string' ? `text ${hex(new TextEncoder().encode(data))}` : `binary ${hex(data)}`;

export class Pair {
  readonly client: End = new End('client', () => this.reset());
  readonly server: End = new End('server', () => this.reset());
  /** Whether the transport was destroyed: what was on the way may be lost. */
  broken = false;

  constructor() {
    this.client.connection.start();
    this.server.connection.start();
  }

  end(role: Role): End {
    return role === 'client' ? this.client : this.server;
  }

  peer(role: Role): End {
    return role === 'client' ? this.server : this.client;
  }

  /** Delivers up to `count` bytes to the end of `role`; behind the last, the end of its input. */
  deliver(role: Role, count: number): void {
    const receiver = this.end(role);
    const { way } = this.peer(role);
    if (receiver.gone || !receiver.reading) return;
    const chunk = way.bytes.slice(0, count);
    way.bytes = way.bytes.slice(count);
    if (chunk.length > 0) receiver.connection.receive(chunk);
    else if (way.ended && !way.told && way.bytes.length === 0) {
      way.told = true;
      receiver.connection.receiveEnd();
    }
    this.#settle();
  }

  /** Both directions are over: the transport is closed in order. */
  #settle(): void {
    if (!(this.client.way.told && this.server.way.told)) return;
    for (const end of [this.client, this.server]) this.#close(end);
  }

  /** Destroys the transport; what was on the way is lost. */
  reset(): void {
    this.broken = true;
    for (const end of [this.client, this.server]) {
      end.way.bytes = new Uint8Array(0);
      this.#close(end);
    }
  }

  #close(end: End): void {
    if (end.gone) return;
    end.gone = true;
    end.connection.transportClosed();
  }

  /** Delivers everything that is read, both ways, until nothing moves. */
  drain(): void {
    for (let moved = true; moved; ) {
      moved = false;
      for (const role of ['client', 'server'] as const) {
        const { way } = this.peer(role);
        const before = `${way.bytes.length} ${way.told}`;
        this.deliver(role, Infinity);
        if (before !== `${way.bytes.length} ${way.told}`) moved = true;
      }
    }
  }
}
