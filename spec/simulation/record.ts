/** What one side of a simulation has seen and done, and what of it was wrong at the very moment. */
import type { Driver, Transport } from '../../adapters/driver.ts';
import type { Observation } from '../../adapters/trace.ts';
import type { Closed, Event, LifecycleStep, Output } from '../../core/index.ts';
import { isEvent } from '../support/opened.ts';
import { hex } from '../support/wire.ts';
import type { SidePlan } from './plan.ts';
import type { Sent } from './sent.ts';

interface Awaited {
  readonly name: string;
  readonly until: number;
  settled: boolean;
}

type RejectionClass = abstract new (...args: never[]) => Error;

export class Record {
  /** Digests of messages, as the program took them. */
  readonly received: string[] = [];
  /** How often the program was told of the end. */
  finished = 0;
  /** How often a handler failed on purpose. */
  failures = 0;
  /** What broke a rule of the simulation. */
  readonly faults: string[] = [];
  /** Types of events, in order. */
  readonly events: string[] = [];
  /** Payloads of the Pings and Pongs that came, in hex. */
  readonly pingsReceived: string[] = [];
  readonly pongsReceived: string[] = [];
  /** Pings that came while the state let Pongs out. */
  answerable = 0;
  /** A Ping that came last, long enough before the end that its Pong must have gone out. */
  owed: string | undefined;
  /** Whether the Close of the peer came first. */
  responded = false;
  /** Messages whose last byte has come, whether or not they were read. */
  arrived = 0;
  readonly violations: string[] = [];
  closed: Closed | undefined;
  opened = false;
  /** All that was written, each chunk copied when it was. */
  readonly written: Uint8Array[] = [];
  aborted = false;
  /** What happened, for people. */
  readonly story: string[] = [];
  readonly #plan: SidePlan;
  readonly #now: () => number;
  readonly #tells: boolean;
  readonly #awaited: Awaited[] = [];
  #driver: Driver | undefined;
  #transport: Transport | undefined;
  #sent: Sent | undefined;
  #ended = false;
  #startedAt: number | undefined;
  #closingSince: number | undefined;
  /** When the peer was heard last, or was not listened to. */
  #heardAt = 0;
  #receivedAt = 0;
  #deaf = false;
  #transportIsGone = false;
  #pingBytes = 0;
  #keepalives = 0;
  /** Bytes that were written, how many of them the network had taken, and since when it took none of those that waited. */
  #writtenBytes = 0;
  #takenBytes = 0;
  #takenAt = 0;
  #unread = 0;

  /** @param tells - whether to write down what happens. */
  constructor(plan: SidePlan, now: () => number, tells: boolean) {
    this.#tells = tells;
    this.#plan = plan;
    this.#now = now;
  }

  get unsettled(): string[] {
    return this.#awaited.filter(({ settled }) => !settled).map(({ name }) => name);
  }

  fault(what: string): void {
    this.faults.push(`${this.#plan.role} at ${this.#now()}: ${what}`);
  }

  /** Waits for `promise`, which may reject with one of `rejections`, and settles within that time. */
  track(name: string, promise: Promise<unknown>, rejections: readonly unknown[], within: number): void {
    const awaited: Awaited = { name, until: this.#now() + within, settled: false };
    this.#awaited.push(awaited);
    promise.then(
      () => {
        awaited.settled = true;
      },
      (error: unknown) => {
        awaited.settled = true;
        if (!rejections.some((each) => error instanceof (each as RejectionClass)))
          this.fault(`${name} rejects with ${error}`);
      },
    );
  }

  watch(driver: Driver, sent: Sent): void {
    this.#driver = driver;
    this.#sent = sent;
    driver.observe((observation) => this.#observed(observation));
  }

  /** `transport`, and what is done to it is judged. */
  transport(transport: Transport, write: Transport['write']): Transport {
    this.#transport = transport;
    const use = (name: string): void => {
      if (this.closed !== undefined) this.fault(`${name} behind closed`);
    };
    const { careless } = this.#plan;
    return {
      get queued() {
        return transport.queued;
      },
      write: (chunks) => {
        use('write');
        if (this.#ended || this.aborted) this.fault('a write behind the end');
        for (const chunk of chunks) {
          this.written.push(chunk.slice());
          this.#writtenBytes += chunk.length;
        }
        write(chunks);
      },
      end: () => {
        use('end');
        this.#ended = true;
        transport.end();
      },
      abort: () => {
        this.aborted = true;
        transport.abort();
      },
      pause() {
        use('pause');
        if (!careless) transport.pause();
      },
      resume() {
        use('resume');
        transport.resume();
      },
    };
  }

  #observed(observation: Observation): void {
    this.#startedAt ??= observation.at;
    if (observation.type === 'output') this.#put(observation.output);
    else if (observation.type === 'step') this.#stepped(observation);
    else if (observation.type === 'frame') this.#framed(observation);
    else if (observation.type === 'input' && observation.input === 'closed') this.#transportIsGone = true;
    else if (observation.type === 'input' && observation.input === 'expired') this.#keepalives++;
    else if (observation.type === 'input' && observation.input === 'received') {
      this.#heardAt = observation.at;
      this.#receivedAt = observation.at;
      if (this.#deaf) this.#unread += observation.bytes;
    }
    if (this.#tells) this.story.push(`${observation.at} ${this.#plan.role}: ${describe(observation)}`);
  }

  #framed({ direction, frame }: Extract<Observation, { type: 'frame' }>): void {
    if (direction === 'in' && frame.opcode < 8 && frame.fin && frame.complete) this.arrived++;
    // A Pong that answers is not added to more than may wait (RFC 6455 §5.5.3).
    if (direction === 'in' || frame.opcode !== 10 || hex(frame.payload).startsWith(UNASKED)) return;
    const waiting = this.#driver?.connection.bufferedAmount ?? 0;
    const { pongBytes = 65_536 } = this.#plan.limits ?? {};
    if (waiting > pongBytes) this.fault(`a Pong was sent while ${waiting} bytes waited`);
  }

  #put(output: Output): void {
    if (this.closed !== undefined) this.fault(`${output.type} behind closed`);
    if (isEvent(output)) this.#event(output as Event);
    else if (output.type === 'pause' || output.type === 'resume') {
      this.#deaf = output.type === 'pause';
      this.#unread = 0;
      this.#heardAt = this.#now();
    }
  }

  #event(event: Event): void {
    this.events.push(event.type);
    if (event.type === 'open') {
      this.opened = true;
      this.#heardAt = this.#now();
    } else if (event.type === 'ping') {
      this.pingsReceived.push(hex(event.payload));
      this.#pingBytes += event.payload.length + 6;
      if (this.#driver?.connection.phase === 'open') this.answerable++;
    } else if (event.type === 'pong') this.pongsReceived.push(hex(event.payload));
    else if (event.type === 'error') {
      this.violations.push(event.error.violation);
      if (event.error.violation === 'pong-missing') this.#judgeUnresponsive();
    } else if (event.type === 'closed') this.closed = event;
  }

  #stepped({ from, event, to }: LifecycleStep): void {
    if (to.startsWith('closing.')) this.#closingSince ??= this.#now();
    if (from !== 'open') return;
    if (event === 'closeReceived') this.responded = true;
    if (this.#driver?.connection.bufferedAmount === 0) this.owed = this.pingsReceived.at(-1);
  }

  /** Judges what has to hold at any moment. */
  judge(): void {
    const driver = this.#driver;
    const start = this.#startedAt;
    if (driver === undefined || start === undefined || this.faults.length > 0) return;
    const now = this.#now();
    const { connection } = driver;
    const { opening, closing, ping, pong } = this.#plan.deadlines;
    const late = this.#plan.coarse ? 125 : 0;
    if (connection.phase === 'connecting' && now > start + opening + late)
      this.fault('the opening deadline was missed');
    if (this.#closingSince !== undefined && this.closed === undefined && now > this.#closingSince + closing + late) {
      this.fault('the closing deadline was missed');
    }
    if (this.#transportIsGone && this.closed === undefined) this.fault('the transport is gone, and nobody was told');
    if (this.#deaf) this.#heardAt = now;
    if (connection.phase === 'open' && now > this.#heardAt + Math.max(ping, pong) + pong + 1 + 4 * late) {
      this.fault('a silent peer was not noticed');
    }
    const waiting = this.#transport?.queued ?? 0;
    const taken = this.#writtenBytes - waiting;
    if (waiting === 0 || taken !== this.#takenBytes || this.#deaf || connection.phase !== 'open') this.#takenAt = now;
    this.#takenBytes = taken;
    const intervals = 2 + Math.floor(waiting / 1_048_576);
    if (pong < Infinity && now > this.#takenAt + intervals * (Math.max(ping, pong) + 1 + 2 * late)) {
      this.fault('a peer that takes nothing was not noticed');
    }
    for (const { name, until, settled } of this.#awaited) {
      if (!settled && now > until) this.fault(`${name} was not settled in time`);
    }
    this.#judgeMemory(connection.bufferedAmount);
  }

  /** Who was heard after the last Ping, and takes what waits, is given up by mistake. */
  #judgeUnresponsive(): void {
    const { ping, pong } = this.#plan.deadlines;
    const now = this.#now();
    if (now < this.#receivedAt + pong && now < this.#takenAt + Math.max(ping, pong)) {
      this.fault('a peer that lives was given up');
    }
  }

  #judgeMemory(waiting: number): void {
    const { queueBytes = 67_108_864, pongBytes = 65_536, backlogBytes = 1_048_576 } = this.#plan.limits ?? {};
    const { longest, total } = this.#sent ?? { longest: 0, total: 0 };
    const all = total + this.#pingBytes;
    const most =
      Math.max(Math.min(queueBytes, all) + longest, Math.min(pongBytes, all)) + HEAD_BYTES + 10 * this.#keepalives;
    if (waiting > most) this.fault(`${waiting} bytes wait to be written, and not ${most} at most`);
    if (this.#driver?.connection.phase === 'open' && this.#unread > backlogBytes) {
      this.fault(`${this.#unread} bytes wait unread, and not ${backlogBytes} at most`);
    }
  }
}

/** Heads, and control frames that go out by themselves. */
const HEAD_BYTES = 400;

function describe(observation: Observation): string {
  if (observation.type === 'step') return `${observation.event} -> ${observation.to}`;
  if (observation.type === 'input')
    return 'bytes' in observation ? `${observation.bytes} bytes came` : observation.input;
  return JSON.stringify(observation.type === 'output' ? observation.output : observation, (_name, value: unknown) => {
    if (value instanceof Uint8Array) return `${value.length} bytes ${hex(value.subarray(0, 20))}`;
    return value instanceof Error ? String(value) : value;
  });
}

/** How the payload of a Pong begins that answers no Ping, in hex. */
export const UNASKED: string = hex(new TextEncoder().encode('unasked'));
