/** How a runtime dials whose own sockets know the straight way only. */
import type { Dialler } from './connecting.ts';
import type { TransportUser } from './driver.ts';
import type { Target } from './interfaces/websocket-url.ts';
import { dialRoundabout, isRoundabout, type RoundaboutOptions } from './runtimes/roundabout.ts';
import { webHost } from './runtimes/web-host.ts';
import type { DialBounds } from './tunnels/deadlines.ts';

/** The options of such a runtime: those of its sockets, and those of all other ways. */
type Ways<Straight> = Straight & RoundaboutOptions;

/**
 * @param dial - goes the straight way.
 * @param hasNone - whether there is no straight way to a server, besides those that lead elsewhere or through a proxy.
 */
export const webDialler = <
  Straight extends { readonly socketPath?: string | undefined; readonly tls?: { readonly ca?: unknown } | undefined },
>(
  dial: (target: Target, options: Straight, user: TransportUser, bounds: DialBounds) => Promise<void>,
  hasNone: (target: Target, options: Straight) => boolean = () => false,
): Dialler<Ways<Straight>> => ({
  host: webHost,
  dial: (target, options, driver, bounds) =>
    (isRoundabout(options) || hasNone(target, options) ? dialRoundabout : dial)(target, options, driver, bounds),
  elsewhere: ({ tls, proxy }) => ({ tls: { ca: tls?.ca }, proxy }) as Ways<Straight>, // whom to trust is part of either
});
