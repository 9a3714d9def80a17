/**
 * A server of WebSocket connections, whatever their transports: decides on requests, keeps its connections, and
 * ends them in order.
 */
import {
  Connection,
  type ServerOptions as CoreServerOptions,
  type Deadlines,
  type Limits,
  type OpeningRequest,
  type Payload,
  type PreparedMessage,
  UsageError,
} from '../../core/index.ts';
import type { Driver, Host } from '../driver.ts';
import type { Remote } from '../listener.ts';
import { type AdmissionOptions, admit, chosenSubprotocol, type Decision } from './admission.ts';
import { type BroadcastOptions, broadcast } from './broadcast.ts';
import { callProgram } from './call-program.ts';
import { type ExtensionOptions, extensionsOf } from './compression.ts';
import type { Handlers, WebSocketConnection } from './connection.ts';
import { setTimer } from './durations.ts';
import { headerPairs } from './header-pairs.ts';
import { checkClosing, checkServerOptions } from './option-checks.ts';
import { LISTENING } from './option-names.ts';
import { IncomingRequest, type ServerRequest } from './server-request.ts';
import { type Opener, Session } from './session.ts';
import type { TrustedProxies } from './trusted-proxies.ts';

/** What a server accepts, whatever its transports, and the handlers of its connections. */
export interface WebSocketServerOptions<Data = undefined>
  extends Handlers<Data>,
    AdmissionOptions<Data>,
    ExtensionOptions {
  /** The reverse proxies whose X-Forwarded fields are believed. Default: none, and the fields mean nothing. */
  readonly trustProxy?: TrustedProxies | undefined;
  /** Bounds on what the peer can make us hold or do; what is not said keeps its default. */
  readonly limits?: Partial<Limits> | undefined;
  /** Durations in milliseconds after which the peer is given up, and between Pings; what is not said keeps its default. */
  readonly deadlines?: Partial<Deadlines> | undefined;
  /**
   * Milliseconds that `upgrade` and `fetch` may take, up to 2,147,483,647; then the client gets 408. Default: what is left of the
   * deadline `opening`, which covers the reading of the request, too.
   */
  readonly decisionDeadline?: number | undefined;
  /** Sees a transport before its first byte; to return false, or to throw, drops it, as for a banned address. Default: none is dropped. */
  readonly connect?: ((remote: Remote) => boolean | undefined) | undefined;
}

const OPTIONS: Readonly<Record<keyof WebSocketServerOptions, true>> = {
  open: true,
  message: true,
  messages: true,
  ping: true,
  pong: true,
  drain: true,
  close: true,
  error: true,
  hosts: true,
  path: true,
  subprotocols: true,
  origins: true,
  requireOrigin: true,
  upgrade: true,
  fetch: true,
  compression: true,
  extensions: true,
  trustProxy: true,
  limits: true,
  deadlines: true,
  decisionDeadline: true,
  connect: true,
};
const NAMES = { ...OPTIONS, ...LISTENING };

/** How the connections of a server ended when it closed. */
export interface Ended {
  /** How many ended in order. */
  readonly closed: number;
  /** How many had to be cut off, because their peer or a handler took longer than the grace. */
  readonly cut: number;
}

/** A server of connections; whoever has the transports hands them to it. */
export class WebSocketServer<Data = undefined> {
  readonly #options: WebSocketServerOptions<Data>;
  readonly #host: Host;
  readonly #driverOptions: Omit<CoreServerOptions, 'output'>;
  readonly #connections: Set<WebSocketConnection<Data>> = new Set();
  /** Those that are not open: their opening handshake, or the last of their handlers, is still under way. */
  readonly #others: Set<Session<Data>> = new Set();
  /** The requests whose clients wait. */
  readonly #undecided: Map<Session<Data>, IncomingRequest> = new Map();
  readonly #opener: Opener<Data> = {
    request: (session, request) => this.#decide(session, request),
    opened: (connection, session) => {
      this.#connections.add(connection);
      this.#others.delete(session);
      this.#undecided.delete(session);
    },
    over: (_closed, session) => {
      this.#undecided.get(session)?.leave();
      this.#undecided.delete(session);
      if (this.#patient) this.#others.add(session);
      if (session.connection !== undefined) this.#connections.delete(session.connection);
      if (!this.#patient) this.#release(session);
    },
    done: (session) => this.#release(session),
  };
  /** Who waits until no connection is left. */
  #waiting: (() => void)[] = [];
  #closing = false;
  /** Whether a connection that is over is kept until its handlers have finished. */
  #patient = true;

  /** @throws {UsageError} for options that there are not, or that no connection can have. */
  constructor(options: WebSocketServerOptions<Data>, host: Host) {
    this.#options = options;
    this.#host = host;
    checkServerOptions(options, NAMES);
    const { limits, deadlines, messages, fetch } = options;
    const extensions = extensionsOf(options, host);
    const plainRequests = fetch !== undefined;
    this.#driverOptions = { role: 'server', limits, deadlines, messages, extensions, plainRequests };
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
   * @param over - told that the transport is gone.
   */
  attend(remote: Remote, opened?: (connection: WebSocketConnection<Data>) => void, over?: () => void): Driver {
    const shared = this.#opener;
    const opener: Opener<Data> =
      opened === undefined && over === undefined
        ? shared
        : {
            ...shared,
            opened: (connection, session) => {
              shared.opened(connection, session);
              opened?.(connection);
            },
            over: (closed, session) => {
              shared.over(closed, session);
              over?.();
            },
          };
    const session = new Session<Data>(this.#driverOptions, this.#options, this.#host, opener, remote);
    this.#others.add(session);
    if (!this.#lets(remote)) session.driver.connection.abort(); // its transport follows at its start
    return session.driver;
  }

  /** Whether the program lets a transport in; where it fails to say so, it does not. */
  #lets(remote: Remote): boolean {
    if (this.#options.connect === undefined) return true;
    let failed = false;
    const fail = (error: unknown): void => {
      failed = true;
      this.#host.report(error);
    };
    let answer: unknown;
    const { address, port, secure } = remote;
    const promise = callProgram(() => {
      answer = this.#options.connect?.({ address, port, secure });
      return answer;
    }, fail);
    if (promise !== undefined) fail(new UsageError('`connect` decides at once; what takes time is for `upgrade`'));
    return !failed && answer !== false;
  }

  /** Sends `message` to every connection that is open; see `broadcast`. */
  broadcast(message: string | Payload | PreparedMessage, options?: BroadcastOptions): Promise<number> {
    return broadcast(this.#connections, message, options);
  }

  /**
   * Ends every connection: requests still undecided get 503, open connections a Close.
   *
   * @param options.code - default 1001: the server goes away.
   * @param options.grace - milliseconds until what is left is cut off, and handlers are waited for no longer.
   *   Default 5,000.
   * @returns how they ended, once all have and their handlers have finished.
   * @throws {UsageError} for a code or reason that may not be sent, or a duration that timers cannot hold; `Infinity` cuts nobody off.
   */
  async close(
    options: { readonly code?: number; readonly reason?: string; readonly grace?: number } = {},
  ): Promise<Ended> {
    const { code = 1001, reason = '', grace = 5_000 } = options;
    checkClosing({ code, reason, grace });
    for (const connection of [...this.#connections]) void connection.close(code, reason);
    for (const { driver } of [...this.#others]) driver.connection.close(code, reason);
    this.#closing = true;
    const all = this.#connections.size + this.#others.size;
    if (all === 0) return { closed: 0, cut: 0 };
    let cut = 0;
    const expire = (): void => {
      this.#patient = false;
      for (const connection of [...this.#connections]) {
        cut++;
        connection.terminate();
      }
      for (const session of [...this.#others]) {
        const { connection } = session.driver;
        if (connection.phase !== 'closed') {
          cut++;
          connection.abort();
        } else {
          this.#release(session);
        }
      }
    };
    const timer = setTimer(this.#host, expire, grace);
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
    });
    if (timer !== undefined) this.#host.clearTimer(timer);
    return { closed: all - cut, cut };
  }

  get #empty(): boolean {
    return this.#connections.size + this.#others.size === 0;
  }

  /** Nothing more is to be waited for at this connection. */
  #release(session: Session<Data>): void {
    this.#others.delete(session);
    if (!this.#empty) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Decides on a request, at once or when a promise of the program's is settled. */
  #decide(session: Session<Data>, asked: OpeningRequest): void {
    const { trustProxy, upgrade, fetch } = this.#options;
    const request = new IncomingRequest(asked, session.remote, trustProxy);
    if (upgrade ?? fetch) void request.remoteAddress; // the program may ask for it when the client has gone
    if (trustProxy !== undefined) {
      const { remoteAddress: address, secure } = request;
      const isDirect = address === session.remote.address;
      session.remote = { address, secure, port: isDirect ? session.remote.port : undefined };
    }
    try {
      const decision = admit(request, this.#options, this.#closing);
      if (decision instanceof Promise) void this.#wait(session, request, decision);
      else this.#settle(session, request, decision);
    } catch (error) {
      this.#fail(session, error);
    }
  }

  /** Waits for the decision, and answers in its place where it comes too late. */
  async #wait(session: Session<Data>, request: IncomingRequest, decision: Promise<Decision<Data>>): Promise<void> {
    const { connection } = session.driver;
    const { decisionDeadline } = this.#options;
    if (connection.phase === 'closed') request.leave();
    else this.#undecided.set(session, request);
    let late = false;
    const expire = (): void => {
      late = true;
      request.leave();
      connection.refuse({ status: 408 });
    };
    const timer = decisionDeadline === undefined ? undefined : setTimer(this.#host, expire, decisionDeadline);
    try {
      const decided = await decision;
      if (!late) this.#settle(session, request, decided);
    } catch (error) {
      if (late) this.#host.report(error);
      else this.#fail(session, error);
    } finally {
      if (timer !== undefined && !late) this.#host.clearTimer(timer);
    }
  }

  #settle(session: Session<Data>, request: ServerRequest, decision: Decision<Data>): void {
    const { connection } = session.driver;
    if (decision !== undefined && decision.status !== undefined) {
      connection.refuse({ status: decision.status, fields: headerPairs(decision.headers), body: decision.body });
    } else {
      session.data = decision?.data;
      const subprotocol = decision?.subprotocol ?? chosenSubprotocol(this.#options, request);
      connection.accept({ subprotocol, fields: decision?.headers && headerPairs(decision.headers) });
    }
  }

  /** The program has failed to decide. */
  #fail(session: Session<Data>, error: unknown): void {
    this.#host.report(error);
    session.driver.connection.refuse({ status: 500 });
  }
}
