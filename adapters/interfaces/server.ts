/**
 * A server of WebSocket connections, whatever their transports: decides on requests, keeps its connections, and
 * ends them in order.
 */
import {
  Connection,
  type ServerOptions as CoreServerOptions,
  type Deadlines,
  type FieldInit,
  type Limits,
  type OpeningRequest,
} from '../../core/index.ts';
import type { Driver, Host } from '../driver.ts';
import type { Handlers, WebSocketConnection } from './connection.ts';
import { mayConnect, type Origins } from './origin.ts';
import { type Opener, Session } from './session.ts';

/** What is known of a transport before its first byte. */
export interface Remote {
  /** The peer's address, or `''`. */
  readonly address: string;
  /** Whether the transport is encrypted. */
  readonly secure: boolean;
}

/** A request to decide on. Text of the peer: escape it before it reaches a log. */
export interface ServerRequest extends OpeningRequest {
  /** The target without its query. */
  readonly path: string;
  /** The query without `?`, or `''`. */
  readonly query: string;
  readonly remoteAddress: string;
  readonly secure: boolean;
}

/** To accept a request; every part may be left out. */
export interface Accept<Data> {
  /** One of those offered. Default: the first of `subprotocols` that the client offers. */
  readonly subprotocol?: string | undefined;
  readonly headers?: FieldInit | undefined;
  /** What the connection has as `data`. */
  readonly data?: Data | undefined;
  readonly status?: undefined;
}

/** An HTTP answer; to an upgrade request it is a refusal, with a status from 300 to 599. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers?: FieldInit | undefined;
  readonly body?: string | Uint8Array | undefined;
}

type Decision<Data> = Accept<Data> | HttpAnswer | undefined;

export interface WebSocketServerOptions<Data = undefined> extends Handlers<Data> {
  /** The only path that is accepted; others get 404. Default: any. */
  readonly path?: string | undefined;
  /** The subprotocols spoken, in order of preference. Default: none. */
  readonly subprotocols?: readonly string[] | undefined;
  /** Which web pages may connect; others get 403. Default: `'same'`. */
  readonly origins?: Origins | undefined;
  readonly limits?: Partial<Limits> | undefined;
  readonly deadlines?: Partial<Deadlines> | undefined;
  /**
   * Decides on a request, at once or after a while; the deadline `opening` covers it (408). To throw is to
   * refuse with 500. Default: every request is accepted.
   */
  readonly upgrade?:
    | ((
        request: ServerRequest,
      ) => Accept<Data> | HttpAnswer | undefined | Promise<Accept<Data> | HttpAnswer | undefined>)
    | undefined;
  /** Answers requests for something other than a WebSocket. Default: they get 426. */
  readonly fetch?: ((request: ServerRequest) => HttpAnswer | Promise<HttpAnswer>) | undefined;
}

export class WebSocketServer<Data = undefined> {
  readonly #options: WebSocketServerOptions<Data>;
  readonly #host: Host;
  readonly #driverOptions: Omit<CoreServerOptions, 'output'>;
  readonly #drivers: Set<Driver> = new Set();
  readonly #connections: Set<WebSocketConnection<Data>> = new Set();
  /** What the attendance of a connection tells its server. */
  readonly #charge: Charge<Data> = {
    decide: (driver, request, keep) => this.#decide(driver, request, keep),
    opened: (connection) => this.#connections.add(connection),
    over: (driver, connection) => {
      if (connection !== undefined) this.#connections.delete(connection);
      if (!this.#patient) this.#release(driver);
    },
    done: (driver) => this.#release(driver),
  };
  /** Who waits until no connection is left. */
  #waiting: (() => void)[] = [];
  #closing = false;
  /** Whether a connection that is over is kept until its handlers have finished. */
  #patient = true;

  /** @throws {UsageError} for limits or deadlines that no connection can have. */
  constructor(options: WebSocketServerOptions<Data>, host: Host) {
    this.#options = options;
    this.#host = host;
    const { limits, deadlines, fetch } = options;
    this.#driverOptions = { role: 'server', limits, deadlines, plainRequests: fetch !== undefined };
    new Connection({ ...this.#driverOptions, output() {} }); // a mistake shows now, not at the first client
  }

  /** The connections that are open. */
  get connections(): ReadonlySet<WebSocketConnection<Data>> {
    return this.#connections;
  }

  /**
   * Takes charge of one more transport, which the caller then starts the driver with.
   *
   * @param opened - told of the connection once it is open.
   */
  attend(remote: Remote, opened?: (connection: WebSocketConnection<Data>) => void, over?: () => void): Driver {
    const attendance = new Attendance<Data>(this.#charge, remote, opened, over);
    const session = new Session<Data>(this.#driverOptions, this.#options, this.#host, attendance, remote.address);
    attendance.driver = session.driver;
    this.#drivers.add(session.driver);
    return session.driver;
  }

  /**
   * Ends every connection: requests still undecided get 503, open connections a Close.
   *
   * @param options.code - default 1001: the server goes away.
   * @param options.grace - milliseconds until what is left is cut off, and handlers are waited for no longer.
   *   Default 5,000.
   * @returns how many connections had to be cut off, once all have ended and their handlers have finished.
   * @throws {UsageError} for a code or reason that may not be sent.
   */
  async close(
    options: { readonly code?: number; readonly reason?: string; readonly grace?: number } = {},
  ): Promise<number> {
    const { code = 1001, reason = '', grace = 5_000 } = options;
    for (const { connection } of [...this.#drivers]) connection.close(code, reason);
    this.#closing = true;
    if (this.#drivers.size === 0) return 0;
    let cut = 0;
    const timer = this.#host.setTimer(() => {
      this.#patient = false;
      for (const driver of [...this.#drivers]) {
        if (driver.connection.phase === 'closed') {
          this.#release(driver);
        } else {
          cut++;
          driver.connection.abort();
        }
      }
    }, grace);
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
    });
    this.#host.clearTimer(timer);
    return cut;
  }

  /** Nothing more is to be waited for at this connection. */
  #release(driver: Driver): void {
    this.#drivers.delete(driver);
    if (this.#drivers.size > 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Decides on a request, at once or when a promise of the program's is settled. */
  #decide(driver: Driver, request: ServerRequest, keep: (data: Data | undefined) => void): void {
    const { connection } = driver;
    const settle = (decision: Decision<Data>): void => {
      if (decision !== undefined && decision.status !== undefined) {
        connection.refuse({ status: decision.status, fields: decision.headers, body: decision.body });
      } else {
        keep(decision?.data);
        const subprotocol = decision?.subprotocol ?? this.#choose(request);
        connection.accept({ subprotocol, fields: decision?.headers });
      }
    };
    const failed = (error: unknown): void => {
      this.#host.report(error);
      connection.refuse({ status: 500 });
    };
    try {
      const decision = this.#judge(request);
      if (decision instanceof Promise) decision.then(settle).catch(failed);
      else settle(decision);
    } catch (error) {
      failed(error);
    }
  }

  #judge(request: ServerRequest): Decision<Data> | Promise<Decision<Data>> {
    const { path, origins = 'same', upgrade, fetch } = this.#options;
    if (!request.upgrade) return fetch?.(request);
    if (this.#closing) return { status: 503 };
    if (path !== undefined && path !== request.path) return { status: 404, body: 'no WebSocket here\n' };
    if (!mayConnect(origins, request.origin, request.host, request.secure)) {
      return { status: 403, body: 'this origin may not connect\n' };
    }
    return upgrade?.(request);
  }

  #choose(request: ServerRequest): string | undefined {
    return this.#options.subprotocols?.find((each) => request.subprotocols.includes(each));
  }
}

/** What a server does for each connection; one object for all of them. */
interface Charge<Data> {
  decide(driver: Driver, request: ServerRequest, keep: (data: Data | undefined) => void): void;
  opened(connection: WebSocketConnection<Data>): void;
  over(driver: Driver, connection: WebSocketConnection<Data> | undefined): void;
  done(driver: Driver): void;
}

/** One connection as its server opens it. */
class Attendance<Data> implements Opener<Data> {
  driver: Driver | undefined;
  readonly #charge: Charge<Data>;
  readonly #remote: Remote;
  readonly #opened: ((connection: WebSocketConnection<Data>) => void) | undefined;
  readonly #over: (() => void) | undefined;
  #data: Data | undefined;
  #connection: WebSocketConnection<Data> | undefined;

  constructor(
    charge: Charge<Data>,
    remote: Remote,
    opened: ((connection: WebSocketConnection<Data>) => void) | undefined,
    over: (() => void) | undefined,
  ) {
    this.#charge = charge;
    this.#remote = remote;
    this.#opened = opened;
    this.#over = over;
  }

  request(request: OpeningRequest): void {
    const [path = '', query = ''] = split(request.target);
    const { address, secure } = this.#remote;
    const known = { ...request, path, query, remoteAddress: address, secure };
    if (this.driver === undefined) return;
    this.#charge.decide(this.driver, known, (data) => {
      this.#data = data;
    });
  }

  data(): Data {
    return this.#data as Data; // where Data is not undefined, `upgrade` gave it
  }

  opened(connection: WebSocketConnection<Data>): void {
    this.#connection = connection;
    this.#charge.opened(connection);
    this.#opened?.(connection);
  }

  over(): void {
    if (this.driver !== undefined) this.#charge.over(this.driver, this.#connection);
    this.#over?.();
  }

  done(): void {
    if (this.driver !== undefined) this.#charge.done(this.driver);
  }
}

const split = (target: string): string[] => {
  const at = target.indexOf('?');
  return at < 0 ? [target] : [target.slice(0, at), target.slice(at + 1)];
};
