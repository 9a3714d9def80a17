/** From the events of a connection to the handlers of a program: the same for servers and clients. */
import type { Closed, Event, Open, OpeningRequest, OpeningResponse } from '../../core/index.ts';
import { Driver, type DriverOptions, type Host, type Program } from '../driver.ts';
import { type Handlers, WebSocketConnection } from './connection.ts';
import { Inbox } from './inbox.ts';

/** What whoever opens the connection does about it. */
export interface Opener<Data> {
  request?(request: OpeningRequest): void;
  refused?(response: OpeningResponse): void;
  opened(connection: WebSocketConnection<Data>): void;
  /** The data the connection begins with. */
  data(): Data;
  /** The transport is gone, whether or not the connection was ever open. */
  over(closed: Closed): void;
  /** Behind `over`: the last handler has run. */
  done?(): void;
}

export class Session<Data> implements Program {
  readonly driver: Driver;
  readonly #handlers: Handlers<Data>;
  readonly #host: Host;
  readonly #opener: Opener<Data>;
  readonly #remoteAddress: string;
  #connection: WebSocketConnection<Data> | undefined;
  #inbox: Inbox | undefined;

  constructor(
    options: DriverOptions,
    handlers: Handlers<Data>,
    host: Host,
    opener: Opener<Data>,
    remoteAddress: string = '',
  ) {
    this.#handlers = handlers;
    this.#host = host;
    this.#opener = opener;
    this.#remoteAddress = remoteAddress;
    this.driver = new Driver(options, host, this);
  }

  event(event: Event): void {
    const connection = this.#connection;
    switch (event.type) {
      case 'request':
        this.#opener.request?.(event.request);
        break;
      case 'refused':
        this.#opener.refused?.(event.response);
        break;
      case 'open':
        this.#open(event);
        break;
      case 'message':
        this.#inbox?.push(event.data);
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

  #open(opened: Open): void {
    const { message } = this.#handlers;
    const core = this.driver.connection;
    const inbox = new Inbox(
      core,
      message && ((data) => this.#run(() => message.call(this.#handlers, connection, data))),
    );
    const facts = { opened, remoteAddress: this.#remoteAddress, data: this.#opener.data() };
    const connection = new WebSocketConnection<Data>(this.driver, inbox, facts);
    this.#connection = connection;
    this.#inbox = inbox;
    this.#opener.opened(connection);
    inbox.hold(this.#run(this.#handlers.open?.bind(this.#handlers, connection)));
  }

  #end(closed: Closed): void {
    const connection = this.#connection;
    this.#opener.over(closed);
    if (connection === undefined || this.#inbox === undefined) {
      this.#opener.done?.();
      return;
    }
    connection.settleClosed(closed); // not behind the handlers: one of them may be waiting for it
    this.#inbox.end(() => {
      this.#run(this.#handlers.close?.bind(this.#handlers, connection, closed));
      this.#opener.done?.();
    });
  }

  /** Runs a handler, if there is one; a promise it returns is given back as one that never rejects. */
  #run(handler: (() => void | Promise<void>) | undefined): Promise<void> | undefined {
    try {
      const result = handler?.();
      return result instanceof Promise ? result.catch((error: unknown) => this.#failed(error)) : undefined;
    } catch (error) {
      this.#failed(error);
      return undefined;
    }
  }

  /** A handler failed: what it should have done is undone, so that the peer learns it (RFC 6455 §7.4.1, 1011). */
  #failed(error: unknown): void {
    const connection = this.#connection;
    try {
      if (connection !== undefined && this.#handlers.error !== undefined) this.#handlers.error(connection, error);
      else this.#host.report(error);
    } catch (another) {
      this.#host.report(another);
    }
    this.driver.connection.close(1011, 'a handler failed');
  }
}
