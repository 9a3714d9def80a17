/**
 * A session that follows a script, over a network in memory: an opening handshake, compressed and streamed messages, echoes,
 * Pings of both sides and of the keepalive, a network that backs up, and a closing handshake.
 */

import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import type { Driver, Host } from '../../adapters/driver.ts';
import { open } from '../../adapters/interfaces/client.ts';
import type { Handlers, WebSocketConnection } from '../../adapters/interfaces/connection.ts';
import { WebSocketServer } from '../../adapters/interfaces/server.ts';
import { MemoryLink, type MemoryTransport } from '../../adapters/runtimes/memory.ts';
import { type MemoryHost, memoryHost } from '../../adapters/runtimes/memory-host.ts';
import { nodeDeflate } from '../../adapters/runtimes/node-deflate.ts';
import { VirtualClock } from '../../adapters/runtimes/virtual-clock.ts';
import type { Closed, Role } from '../../core/index.ts';
import type { Injector } from './injector.ts';

export class End {
  readonly role: Role;
  readonly host: MemoryHost;
  readonly lent: Host;
  readonly injector: Injector;
  /** Everything that somebody was told went wrong, each once: by report, by the error handler, or by a promise. */
  readonly errors: unknown[] = [];
  /** Why connecting failed, where it did. */
  refused: unknown;
  readonly violations: string[] = [];
  readonly sent: string[] = [];
  readonly received: string[] = [];
  readonly closed: Closed[] = [];
  readonly faults: string[] = [];
  readonly #pending: Set<string> = new Set();
  readonly #timers: Set<unknown> = new Set();
  driver: Driver | undefined;

  constructor(role: Role, clock: VirtualClock, injector: Injector) {
    this.role = role;
    this.injector = injector;
    this.host = memoryHost(clock, role === 'client' ? 1 : 2);
    this.lent = injector.host({
      ...this.host,
      report: (error) => this.errors.push(...single(error)),
      setTimer: (expire, milliseconds) => {
        const timer = clock.setTimer(() => {
          this.#timers.delete(timer);
          expire();
        }, milliseconds);
        this.#timers.add(timer);
        return timer;
      },
      clearTimer: (timer) => {
        this.#timers.delete(timer);
        clock.clearTimer(timer);
      },
      sha1: (text) => createHash('sha1').update(text).digest('base64'),
      decodeAscii: () => undefined,
      deflate: nodeDeflate,
    });
  }

  /** What has not come to its end: promises and timers. */
  get left(): string[] {
    return [...this.#pending, ...[...this.#timers].map(() => 'a timer')];
  }

  track(name: string, promise: Promise<unknown>): void {
    this.#pending.add(name);
    promise
      .catch((error: unknown) => {
        if (name === 'connect') this.refused = error;
        else this.errors.push(...single(error));
      })
      .finally(() => this.#pending.delete(name));
  }

  drive(driver: Driver, transport: MemoryTransport): void {
    this.driver = driver;
    driver.observe((observation) => {
      if (observation.type !== 'output') return;
      const { output } = observation;
      if (this.closed.length > 0) this.faults.push(`${output.type} behind closed`);
      if (output.type === 'closed') this.closed.push(output);
      else if (output.type === 'error') this.violations.push(output.error.violation);
    });
    transport.attach({
      received: (bytes) => {
        try {
          this.injector.pass('read');
        } catch {
          transport.abort(); // its end is an error to the driver
          transport.attach({
            received() {},
            ended() {},
            drained() {},
            closed: () => driver.closed(this.injector.injected),
          });
          return;
        }
        driver.received(bytes);
      },
      ended: () => driver.ended(),
      drained: () => driver.drained(),
      closed: (error) => driver.closed(error),
    });
    driver.start(this.injector.transport(transport));
  }

  /** Sends, and writes down what was taken. */
  send(connection: WebSocketConnection, message: string | Uint8Array): void {
    const at = this.sent.push(String(message)) - 1;
    let taken = false;
    try {
      const { phase } = connection;
      connection.send(message);
      taken = phase === 'open';
    } finally {
      if (!taken) this.sent.splice(at, 1);
    }
  }

  /** Handlers that may fail; the ones behind a failure are the program's affair. */
  handlers(message: (connection: WebSocketConnection, data: string | Uint8Array) => void | Promise<void>): Handlers {
    const pass = (): void => this.injector.pass('handler');
    return {
      message: (connection, data) => {
        this.received.push(String(data));
        pass();
        return message(connection, data);
      },
      ping: pass,
      pong: pass,
      drain: pass,
      close: pass,
      error: (_, error) => {
        if (!this.violations.includes((error as { violation?: string }).violation ?? ''))
          this.errors.push(...single(error));
      },
    };
  }

  /** Waits, in a promise that may reject. */
  async wait(clock: VirtualClock, milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      clock.setTimer(resolve, milliseconds);
    });
    this.injector.pass('promise of a handler');
  }
}

/** Those that were thrown together are several. */
const single = (error: unknown): unknown[] =>
  error instanceof AggregateError ? error.errors.flatMap(single) : [error];

const OPTIONS = {
  compression: { threshold: 10 },
  deadlines: { opening: 1_000, closing: 300, ping: 40, pong: 200 },
};
const ECHOES = 4;
/** More than an inbox takes. */
const FLOOD = 1_040;

export interface Ends {
  readonly client: End;
  readonly server: End;
}

/**
 * Runs the session to its end, with what each injector makes fail.
 *
 * @param floods - whether the client sends so much that a server that is busy stops reading.
 */
export async function session(clients: Injector, servers: Injector, floods = false): Promise<Ends> {
  const clock = new VirtualClock();
  const way = { latency: 3, capacity: 300 };
  const link = new MemoryLink(clock, { toServer: way, toClient: way });
  const server = new End('server', clock, servers);
  const client = new End('client', clock, clients);
  const listening = new WebSocketServer(
    {
      ...OPTIONS,
      ...server.handlers(async (connection, data) => {
        if (server.received.length === 2) await server.wait(clock, 100);
        if (data !== '') server.send(connection, typeof data === 'string' ? `${data}!` : data);
      }),
      open(connection) {
        server.injector.pass('handler');
        server.track('closed', connection.closed);
        server.send(connection, 'welcome, welcome, welcome');
        connection.ping('are you there');
      },
    },
    server.lent,
  );
  try {
    server.drive(listening.attend({ address: 'memory', secure: false }), link.server);
  } catch (error) {
    server.errors.push(...single(error));
  }
  const connecting = open<undefined>(
    { secure: false, hostname: 'x', port: 80, host: 'x', target: '/', authorization: undefined },
    {
      ...OPTIONS,
      ...client.handlers(async (connection) => {
        if (client.received.length === 2) await client.wait(clock, 10);
        if (client.received.length === ECHOES) client.track('close', connection.close(1000, 'enough'));
      }),
      async open(connection) {
        client.injector.pass('handler');
        client.track('closed', connection.closed);
        client.send(connection, 'abc '.repeat(500));
        client.send(
          connection,
          Uint8Array.from({ length: 700 }, (_, i) => i * i),
        );
        for (let i = 0; i < (floods ? FLOOD : 0); i++) client.send(connection, '');
        connection.ping('and you');
        await client.wait(clock, 20);
        const stream = connection.sendStream(['one, one, one, ', 'two, two, two']);
        client.track('stream', stream);
        if (await stream.catch(() => false)) client.sent.push('one, one, one, two, two, two');
      },
    },
    client.lent,
    (driver) => client.drive(driver, link.client),
  );
  client.track('connect', connecting);
  await rest(clock, 2_000);
  for (const { driver } of [client, server]) driver?.connection.close(1001);
  server.track('shut down', listening.close({ grace: 500 }));
  await rest(clock, 10_000);
  return { client, server };
}

async function rest(clock: VirtualClock, milliseconds: number): Promise<void> {
  const until = clock.now() + milliseconds;
  for (;;) {
    await turn();
    const next = clock.nextTimer;
    if (next === undefined || clock.now() + next > until) break;
    clock.advance(next);
  }
}
