/** A client that comes back, over the `connect` of a runtime. */

import type { Connect } from './connecting.ts';
import type { Host } from './driver.ts';
import { CLIENT_OPTIONS, type ClientOptions } from './interfaces/client.ts';
import type { Handlers } from './interfaces/connection.ts';
import { checkIsObject } from './interfaces/option-kinds.ts';
import { DIALLING } from './interfaces/option-names.ts';
import { ReconnectingClient, type ReconnectingOptions, type UrlSource } from './interfaces/reconnecting.ts';
import { linkOver } from './interfaces/reconnecting-link.ts';

export type { Lost, ReconnectingClient, ReconnectingOptions, UrlSource } from './interfaces/reconnecting.ts';
export type { ReconnectingState } from './interfaces/reconnecting-states.ts';

/** Handlers and options of a client that comes back, and those of its connections. */
export interface ReconnectingOverOptions<Options> extends ReconnectingOptions {
  /** What each attempt is made with. */
  readonly connect?: Omit<Options, keyof Handlers | 'signal' | 'data'> | undefined;
}

/** `reconnecting` of a runtime. */
export type Reconnect<Options> = (
  url: UrlSource,
  options?: ReconnectingOverOptions<ClientOptions & Options>,
) => ReconnectingClient;

/** `reconnecting` of a runtime, over its `connect`. */
export const reconnectingOver =
  <Options>(connect: Connect<Options>, host: Host): Reconnect<Options> =>
  (url, options = {}) => {
    // `undefined` spreads as nothing; what is left out is given by each link.
    checkIsObject(options);
    const each = options.connect as ClientOptions & Options;
    return new ReconnectingClient(url, options, {
      own: { connect: true },
      instead: (name) =>
        Object.hasOwn(CLIENT_OPTIONS, name) || Object.hasOwn(DIALLING, name) ? `"connect": { ${name} }` : undefined,
      report: host.report,
      now: host.now,
      setTimer: host.setTimer,
      clearTimer: host.clearTimer,
      random: () => {
        const bytes = new Uint8Array(4);
        host.getRandomValues(bytes);
        return new DataView(bytes.buffer).getUint32(0) / 2 ** 32;
      },
      open: (place, events) => linkOver((given) => connect(place, { ...each, ...given }), events),
    });
  };
