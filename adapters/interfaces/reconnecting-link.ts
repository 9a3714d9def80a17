/** A connection of ours as a link of the reconnecting client. */
import type { Handlers, WebSocketConnection } from './connection.ts';
import type { Link, LinkEvents } from './reconnecting.ts';

/** @param connect - opens one with these handlers and this signal. */
export function linkOver(
  connect: (given: Handlers & { readonly signal: AbortSignal }) => Promise<unknown>,
  events: LinkEvents,
): Link {
  const controller = new AbortController();
  let connection: WebSocketConnection | undefined;
  connect({
    signal: controller.signal,
    open: (opened) => {
      connection = opened;
      events.opened();
    },
    message: (_, message) => events.message(message),
    close: (_, { code, reason, error }) => events.closed({ code, reason, error }),
  }).catch((error: unknown) => events.closed({ code: 1006, reason: '', error }));
  return {
    send(message) {
      if (connection?.phase !== 'open') return false;
      connection.send(message);
      return true;
    },
    close(code, reason) {
      if (connection === undefined) controller.abort();
      else void connection.close(code, reason);
    },
  };
}
