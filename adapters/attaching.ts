/** WebSocket connections of an HTTP server of Node, which goes on answering everything else. */
import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { UsageError } from '../core/index.ts';
import { type Inspectable, type Inspection, type Inspector, inspection, inspectionOf } from './inspector/inspection.ts';
import type { WebSocketConnection } from './interfaces/connection.ts';
import { refuse, transportsFrom } from './interfaces/option-names.ts';
import { type Ended, WebSocketServer, type WebSocketServerOptions } from './interfaces/server.ts';
import { nodeHost } from './runtimes/node-host.ts';
import { handBack, handOver, isForHttp, isForWebSocket, keepToHttp } from './runtimes/node-upgrade.ts';

/** A server of the connections that an HTTP server hands over. */
export class AttachedServer<Data = undefined> extends WebSocketServer<Data> {
  /** With the option `inspect`: where its connections are shown. The first of them wait until it is there. */
  readonly inspector: Promise<Inspector> | undefined;
  readonly #inspected: Inspection | undefined;
  /** @internal Whether another may have its path. */
  closed = false;

  /** @internal Made by `attach`. */
  constructor(options: WebSocketServerOptions<Data>, inspected: Inspection | undefined) {
    super(options, inspected?.host ?? nodeHost);
    this.#inspected = inspected;
    this.inspector = inspected?.joined.then(({ url }) => ({ url }));
    this.inspector?.catch(nodeHost.report);
  }

  /** @internal Serves the socket of one `upgrade` event. */
  take(request: IncomingMessage, socket: Duplex, head: Uint8Array): void {
    const take = (): void => handOver(request, socket, head, (remote) => this.attend(remote));
    if (this.#inspected === undefined) take();
    else this.#inspected.settled(take);
  }

  /** Ends every connection, like the `close` of what `serve` returns; the HTTP server goes on. Another may be attached then. */
  override async close(options?: Parameters<WebSocketServer['close']>[0]): Promise<Ended> {
    const ended = await super.close(options);
    this.closed = true;
    await this.#inspected?.leave();
    return ended;
  }
}

/** The HTTP server listens. */
const { inspect: _, ...REFUSED } = transportsFrom('the HTTP server listens');

/** Who serves which paths of an HTTP server; `undefined` is every other path. */
const attached = new WeakMap<HttpServer, Map<string | undefined, AttachedServer<unknown>>>();

/**
 * Serves the WebSocket connections of an HTTP server, which goes on answering everything else.
 *
 * Several may be attached to one HTTP server, each with its own `path`. Requests for other paths are left to other
 * listeners of `upgrade`, if there are any, and refused with 404 otherwise. Requests to upgrade to something else are
 * left to them, too, and otherwise answered by the HTTP server like requests for no upgrade. One that is closed answers 503
 * until another is attached in its place.
 *
 * @throws {UsageError} for options that no connection can have, and where the path is served already.
 */
export function attach<Data = undefined>(
  httpServer: HttpServer,
  options: WebSocketServerOptions<Data> & Inspectable = {},
): AttachedServer<Data> {
  if (typeof httpServer?.on !== 'function') throw new UsageError('`attach` takes an HTTP server, and then options');
  refuse(options, REFUSED);
  const server = new AttachedServer<Data>(options, inspection(nodeHost, options));
  const paths = attached.get(httpServer) ?? dispatch(httpServer);
  if (paths.get(options.path)?.closed === false)
    throw new UsageError(`attached already: ${options.path ?? 'any path'}`);
  paths.set(options.path, server as AttachedServer<unknown>); // only to hand transports over
  return server;
}

function ignore(): void {}

/** Listens once for all that are attached, so that no request is taken twice and none is left to nobody. */
function dispatch(httpServer: HttpServer): Map<string | undefined, AttachedServer<unknown>> {
  const paths = new Map<string | undefined, AttachedServer<unknown>>();
  attached.set(httpServer, paths);
  keepToHttp(httpServer);
  httpServer.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Uint8Array) => {
    // Whoever takes it, now or later: a reset until then must not end the process. A socket may come again and again.
    socket.off('error', ignore).on('error', ignore);
    const [path] = request.url?.split('?') ?? [];
    const alone = httpServer.listenerCount('upgrade') === 1;
    if (isForHttp(httpServer, request)) {
      handBack(httpServer, request, socket, head);
      return;
    }
    if (!alone && !isForWebSocket(request)) return;
    const [any] = paths.values();
    const server = paths.get(path) ?? paths.get(undefined) ?? (alone ? any : undefined);
    server?.take(request, socket, head);
  });
  return paths;
}

/**
 * Makes a connection of one `upgrade` event of an HTTP server. To be called in the event, or with an `error`
 * listener on `socket` until it is.
 *
 * With the option `inspect`, `npx sansocket inspect` and the option's `print` tell where the page is: the first call with
 * it opens one for all connections of the HTTP server, until that has closed.
 *
 * @returns the connection once it is open; `undefined` where the request was refused or the client has gone, for no
 *   client may make a promise reject that a program awaits without a thought.
 * @throws {UsageError} (as a rejection) for options that no connection can have, and the second time for one socket;
 *   with `inspect`, Node's error where the page cannot listen.
 */
export async function upgrade<Data = undefined>(
  request: IncomingMessage,
  socket: Duplex,
  head: Uint8Array,
  options: WebSocketServerOptions<Data> & Inspectable = {},
): Promise<WebSocketConnection<Data> | undefined> {
  refuse(options, REFUSED);
  const { server: owner = socket } = socket as Duplex & { readonly server?: HttpServer }; // as Node's own sockets have it
  const inspected = socket.destroyed ? undefined : inspectionOf(owner, nodeHost, options);
  const server = new WebSocketServer<Data>(options, inspected?.host ?? nodeHost);
  if (inspected !== undefined) {
    socket.on('error', () => {}); // until it is taken
    await inspected.joined;
  }
  return new Promise((resolve) => {
    handOver(request, socket, head, (remote) => server.attend(remote, resolve, () => resolve(undefined)));
  });
}
