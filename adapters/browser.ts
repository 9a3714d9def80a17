/**
 * sansocket in browsers: a client that reconnects, over the page's own WebSocket. The browser has the protocol; this
 * has what every page writes around it.
 */
import { UsageError } from '../core/index.ts';
import {
  type Link,
  type LinkEvents,
  ReconnectingClient,
  type ReconnectingHost,
  type ReconnectingOptions,
  type UrlSource,
} from './interfaces/reconnecting.ts';

export type { BackoffOptions } from './interfaces/backoff.ts';
export type { Message } from './interfaces/inbox.ts';
export type { OutboxOptions } from './interfaces/outbox.ts';
export type { Lost, ReconnectingClient, ReconnectingOptions, UrlSource } from './interfaces/reconnecting.ts';
export type { ReconnectingState } from './interfaces/reconnecting-states.ts';

/** Handlers and options of a client that comes back in a browser. */
export interface BrowserOptions extends ReconnectingOptions {
  /**
   * In the order of preference; a function is asked for each attempt, behind that of the URL. Default: none. They are
   * the only place for a token that is neither a cookie nor in the URL, which is written to logs.
   */
  readonly subprotocols?: readonly string[] | (() => readonly string[]) | undefined;
}

/**
 * Connects, and goes on doing so: when a connection is lost, when the browser is online again, and when somebody
 * comes back to the page. It closes when the page is left.
 *
 * @param url - or a function that returns it, asked for each attempt: for a fresh token each time.
 * @throws {UsageError} for options that no client can have.
 */
export function reconnecting(url: UrlSource, options: BrowserOptions = {}): ReconnectingClient {
  return new ReconnectingClient(url, options, browserHost(options.subprotocols ?? []));
}

/** The globals of a page that are used here; the library compiles without those of browsers. */
interface Page {
  readonly WebSocket: new (url: string, subprotocols: string[]) => PageWebSocket;
  readonly document?: { readonly visibilityState: string } & Listening;
  readonly addEventListener?: Listening['addEventListener'];
  readonly removeEventListener?: Listening['removeEventListener'];
}

interface Listening {
  addEventListener(type: string, listener: () => void): void;
  removeEventListener(type: string, listener: () => void): void;
}

interface PageWebSocket {
  readonly readyState: number;
  binaryType: string;
  onopen: (() => void) | null;
  onmessage: ((event: { readonly data: string | ArrayBuffer }) => void) | null;
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null;
  send(data: string | Uint8Array): void;
  close(code?: number, reason?: string): void;
}

const page = globalThis as unknown as Page; // what it has is said above

const browserHost = (subprotocols: readonly string[] | (() => readonly string[])): ReconnectingHost => ({
  own: { subprotocols: true },
  report: (error) => console.error('sansocket: the program failed:', error),
  now: () => performance.now(),
  setTimer: (expire, milliseconds) => setTimeout(expire, milliseconds),
  clearTimer: (timer) => clearTimeout(timer as number), // what setTimer returned
  random: () => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32,
  open: (url, events) => openLink(url, typeof subprotocols === 'function' ? subprotocols() : subprotocols, events),
  watch(tell) {
    const { document } = page;
    const window = page as Listening;
    if (page.addEventListener === undefined) return () => {}; // a worker of a kind without events
    const listeners: [Listening, string, () => void][] = [
      [window, 'online', () => tell('online')],
      [window, 'offline', () => tell('offline')],
      // Not beforeunload, which may be cancelled, and keeps pages out of the back-forward cache.
      [window, 'pagehide', () => tell('left')],
      [window, 'pageshow', () => tell('returned')],
    ];
    if (document !== undefined) {
      const look = (): void => tell(document.visibilityState === 'visible' ? 'visible' : 'hidden');
      listeners.push([document, 'visibilitychange', look]);
    }
    for (const [target, type, listener] of listeners) target.addEventListener(type, listener);
    return () => {
      for (const [target, type, listener] of listeners) target.removeEventListener(type, listener);
    };
  },
});

function openLink(url: string, subprotocols: readonly string[], events: LinkEvents): Link {
  const socket = newSocket(url, subprotocols);
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => events.opened();
  socket.onmessage = ({ data }) => events.message(typeof data === 'string' ? data : new Uint8Array(data));
  // `error` tells nothing, and `close` always follows it.
  socket.onclose = ({ code, reason }) => events.closed({ code, reason, error: undefined });
  return {
    send(message) {
      if (socket.readyState !== OPEN) return false; // it would be dropped in silence
      socket.send(message);
      return true;
    },
    close: (code, reason) => socket.close(code, reason),
  };
}

/** @throws {UsageError} where the page's own throws: it would do so again. */
function newSocket(url: string, subprotocols: readonly string[]): PageWebSocket {
  try {
    return new page.WebSocket(url, [...subprotocols]);
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** The readyState of a WebSocket that is open. */
const OPEN = 1;
