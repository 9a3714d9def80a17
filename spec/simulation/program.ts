/** A program of a simulation: it does what its plan says, and says what it expects of it. */
import type { Driver } from '../../adapters/driver.ts';
import { ReceiveTimeout, type WebSocketConnection } from '../../adapters/interfaces/connection.ts';
import type { Message } from '../../adapters/interfaces/inbox.ts';
import { IncompleteMessage } from '../../adapters/interfaces/message-streams.ts';
import type { WebSocketServer } from '../../adapters/interfaces/server.ts';
import type { VirtualClock } from '../../adapters/runtimes/virtual-clock.ts';
import { type Event, PreparedMessage, UsageError } from '../../core/index.ts';
import { digest, joined, makeData } from './message.ts';
import type { Action, Plan, SidePlan } from './plan.ts';
import type { Random } from './random.ts';
import type { Record } from './record.ts';
import type { Sent } from './sent.ts';

/** What a program of a simulation throws on purpose. */
export class Intended extends Error {
  override readonly name = 'Intended';
}

export class Program {
  /** The connection as programs have it, where the style is not `driver`. */
  connection: WebSocketConnection | undefined;
  server: WebSocketServer | undefined;
  readonly plan: SidePlan;
  readonly record: Record;
  readonly #whole: Plan;
  readonly #clock: VirtualClock;
  readonly #random: Random;
  #driver: Driver | undefined;
  #sent: Sent | undefined;
  #number = 0;

  constructor(whole: Plan, plan: SidePlan, clock: VirtualClock, random: Random, record: Record) {
    this.#whole = whole;
    this.plan = plan;
    this.#clock = clock;
    this.#random = random;
    this.record = record;
  }

  get driver(): Driver {
    if (this.#driver === undefined) throw new Error('there is no driver yet');
    return this.#driver;
  }

  get sent(): Sent {
    if (this.#sent === undefined) throw new Error('there is no connection yet');
    return this.#sent;
  }

  drive(driver: Driver, sent: Sent): void {
    this.#driver = driver;
    this.#sent = sent;
  }

  /** What a program without a session does about events. */
  event(event: Event): void {
    const { connection } = this.driver;
    if (event.type === 'request') {
      const { how, after } = this.#whole.verdict;
      const decide = (): void => {
        if (how === 'accept') connection.accept();
        else if (how !== 'forget') connection.refuse({ status: 500 });
      };
      if (after === 0) decide();
      else this.#clock.setTimer(decide, after);
    } else if (event.type === 'message') {
      this.record.received.push(digest(event.data));
      this.#react(event.data);
    } else if (event.type === 'error') {
      if (this.plan.reactions.abort > 0) connection.abort();
    } else if (event.type === 'closed') {
      this.record.finished++;
    }
  }

  opened(connection: WebSocketConnection): void {
    this.connection = connection;
    this.track('closed', connection.closed);
    if (this.plan.style === 'loop') this.track('loop', this.#loop(connection), [Intended]);
    else if (this.plan.style === 'chunks')
      this.track('streams', this.#streams(connection), [Intended, IncompleteMessage]);
  }

  handle(message: Message): void | Promise<void> {
    this.record.received.push(digest(message));
    return this.#react(message);
  }

  async #loop(connection: WebSocketConnection): Promise<void> {
    for await (const message of connection) {
      this.record.received.push(digest(message));
      await this.#react(message);
    }
  }

  async #streams(connection: WebSocketConnection): Promise<void> {
    for await (const message of connection.streams()) {
      const pieces: (string | Uint8Array)[] = [];
      for await (const piece of message) {
        pieces.push(piece);
        if (this.#random.chance(0.05)) await this.wait(1);
      }
      const whole = joined(pieces, message.kind === 'text');
      this.record.received.push(digest(whole));
      await this.#react(whole);
    }
  }

  /** Takes what is left, where the program takes messages one by one. */
  async takeRest(): Promise<void> {
    if (this.plan.style !== 'receive' || this.connection === undefined) return;
    for await (const message of this.connection) this.record.received.push(digest(message));
  }

  /** What a program does about a message; a promise where it takes its time. */
  #react(message: Message): void | Promise<void> {
    const { echo, close, abort, fail, wait, waits } = this.plan.reactions;
    const { connection } = this.driver;
    if (this.#random.chance(echo) && this.#number++ < 20) this.#attempt(() => connection.send(message));
    if (this.#random.chance(close)) connection.close(1000, 'reaction');
    if (this.#random.chance(abort)) connection.abort();
    if (this.#random.chance(fail)) {
      this.record.failures++;
      throw new Intended('a reaction');
    }
    if (this.#random.chance(wait)) return this.wait(waits);
  }

  act(action: Action): void {
    this.#calling(() => this.#act(action));
  }

  #act(action: Action): void {
    const { connection } = this.driver;
    if (action.do === 'shutDown') {
      if (this.server !== undefined)
        this.track('shutDown', this.server.close({ grace: action.grace }), [], action.grace);
      return;
    }
    if (action.do === 'abort') {
      connection.abort();
      return;
    }
    if (action.do === 'close') {
      if (this.connection !== undefined) this.track('close', this.connection.close(action.code, action.reason));
      else connection.close(action.code === 1005 ? undefined : action.code, action.reason);
      return;
    }
    if (connection.phase !== 'connecting') this.#attempt(() => this.#actOpen(action));
  }

  /** A call may bring messages, and throws what reactions to them threw. */
  #calling(call: () => void): void {
    try {
      call();
    } catch (error) {
      if (!single(error).every((each) => each instanceof Intended)) throw error;
    }
  }

  /** What only makes sense once the connection has been open. */
  #actOpen(action: Action): void {
    const { connection } = this.driver;
    switch (action.do) {
      case 'send': {
        const { transfer, compress } = action;
        connection.send(makeData(this.#random, action.text, action.size), { transfer, compress });
        break;
      }
      case 'sendPrepared':
        connection.sendPrepared(new PreparedMessage(makeData(this.#random, action.text, action.size)));
        break;
      case 'broadcast':
        if (this.server === undefined) break;
        this.track('broadcast', this.server.broadcast(makeData(this.#random, action.text, action.size)));
        break;
      case 'burst':
        for (let i = 0; i < action.count; i++) connection.send(makeData(this.#random, i % 2 === 0, action.size));
        break;
      case 'begin':
        connection.sendStart(action.text ? 'text' : 'binary');
        break;
      case 'continue':
        connection.sendChunk(makeData(this.#random, this.sent.text, action.size));
        break;
      case 'finish':
        connection.sendEnd();
        break;
      case 'stream':
        if (this.connection === undefined) break;
        this.track('stream', this.connection.sendStream(this.#pieces(action), { text: action.text }), [
          Intended,
          UsageError,
        ]);
        break;
      case 'ping':
        connection.ping(`p${this.#number++} ${'.'.repeat(action.size)}`);
        break;
      case 'pings':
        for (let i = 0; i < action.count; i++) connection.ping(`p${this.#number++} `);
        break;
      case 'chatter':
        for (let i = 1; i <= CHATTER; i++) {
          this.#clock.setTimer(() => this.act({ do: 'ping', size: 0 }), i * action.every);
        }
        break;
      case 'pong':
        connection.pong(`unasked ${'.'.repeat(action.size)}`);
        break;
      case 'pause':
        if (this.connection !== undefined) break;
        connection.pause();
        if (this.#whole.calm) this.#clock.setTimer(() => this.#calling(() => connection.resume()), 100);
        break;
      case 'resume':
        if (this.connection === undefined) connection.resume();
        break;
      case 'drained':
        if (this.connection !== undefined) this.track('drained', this.connection.drained());
        break;
      case 'receive':
        if (this.connection !== undefined && this.plan.style === 'receive')
          this.#receive(this.connection, action.timeout);
    }
  }

  /** A message may not begin within another: that is refused, and nothing has changed. */
  #attempt(call: () => void): void {
    const { streaming, messages } = this.sent;
    const { length } = messages;
    try {
      call();
    } catch (error) {
      const invertsAll = this.plan.inverting === 0;
      const wrong = /not finished|no message was begun|is continued with/.test(String(error));
      if (!(error instanceof UsageError) || !(wrong || invertsAll)) throw error;
      if (messages.length < length || this.sent.streaming !== streaming)
        throw new Error(`a refused call had an effect: ${error}`);
    }
  }

  #receive(connection: WebSocketConnection, timeout: number): void {
    const received = connection.receive({ timeout }).then((message) => {
      if (message !== undefined) this.record.received.push(digest(message));
    });
    this.track('receive', received, [ReceiveTimeout], timeout);
  }

  async *#pieces(action: Extract<Action, { do: 'stream' }>): AsyncGenerator<string | Uint8Array> {
    for (const size of action.pieces) {
      if (action.wait > 0) await this.wait(action.wait);
      yield makeData(this.#random, action.text, size);
    }
    if (action.fails) throw new Intended('a source');
  }

  track(
    name: string,
    promise: Promise<unknown>,
    rejections: readonly (new () => Error)[] | readonly unknown[] = [],
    within = Infinity,
  ): void {
    this.record.track(name, promise, rejections, within + (this.plan.coarse ? 125 : 0));
  }

  wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.setTimer(resolve, milliseconds);
    });
  }
}

/** How often a program says something that goes on and on. */
const CHATTER = 30;

/** Handlers that threw within the same call are reported together. */
export const single = (error: unknown): unknown[] => (error instanceof AggregateError ? error.errors : [error]);
