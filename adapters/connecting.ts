/** A client, whatever the runtime. */
import type { Deadlines } from '../core/index.ts';
import type { Driver, Host } from './driver.ts';
import { type ClientOptions, open } from './interfaces/client.ts';
import type { WebSocketConnection } from './interfaces/connection.ts';
import type { Surroundings } from './interfaces/page-client.ts';
import { following } from './interfaces/redirects.ts';
import type { Target } from './interfaces/websocket-url.ts';

/** How a runtime gets to a server. */
export interface Dialler<Options> {
  readonly host: Host;
  /** Drives `driver` over a transport to `target`: at once, or once the promise it returns is resolved. */
  dial(target: Target, options: Options, driver: Driver): void | Promise<void>;
  /** What of `options` is for other servers, too: whom to trust and how to get out, and never who one is. */
  elsewhere(options: Options): Options;
}

/**
 * Connects to a server, and to where it redirects.
 *
 * @param deadlines - those of the connection, where `options` has others, too.
 */
export async function connectOver<Data, Options>(
  url: string | URL,
  options: ClientOptions<Data> & Options,
  { host, dial, elsewhere }: Dialler<Options>,
  deadlines: Partial<Deadlines> | undefined = options.deadlines,
): Promise<WebSocketConnection<Data>> {
  return following(url, options, (target, given, isElsewhere) =>
    open<Data>(
      target,
      given,
      host,
      (driver) => dial(target, isElsewhere ? elsewhere(given) : given, driver),
      deadlines,
    ),
  );
}

/** `connect`, and the tasks of a runtime, for the classes of the WebSockets Standard. */
export const surroundingsOf = <Options>(
  connect: Surroundings<Options>['connect'],
  queueTask: (task: () => void) => void = setImmediate,
  takesTurns: boolean = true,
): Surroundings<Options> => ({ connect, queueTask, takesTurns });
