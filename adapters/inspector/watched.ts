/** One connection as the inspector sees it: its observations become a summary, and facts for the timeline. */
import type { ObservedFrame } from '../../core/framing/frame-reader.ts';
import { CloseCode, Opcode, type OpeningRequest, type Output, ProtocolError } from '../../core/index.ts';
import type { Driver } from '../driver.ts';
import type { Observation, ObservedInput } from '../trace.ts';
import { frameFactOf } from './frame-entry.ts';
import { IncomingMessages } from './incoming-messages.ts';
import type { MessageFact } from './message-frames.ts';
import { OutgoingMessages } from './outgoing-messages.ts';
import type { ConnectionSummary } from './protocol.ts';
import { redact } from './redact.ts';
import type { Fact } from './timeline.ts';

/** What takes the facts. */
export interface Notebook {
  /** The token of the inspector, which no head may show. */
  readonly token: string;
  /** Milliseconds since 1970 at the zero of the host's clock. */
  readonly epoch: number;
  /** @returns the number of the entry. */
  note(watched: Watched, at: number, fact: Fact, bytes?: Uint8Array): number;
  /** The summary has changed. */
  changed(watched: Watched): void;
  /** The connection is over. */
  over(watched: Watched): void;
}

type Changing<T> = { -readonly [Key in keyof T]: T[Key] };

/** As much of a text of the peer as is kept. */
const TEXT_CHARS = 200;

export class Watched {
  readonly id: number;
  readonly #notebook: Notebook;
  readonly #facts: Changing<ConnectionSummary>;
  readonly #incoming: IncomingMessages = new IncomingMessages();
  readonly #outgoing: OutgoingMessages = new OutgoingMessages();
  /** Until it is over: the driver would keep the program of a dead connection. */
  #driver: Driver | undefined;
  #headSeen = false;

  constructor(id: number, driver: Driver, notebook: Notebook) {
    this.id = id;
    this.#driver = driver;
    this.#notebook = notebook;
    const { role, state } = driver.connection;
    this.#facts = {
      id,
      role,
      state,
      peer: '',
      host: '',
      path: '',
      protocol: '',
      extensions: '',
      startedAt: this.#time(driver.host.now()),
      openedAt: null,
      closed: null,
      bytesIn: 0,
      bytesOut: 0,
      messagesIn: 0,
      messagesOut: 0,
      framesIn: 0,
      framesOut: 0,
      latency: null,
      queuedBytes: 0,
      violation: null,
    };
    driver.observe((observation) => this.#observe(observation));
  }

  get summary(): ConnectionSummary {
    this.#readDriver();
    this.#facts.messagesIn = this.#incoming.delivered;
    return this.#facts;
  }

  #readDriver(): void {
    const driver = this.#driver;
    if (driver === undefined) return;
    this.#facts.state = driver.connection.state;
    this.#facts.peer = driver.remoteAddress;
    this.#facts.latency = driver.connection.latency ?? null;
    this.#facts.queuedBytes = driver.connection.bufferedAmount;
  }

  #observe(observation: Observation): void {
    const at = this.#time(observation.at);
    switch (observation.type) {
      case 'input':
        this.#input(observation, at);
        break;
      case 'output':
        this.#output(observation.output, at);
        break;
      case 'head':
        this.#headSeen ||= observation.direction === 'in';
        if (this.#facts.role === 'client' && observation.direction === 'out') this.#requested(observation.text);
        this.#head(observation.direction, observation.text, observation.length, at);
        break;
      case 'frame':
        this.#frame(observation.direction, observation.frame, at);
        break;
      case 'transformed':
        this.#outgoing.transformed(observation.payload, observation.last);
        break;
      case 'step': {
        const { from, event, to, effects } = observation;
        this.#note({ kind: 'step', from, event, to, effects }, at);
      }
    }
    this.#notebook.changed(this);
    if (observation.type === 'output' && observation.output.type === 'closed') this.#over();
  }

  #input(input: ObservedInput, at: number): void {
    if (input.input === 'received') this.#facts.bytesIn += input.bytes;
    else if (input.input === 'ended') this.#event('ended', '', at);
    else if (input.input === 'expired') this.#event('deadline', '', at);
    else if (input.input === 'closed') this.#event('transportClosed', textOf(input.error), at);
  }

  #output(output: Output, at: number): void {
    const facts = this.#facts;
    this.#message(this.#incoming.output(output), at);
    switch (output.type) {
      case 'write':
        for (const { length } of output.chunks) facts.bytesOut += length;
        break;
      case 'request':
        facts.host = output.request.host;
        facts.path = this.#pathOf(output.request.target);
        // Where an HTTP server has parsed it, the head has not passed here.
        if (!this.#headSeen) {
          const head = headOf(output.request);
          this.#head('in', head, head.length, at);
        }
        break;
      case 'open':
        facts.protocol = output.subprotocol;
        facts.extensions = output.extensions;
        facts.openedAt = at;
        break;
      case 'pong':
        if (output.latency !== undefined) this.#event('latency', String(round(output.latency)), at);
        break;
      case 'pause':
      case 'resume':
        this.#event(output.type, '', at);
        break;
      case 'error': {
        const { violation: code, message, clause } = output.error;
        facts.violation = { code, message, clause };
        this.#event('violation', `${message} (${clause})`, at);
        break;
      }
      case 'closed': {
        const { code, reason, clean, sent } = output;
        const own = sent === undefined || sent.code === CloseCode.noStatus ? null : sent.code;
        facts.closed = { at, code, reason, clean, sent: own };
        this.#event('closed', reason === '' ? String(code) : `${code} ${reason}`, at);
      }
    }
  }

  #frame(direction: 'in' | 'out', frame: ObservedFrame, at: number): void {
    const seq = this.#note(frameFactOf(direction, frame), at);
    if (direction === 'in') {
      this.#facts.framesIn++;
      this.#incoming.frame(frame, seq);
    } else {
      this.#facts.framesOut++;
      if (frame.fin && frame.opcode < Opcode.close) this.#facts.messagesOut++;
      this.#message(this.#outgoing.frame(frame, seq), at);
    }
  }

  #message(message: MessageFact | undefined, at: number): void {
    if (message === undefined) return;
    const { payload, ...fact } = message;
    this.#note(fact, at, payload);
  }

  #head(direction: 'in' | 'out', text: string, length: number, at: number): void {
    const shown = redact(text, this.#notebook.token);
    const bytes = new TextEncoder().encode(shown).subarray(0, HEAD_BYTES);
    this.#note({ kind: 'head', direction, length }, at, bytes);
  }

  #requested(head: string): void {
    const [, target = ''] = /^\S+ (\S+)/.exec(head) ?? [];
    const [, host = ''] = /^Host:[ \t]*([^\r\n]*)/im.exec(head) ?? [];
    this.#facts.host = host;
    this.#facts.path = this.#pathOf(target);
  }

  #pathOf(target: string): string {
    const [path = ''] = target.split('?');
    return redact(path, this.#notebook.token).slice(0, TEXT_CHARS);
  }

  #event(event: Extract<Fact, { kind: 'event' }>['event'], detail: string, at: number): void {
    this.#note({ kind: 'event', event, detail }, at);
  }

  #note(fact: Fact, at: number, bytes?: Uint8Array): number {
    return this.#notebook.note(this, at, fact, bytes);
  }

  #over(): void {
    this.#readDriver();
    this.#driver = undefined;
    this.#notebook.over(this);
  }

  #time(at: number): number {
    return round(this.#notebook.epoch + at);
  }
}

/** As much of a head as is kept. */
const HEAD_BYTES = 4_096;

/** To microseconds: more digits would only be sent. */
const round = (milliseconds: number): number => Math.round(milliseconds * 1_000) / 1_000;

function textOf(error: unknown): string {
  if (error === undefined) return '';
  const text = error instanceof ProtocolError ? `${error.message} (${error.clause})` : String(error);
  return text.slice(0, TEXT_CHARS);
}

const headOf = ({ method, target, fields }: OpeningRequest): string =>
  `${method} ${target} HTTP/1.1\r\n${[...fields].map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
