/** One side of a simulation: a program over an adapter in memory, and a record of all that comes of it. */
import { Driver, type DriverOptions, type Host, type Transport } from '../../adapters/driver.ts';
import { HandshakeError, open } from '../../adapters/interfaces/client.ts';
import { extensionsOf } from '../../adapters/interfaces/compression.ts';
import type { Handlers } from '../../adapters/interfaces/connection.ts';
import { WebSocketServer, type WebSocketServerOptions } from '../../adapters/interfaces/server.ts';
import { CoarseTimers } from '../../adapters/runtimes/coarse-timers.ts';
import type { MemoryTransport } from '../../adapters/runtimes/memory.ts';
import { type MemoryHost, memoryHost } from '../../adapters/runtimes/memory-host.ts';
import { nodeDeflate } from '../../adapters/runtimes/node-deflate.ts';
import { portableDeflate } from '../../adapters/runtimes/portable-deflate.ts';
import type { VirtualClock } from '../../adapters/runtimes/virtual-clock.ts';
import { TransportError } from '../../adapters/transport-error.ts';
import { inverting } from './inverting.ts';
import type { Plan, SidePlan } from './plan.ts';
import { Intended, Program } from './program.ts';
import type { Random } from './random.ts';
import { Record } from './record.ts';
import { recordSent } from './sent.ts';

/** What may come between a side and the world: an injected fault. */
export interface Sabotage {
  host?(host: Host, plan: SidePlan): Host;
  transport?(transport: MemoryTransport, plan: SidePlan): Pick<MemoryTransport, 'write'>;
}

/** Drives a connection over `transport`, which is over as soon as it is aborted, and tells so within that call. */
function driveAbruptly(driver: Driver, transport: MemoryTransport, recorded: Transport): void {
  let over = false;
  const tell = (call: () => void): void => {
    if (!over) call();
  };
  const close = (error?: unknown): void => {
    over = true;
    driver.closed(error);
  };
  transport.attach({
    received: (bytes) => tell(() => driver.received(bytes)),
    ended: () => tell(() => driver.ended()),
    drained: () => tell(() => driver.drained()),
    closed: (error) => tell(() => close(error)),
  });
  driver.start(
    Object.create(recorded, {
      abort: {
        value: () => {
          recorded.abort();
          tell(close);
        },
      },
    }),
  );
}

export class Side {
  readonly plan: SidePlan;
  readonly host: MemoryHost;
  readonly record: Record;
  readonly program: Program;
  readonly #whole: Plan;
  readonly #clock: VirtualClock;
  readonly #lent: Host;
  readonly #sabotage: Sabotage;
  readonly #timers: Set<unknown> = new Set();

  constructor(whole: Plan, plan: SidePlan, clock: VirtualClock, random: Random, sabotage: Sabotage, tells: boolean) {
    this.#whole = whole;
    this.plan = plan;
    this.#clock = clock;
    this.#sabotage = sabotage;
    this.host = memoryHost(clock, random.next());
    this.record = new Record(plan, clock.now, tells);
    this.program = new Program(whole, plan, clock, random.fork(), this.record);
    const exact = this.#counted(this.host);
    const timers = new CoarseTimers(exact);
    const lent: Host = {
      ...exact,
      ...(plan.coarse && {
        setTimer: (expire, milliseconds) => timers.set(expire, milliseconds),
        clearTimer: (timer) => timers.clear(timer),
      }),
      deflate: plan.compression?.engine === 'portable' ? portableDeflate : nodeDeflate,
    };
    this.#lent = sabotage.host?.(lent, plan) ?? lent;
  }

  /** The timers that run. */
  get timers(): number {
    return this.#timers.size;
  }

  /** Whether so little was ever sent and asked that no Pong had to wait (RFC 6455 §5.5.3). */
  get neverBackedUp(): boolean {
    return (
      this.plan.limits?.pongBytes === undefined &&
      this.record.written.reduce((sum, { length }) => sum + length, 0) < 60_000
    );
  }

  #counted(host: Host): Host {
    return {
      ...host,
      setTimer: (expire, milliseconds) => {
        const timer = host.setTimer(() => {
          this.#timers.delete(timer);
          expire();
        }, milliseconds);
        this.#timers.add(timer);
        return timer;
      },
      clearTimer: (timer) => {
        this.#timers.delete(timer);
        host.clearTimer(timer);
      },
    };
  }

  /** Begins over `transport`, and does what the plan says when the time comes. */
  start(transport: MemoryTransport): void {
    const { role, style } = this.plan;
    if (style === 'driver') this.#drive(this.#makeDriver(), transport);
    else if (role === 'server') this.#drive(this.#serve(), transport);
    else this.#connect(transport);
    for (const { at, action } of this.plan.actions) this.#clock.setTimer(() => this.program.act(action), at);
  }

  #drive(driver: Driver, transport: MemoryTransport): void {
    const write = this.#sabotage.transport?.(transport, this.plan) ?? transport;
    const sent = recordSent(driver.connection);
    this.program.drive(driver, sent);
    this.record.watch(driver, sent);
    const recorded = this.record.transport(transport, (chunks) => write.write(chunks));
    if (this.plan.abrupt) driveAbruptly(driver, transport, recorded);
    else {
      transport.attach(driver);
      driver.start(recorded);
    }
  }

  #makeDriver(): Driver {
    const { role, limits, deadlines } = this.plan;
    const shared = { limits, deadlines, extensions: extensionsOf(this.#extensions(), this.#lent) };
    const options: DriverOptions =
      role === 'client' ? { ...shared, role, request: { host: 'x', target: '/' } } : { ...shared, role };
    return new Driver(options, this.#lent, { event: (event) => this.program.event(event), drain() {} });
  }

  #extensions(): Pick<WebSocketServerOptions, 'compression' | 'extensions'> {
    const { compression, inverting: bit } = this.plan;
    const { engine: _, ...options } = compression ?? { engine: undefined };
    return {
      compression: compression === undefined ? false : options,
      extensions: bit === undefined ? [] : [inverting(bit)],
    };
  }

  #options(): Handlers & Pick<WebSocketServerOptions, 'limits' | 'deadlines' | 'compression' | 'extensions'> {
    const { style, limits, deadlines } = this.plan;
    return {
      limits,
      deadlines,
      messages: style === 'chunks' ? 'chunks' : 'whole',
      ...this.#extensions(),
      ...(style === 'handlers' && { message: (_, message) => this.program.handle(message) }),
      open: (connection) => this.program.opened(connection),
      close: () => {
        this.record.finished++;
      },
    };
  }

  #serve(): Driver {
    const { how, after, decisionDeadline } = this.#whole.verdict;
    const server = new WebSocketServer(
      {
        ...this.#options(),
        origins: 'any',
        decisionDeadline,
        upgrade: async () => {
          if (after > 0) await this.program.wait(after);
          if (how === 'forget') await new Promise(() => {}); // the deadline answers
          if (how === 'fail') throw new Intended('no decision');
          return how === 'refuse' ? { status: 403 } : undefined;
        },
      },
      this.#lent,
    );
    this.program.server = server;
    return server.attend({ address: 'memory', secure: false });
  }

  #connect(transport: MemoryTransport): void {
    const target = { secure: false, hostname: 'x', port: 80, host: 'x', target: '/', authorization: undefined };
    const connecting = open<undefined>(target, this.#options(), this.#lent, (driver) => this.#drive(driver, transport));
    this.program.track('connect', connecting, [HandshakeError, TransportError]);
  }
}
