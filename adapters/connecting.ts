/** A client, whatever the runtime. */
import type { Driver, Host } from './driver.ts';
import { type ClientOptions, open } from './interfaces/client.ts';
import type { WebSocketConnection } from './interfaces/connection.ts';
import { checkIsObject } from './interfaces/option-kinds.ts';
import type { Surroundings } from './interfaces/page-client.ts';
import { following } from './interfaces/redirects.ts';
import type { Target } from './interfaces/websocket-url.ts';
import { type DialBounds, resolveDialDeadlines } from './tunnels/deadlines.ts';
import type { WayOptions } from './tunnels/way.ts';

/** `connect` of a runtime. */
export type Connect<Options> = <Data = undefined>(
  url: string | URL,
  options?: ClientOptions<Data> & Options,
) => Promise<WebSocketConnection<Data>>;

/** How a runtime gets to a server. */
export interface Dialler<Options> {
  readonly host: Host;
  /** Drives `driver` over a transport to `target`, once there is one; rejects where there is none within `bounds`. */
  dial(target: Target, options: Options, driver: Driver, bounds: DialBounds): Promise<void>;
  /** What of `options` is for other servers, too: whom to trust and how to get out, and never who one is. */
  elsewhere(options: Options): Options;
}

/** Connects to a server, and to where it redirects. */
export async function connectOver<Data, Options extends WayOptions>(
  url: string | URL,
  options: ClientOptions<Data> & Options,
  { host, dial, elsewhere }: Dialler<Options>,
): Promise<WebSocketConnection<Data>> {
  checkIsObject(options);
  const { connecting, tunnel, ...rest } = options.deadlines ?? {};
  const bounds = { deadlines: resolveDialDeadlines({ connecting, tunnel }), signal: options.signal };
  return following(url, options, (target, given, isElsewhere) =>
    open<Data>(target, given.deadlines === undefined ? given : { ...given, deadlines: rest }, host, (driver) =>
      dial(target, isElsewhere ? elsewhere(given) : given, driver, bounds),
    ),
  );
}

/** `connect`, and the tasks of a runtime, for the classes of the WebSockets Standard. */
export const surroundingsOf = <Options>(
  connect: Surroundings<Options>['connect'],
  queueTask: (task: () => void) => void = setImmediate,
  takesTurns: boolean = true,
): Surroundings<Options> => ({ connect, queueTask, takesTurns });
