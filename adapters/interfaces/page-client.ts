/** What `WebSocket` and `WebSocketStream` stand on: `connect` of a runtime, and what makes a client a page's. */
import type { Closed } from '../../core/index.ts';
import { isBlockedPort } from './blocked-ports.ts';
import type { ClientOptions } from './client.ts';
import type { Handlers, WebSocketConnection } from './connection.ts';
import { takeTurn } from './opening-turns.ts';

/** The options that the classes add to those of a page: all of a client's but what the classes themselves give. */
export type PageOptions<Options> = Omit<Options, keyof Handlers | 'subprotocols' | 'data'>;

/** What a runtime lends the classes. */
export interface Surroundings<Options> {
  /** The client of the runtime. */
  connect(url: string, options: ClientOptions & PageOptions<Options>): Promise<WebSocketConnection>;
  /** Runs `task` as a task of the event loop, behind those queued before, with microtasks in between. */
  queueTask(task: () => void): void;
  /** Whether connections to one server open one after another (RFC 6455 §4.1); not where they cannot wait for each other. */
  readonly takesTurns: boolean;
}

/** The end of an opening handshake, or of a connection. */
export type Ending = Pick<Closed, 'code' | 'reason' | 'clean' | 'error'>;

/**
 * Connects as a page does: not to the ports of other protocols, and to no server that agrees on none of the
 * subprotocols (WebSockets Standard §3, "establish a WebSocket connection").
 *
 * @param ended - called once, last, also where the connection never opened.
 * @returns what gives the opening handshake up.
 */
export function connectAsPage<Options>(
  surroundings: Surroundings<Options>,
  url: URL,
  subprotocols: readonly string[],
  options: PageOptions<Options> | undefined,
  program: Handlers & { open(connection: WebSocketConnection): void; ended(ending: Ending, opened: boolean): void },
): (reason?: unknown) => void {
  const controller = new AbortController();
  const given = (options as { readonly signal?: AbortSignal } | undefined)?.signal;
  const abort = (): void => controller.abort(given?.reason);
  given?.addEventListener('abort', abort);
  let opened = false;
  let begun = false;
  let endTurn: (() => void) | undefined;
  const settle = (ending: Ending): void => {
    given?.removeEventListener('abort', abort);
    if (!opened) endTurn?.();
    program.ended(ending, opened);
  };
  if (given?.aborted === true) abort();
  if (url.port !== '' && isBlockedPort(Number(url.port))) {
    surroundings.queueTask(() => settle(failure(new Error(`browsers do not connect to port ${url.port}`))));
    return () => {};
  }
  const merged: ClientOptions & PageOptions<Options> = {
    ...(options as PageOptions<Options>), // `undefined` spreads as nothing
    subprotocols,
    signal: controller.signal,
    open(connection) {
      given?.removeEventListener('abort', abort);
      if (subprotocols.length > 0 && connection.subprotocol === '') {
        connection.terminate();
      } else {
        opened = true;
        endTurn?.();
        program.open(connection);
      }
    },
    close: (_connection, closed) =>
      settle(opened ? closed : failure(new Error('the server speaks none of the subprotocols'))),
    message: program.message,
    drain: program.drain,
  };
  const begin = (): void => {
    begun = true;
    surroundings.connect(url.href, merged).catch((error: unknown) => settle(failure(error)));
  };
  if (controller.signal.aborted || !surroundings.takesTurns) {
    begin();
  } else {
    endTurn = takeTurn(url.host, begin);
    controller.signal.addEventListener('abort', () => {
      // Who waits for a turn is not to wait for it only to give up.
      if (!begun) surroundings.queueTask(() => settle(failure(controller.signal.reason)));
    });
  }
  return (reason) => controller.abort(reason);
}

const failure = (error: unknown): Ending => ({ code: 1006, reason: '', clean: false, error });
