/**
 * One direction of a link in memory: bytes and then perhaps an end, in order, after a time, within a capacity.
 *
 * A byte is held by its writer until the network has room, travels, and lies there until its reader takes it.
 * Everything moves in timers of the clock, one chunk at each, so nobody is ever called from within a call.
 */
import { Chunks } from './chunks.ts';
import type { Faults, WayOptions } from './network-conditions.ts';
import { Alarm, type VirtualClock } from './virtual-clock.ts';

/** Who reads. */
export interface WayReader {
  received(bytes: Uint8Array): void;
  ended(): void;
  reset(): void;
}

/** Who writes. */
export interface WayWriter {
  /** Nothing waits any more. */
  drained(): void;
  /** The network has taken everything, the end included. */
  finished(): void;
  /** A fault, and not the writer, has reset the way. */
  reset(): void;
}

/** When it arrives, and what: `undefined` is the end. */
type Parcel = readonly [due: number, bytes: Uint8Array | undefined];

export class MemoryWay implements Faults {
  reader: WayReader | undefined;
  writer: WayWriter | undefined;
  readonly #clock: VirtualClock;
  readonly #latency: number;
  readonly #capacity: number;
  readonly #chunk: (available: number) => number;
  /** Written, and not yet taken by the network. */
  readonly #waiting: Chunks = new Chunks();
  /** Whether the writer is to be told when nothing waits any more. */
  #held = false;
  #ending = false;
  #travelling: Parcel[] = [];
  /** What lies before the reader. */
  readonly #arrived: Chunks = new Chunks();
  #endArrived = false;
  /** Bytes that travel or have arrived. */
  #inside = 0;
  /** Bytes the reader took. */
  #passed = 0;
  #paused = true;
  #stalled = false;
  #cut: { readonly at: number; readonly how: 'end' | 'reset' } = { at: Infinity, how: 'end' };
  /** What is written is lost. */
  #severed = false;
  #resetAt: number | undefined;
  /** The last thing the reader was told of. */
  #met: 'nothing' | 'end' | 'reset' = 'nothing';
  readonly #alarm: Alarm;

  constructor(clock: VirtualClock, { latency = 0, capacity = 65_536, chunk = () => 65_536 }: WayOptions = {}) {
    this.#clock = clock;
    this.#alarm = new Alarm(clock, () => this.#turn());
    this.#latency = latency;
    this.#capacity = Math.max(1, capacity);
    this.#chunk = chunk;
  }

  get queued(): number {
    return this.#waiting.length;
  }

  write(chunks: readonly Uint8Array[]): void {
    for (const chunk of chunks) this.#waiting.append(chunk);
    this.#load();
  }

  end(): void {
    this.#ending = true;
    this.#load();
  }

  /** Loses everything, and tells the reader so after the latency, even where it has paused. */
  reset(): void {
    this.#sever();
    this.#resetAt ??= this.#clock.now() + this.#latency;
    this.#schedule();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#schedule();
  }

  stall(): void {
    this.#stalled = true;
  }

  release(): void {
    this.#stalled = false;
    this.#schedule();
  }

  cut(bytes: number, how: 'end' | 'reset'): void {
    this.#cut = { at: bytes, how };
    this.#meetCut();
    this.#schedule();
  }

  /** Gives the network what it has room for. */
  #load(): void {
    if (this.#severed) this.#sever();
    const due = this.#clock.now() + this.#latency;
    const bytes = this.#waiting.take(this.#capacity - this.#inside);
    this.#inside += bytes.length;
    if (bytes.length > 0) this.#travelling.push([due, bytes]);
    this.#held ||= this.#waiting.length > 0;
    if (this.#ending && this.#waiting.length === 0) {
      this.#ending = false;
      this.#travelling.push([due, undefined]);
      this.writer?.finished();
    }
    this.#schedule();
  }

  /** When there is something to do next. */
  #next(): number | undefined {
    if (this.#stalled || this.#met === 'reset') return undefined;
    if (this.#resetAt !== undefined) return this.#resetAt;
    if (this.#paused || this.#met === 'end') return undefined;
    return this.#arrived.length > 0 || this.#endArrived ? this.#clock.now() : this.#travelling[0]?.[0];
  }

  #schedule(): void {
    this.#alarm.set(this.#next());
  }

  /** Does one thing: the reader takes one chunk, or meets the end, or a reset. */
  #turn(): void {
    const next = this.#next();
    if (next === undefined || next > this.#clock.now()) this.#schedule();
    else if (this.#resetAt === undefined) this.#read();
    else this.#meetReset();
  }

  #read(): void {
    this.#arrive();
    const chunk = this.#arrived.length > 0 ? this.#take() : undefined;
    if (chunk === undefined && this.#endArrived) this.#met = 'end';
    this.#load();
    if (this.#held && this.#waiting.length === 0) {
      this.#held = false;
      this.writer?.drained();
    }
    if (chunk !== undefined) this.reader?.received(chunk);
    else if (this.#endArrived) this.reader?.ended();
  }

  #meetReset(): void {
    this.#met = 'reset';
    if (this.#cut.how === 'reset' && this.#passed >= this.#cut.at) this.writer?.reset();
    this.reader?.reset();
  }

  #arrive(): void {
    const due = this.#travelling.findIndex(([at]) => at > this.#clock.now());
    for (const [, bytes] of this.#travelling.splice(0, due < 0 ? Infinity : due)) {
      if (bytes === undefined) this.#endArrived = true;
      else this.#arrived.append(bytes);
    }
  }

  #take(): Uint8Array {
    const wished = Math.max(1, Math.floor(this.#chunk(this.#arrived.length)));
    const chunk = this.#arrived.take(Math.min(wished, this.#cut.at - this.#passed));
    this.#inside -= chunk.length;
    this.#passed += chunk.length;
    this.#meetCut();
    return chunk;
  }

  #meetCut(): void {
    if (this.#passed < this.#cut.at || this.#met !== 'nothing') return;
    this.#sever();
    if (this.#cut.how === 'end') this.#endArrived = true;
    else this.#resetAt ??= this.#clock.now();
  }

  #sever(): void {
    this.#severed = true;
    this.#waiting.clear();
    this.#travelling = [];
    this.#arrived.clear();
    this.#inside = 0;
  }
}
