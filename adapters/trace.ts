/**
 * What somebody sees who watches a connection: its inputs, its outputs, its frames, and every step of its lifecycle.
 *
 * A driver has one only while it is watched; without one, watching costs a comparison a call.
 */
import { FrameReader, type ObservedFrame } from '../core/framing/frame-reader.ts';
import type { Connection, LifecycleStep, Output, ParsedRequest } from '../core/index.ts';

/** What the transport, or time, told a connection. */
export type ObservedInput =
  /** `bytes` came. */
  | { readonly input: 'received'; readonly bytes: number }
  /** An HTTP server has parsed the request. */
  | { readonly input: 'requested'; readonly request: ParsedRequest }
  | { readonly input: 'ended' }
  | { readonly input: 'closed'; readonly error: unknown }
  | { readonly input: 'expired' }
  | { readonly input: 'drained' };

/** What was seen, `at` in milliseconds of the host's clock. */
export type Observation = { readonly at: number } & (
  | ({ readonly type: 'input' } & ObservedInput)
  /** An event or an instruction, as it is put out. Its bytes are the connection's: read them at once, and keep none. */
  | { readonly type: 'output'; readonly output: Output }
  | ({ readonly type: 'step' } & LifecycleStep)
  /** A message of ours that is compressed, or a piece of one, before its frames; read it at once, and keep none. */
  | { readonly type: 'transformed'; readonly payload: Uint8Array; readonly last: boolean }
  /** A head of the opening handshake; `text` is cut at 4,096 octets. */
  | { readonly type: 'head'; readonly direction: 'in' | 'out'; readonly text: string; readonly length: number }
  /** A frame; those of one chunk come before anything that the connection makes of it. */
  | { readonly type: 'frame'; readonly direction: 'in' | 'out'; readonly frame: ObservedFrame }
);

/** Is told what was seen. What it throws is reported, and changes nothing. */
export type Observer = (observation: Observation) => void;

/** Bytes that are kept of each payload: enough to recognise it. */
const KEPT_BYTES = 1_024;

export class Trace {
  readonly #connection: Connection;
  readonly #now: () => number;
  readonly #report: (error: unknown) => void;
  #observers: readonly Observer[] = [];
  /** Readers of both directions; none where watching began in the middle, perhaps of a frame. */
  #incoming: FrameReader | undefined;
  #outgoing: FrameReader | undefined;
  /** When the bytes passed that are read. */
  #at = 0;

  /** @param fresh - whether no byte has passed yet. */
  constructor(
    connection: Connection,
    fresh: boolean,
    host: { readonly now: () => number; readonly report: (error: unknown) => void },
  ) {
    this.#connection = connection;
    this.#now = host.now;
    this.#report = host.report;
    if (fresh) {
      this.#incoming = this.#reader('in', true);
      this.#outgoing = this.#reader('out', true);
    }
    connection.watcher = {
      stepped: (step) => this.#stepped(step),
      transformed: (payload, last) => this.#tell({ type: 'transformed', at: this.#now(), payload, last }),
    };
  }

  get watched(): boolean {
    return this.#observers.length > 0;
  }

  add(observer: Observer): void {
    this.#observers = [...this.#observers, observer];
  }

  remove(observer: Observer): void {
    this.#observers = this.#observers.filter((each) => each !== observer);
    if (!this.watched) this.#connection.watcher = undefined;
  }

  /** Before the connection has `bytes`, which it unmasks in place. */
  received(bytes: Uint8Array): void {
    const at = this.#now();
    this.#at = at;
    this.#tell({ type: 'input', at, input: 'received', bytes: bytes.length });
    this.#incoming?.read(bytes);
  }

  requested(request: ParsedRequest): void {
    if (this.#incoming !== undefined) this.#incoming = this.#reader('in', false); // the head is read already
    this.input({ input: 'requested', request });
  }

  input(input: ObservedInput): void {
    this.#tell({ type: 'input', at: this.#now(), ...input });
  }

  output(output: Output): void {
    const at = this.#now();
    this.#tell({ type: 'output', at, output });
    if (output.type !== 'write') return;
    this.#at = at;
    for (const chunk of output.chunks) this.#outgoing?.read(chunk);
  }

  #stepped(step: LifecycleStep): void {
    // What comes from now on is not read as frames any more (RFC 6455 §7.1.7).
    if (step.event === 'violationFound') this.#incoming?.end();
    this.#tell({ type: 'step', at: this.#now(), ...step });
  }

  #reader(direction: 'in' | 'out', head: boolean): FrameReader {
    const sink = {
      head: (text: string, length: number): void => this.#tell({ type: 'head', at: this.#at, direction, text, length }),
      frame: (frame: ObservedFrame): void => this.#tell({ type: 'frame', at: this.#at, direction, frame }),
    };
    return new FrameReader(sink, KEPT_BYTES, head);
  }

  /** Who watches must not change what is watched: what an observer throws is reported. */
  #tell(observation: Observation): void {
    for (const observer of this.#observers) {
      try {
        observer(observation);
      } catch (error) {
        this.#report(error);
      }
    }
  }
}
