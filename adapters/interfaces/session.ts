/** From the events of a connection to the handlers of a program: the same for servers and clients. */
import {
  type Closed,
  type Event,
  type Open,
  type OpeningRequest,
  type OpeningResponse,
  UsageError,
} from '../../core/index.ts';
import { Driver, type DriverOptions, type Host, type Program } from '../driver.ts';
import type { Remote } from '../listener.ts';
import { callProgram } from './call-program.ts';
import { type Handlers, WebSocketConnection } from './connection.ts';
import { Inbox, type Reader } from './inbox.ts';
import type { MessageSource } from './message-source.ts';
import { type Discarding, MessageStreams, type StreamedMessage } from './message-streams.ts';

const NOWHERE: Remote = { address: '', secure: false };

/** What whoever opens connections does about one; a server has one such object for all of them. */
export interface Opener<Data> {
  request?(session: Session<Data>, request: OpeningRequest): void;
  refused?(response: OpeningResponse): void;
  opened(connection: WebSocketConnection<Data>, session: Session<Data>): void;
  /** The transport is gone, whether or not the connection was ever open. */
  over(closed: Closed, session: Session<Data>): void;
  /** Behind `over`: the last handler has run. */
  done?(session: Session<Data>): void;
}

export class Session<Data> implements Program, MessageSource, Discarding {
  readonly driver: Driver;
  /** Who the peer is; a server that trusts proxies corrects it before the connection is open. */
  remote: Remote;
  /** What the connection begins with; whoever opens it sets it before. */
  data: Data | undefined;
  readonly #handlers: Handlers<Data>;
  readonly #opener: Opener<Data>;
  #connection: WebSocketConnection<Data> | undefined;
  /** Made for the first message: most connections of a server are idle. */
  #inbox: Inbox | undefined;
  /** In its place where messages come in chunks. */
  #streams: MessageStreams | undefined;
  #over = false;

  constructor(
    options: DriverOptions,
    handlers: Handlers<Data>,
    host: Host,
    opener: Opener<Data>,
    remote: Remote = NOWHERE,
  ) {
    this.#handlers = handlers;
    this.#opener = opener;
    this.remote = remote;
    this.driver = new Driver(options, host, this);
  }

  /** The connection, once it is open. */
  get connection(): WebSocketConnection<Data> | undefined {
    return this.#connection;
  }

  event(event: Event): void {
    const connection = this.#connection;
    switch (event.type) {
      case 'request':
        this.#opener.request?.(this, event.request);
        break;
      case 'refused':
        this.#opener.refused?.(event.response);
        break;
      case 'open':
        this.#open(event);
        break;
      case 'message':
        this.#inboxOf(connection)?.push(event.data);
        break;
      case 'messageStart':
      case 'messageChunk':
      case 'messageEnd':
        this.#streaming().push(event);
        break;
      case 'closed':
        this.#end(event);
        break;
      default:
        if (connection === undefined) break;
        if (event.type === 'ping') this.#run(this.#handlers.ping?.bind(this.#handlers, connection, event.payload));
        else if (event.type === 'pong')
          this.#run(this.#handlers.pong?.bind(this.#handlers, connection, event.payload, event.latency));
        else this.#run(this.#handlers.error?.bind(this.#handlers, connection, event.error));
    }
  }

  drain(): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    connection.settleDrains();
    this.#run(this.#handlers.drain?.bind(this.#handlers, connection));
  }

  received(bytes: Uint8Array): void {
    if (this.#handlers.messages === 'chunks') this.#streaming().received(bytes);
    // Who takes messages one by one, and may never take one, has a turn to answer.
    if (this.#inbox?.doubt()) this.driver.host.setTimer(() => this.#inbox?.endDoubt(), 1);
  }

  /** Frees memory of the transport. */
  discard(memory: ArrayBuffer): void {
    this.driver.discard(memory);
  }

  /** Whether messages come as they are on the wire. */
  get plain(): boolean {
    return this.#connection?.extensions === '';
  }

  /** Gives `reader` the next message, for a program that takes them one by one. */
  read(reader: Reader, loops = false): void {
    if (this.#handlers.messages === 'chunks') throw new UsageError("with messages: 'chunks' they come by `streams`");
    if (this.#handlers.message !== undefined) throw new UsageError('the handler `message` takes the messages');
    const inbox = this.#inboxOf(this.#connection);
    if (inbox === undefined) reader({ done: true, value: undefined });
    else inbox.read(reader, loops);
  }

  done(): void {
    this.#inbox?.done();
  }

  awaitEnd(): void {
    this.#keepAddress();
    if (this.#handlers.message !== undefined) this.done();
  }

  leave(reader: Reader): void {
    this.#inbox?.leave(reader);
  }

  streams(): AsyncGenerator<StreamedMessage, undefined, undefined> {
    if (this.#handlers.messages !== 'chunks') throw new UsageError("streams need the option messages: 'chunks'");
    return this.#streaming().messages();
  }

  #streaming(): MessageStreams {
    if (this.#streams === undefined) {
      this.#keepAddress();
      this.#streams = new MessageStreams(this.driver, this);
      if (this.#over) this.#streams.end(undefined); // whoever asks now is told so
    }
    return this.#streams;
  }

  #inboxOf(connection: WebSocketConnection<Data> | undefined): Inbox | undefined {
    if (this.#inbox !== undefined || connection === undefined) return this.#inbox;
    this.#keepAddress();
    const { message } = this.#handlers;
    const inbox = new Inbox(
      this.driver,
      message && ((data) => this.#run(() => message.call(this.#handlers, connection, data))),
    );
    if (this.#over) inbox.end(() => {}); // whoever asks now is told so
    this.#inbox = inbox;
    return inbox;
  }

  #open(opened: Open): void {
    // Where Data is not undefined, whoever opens it has set it.
    const connection = new WebSocketConnection<Data>(this, opened, this.data as Data);
    this.#connection = connection;
    const { open, error, close } = this.#handlers;
    if (open ?? error ?? close) this.#keepAddress();
    this.#opener.opened(connection, this);
    const work = this.#run(this.#handlers.open?.bind(this.#handlers, connection));
    if (work !== undefined) this.#inboxOf(connection)?.hold(work);
  }

  #end(closed: Closed): void {
    const connection = this.#connection;
    this.#over = true;
    this.#opener.over(closed, this);
    if (connection === undefined) {
      this.#opener.done?.(this);
      return;
    }
    this.#streams?.end(closed.error);
    connection.settleClosed(closed); // not behind the handlers: one of them may be waiting for it
    const finish = (): void => {
      this.#run(this.#handlers.close?.bind(this.#handlers, connection, closed));
      this.#opener.done?.(this);
    };
    if (this.#inbox === undefined) finish();
    else this.#inbox.end(finish);
  }

  /** From here on the program may ask for the address at any time: so the transport is asked while it knows. */
  #keepAddress(): void {
    void this.remote.address;
  }

  /** Runs a handler, if there is one; a promise it returns is given back as one that never rejects. */
  #run(handler: (() => unknown) | undefined): Promise<unknown> | undefined {
    return callProgram(handler, (error) => this.#failed(error));
  }

  /** A handler failed: what it should have done is undone, so that the peer learns it (RFC 6455 §7.4.1, 1011). */
  #failed(error: unknown): void {
    const connection = this.#connection;
    const { error: tell } = this.#handlers;
    const report = (another: unknown): void => this.driver.host.report(another);
    if (connection === undefined || tell === undefined) report(error);
    else callProgram(tell.bind(this.#handlers, connection, error), report);
    this.driver.connection.close(1011, 'a handler failed');
  }
}
