/** The connection of the page to the hub: our own client for pages, which comes back when the process does. */
import { reconnecting } from '../../browser.ts';
import type { HubMessage, PageMessage } from '../protocol.ts';
import type { Inspection } from './inspection.ts';

/** Where `path`, relative to the page, is as a WebSocket. */
export function socketUrl(path: string): string {
  const url = new URL(path, location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}

export function feed(inspection: Inspection): void {
  const client = reconnecting(socketUrl('socket'), {
    backoff: { first: 1_000, most: 5_000 },
    json: (message) => inspection.hear(message as HubMessage), // the hub is ours, and `hello` tells its version
    lost: () => inspection.lost(),
    end: () => inspection.lost(),
  });
  inspection.tell = (message: PageMessage): void => {
    // What the page wants is said anew after each `hello`: nothing has to wait.
    if (client.state === 'open') client.sendJson(message);
  };
}
