/** The class `WebSocket` as programs see it (WebSockets Standard), and the third argument it takes here. */
import type { CloseEvent } from './close-event.ts';
import type { EventHandler } from './event-handlers.ts';
import type { PageOptions } from './page-client.ts';

/** The events of a `WebSocket` by name. */
export interface WebSocketEventMap {
  open: Event;
  message: MessageEvent;
  /** Its property `error`, which browsers do not have, says what went wrong. */
  error: Event & { readonly error?: unknown };
  close: CloseEvent;
}

export interface WebSocket extends EventTarget {
  readonly CONNECTING: 0;
  readonly OPEN: 1;
  readonly CLOSING: 2;
  readonly CLOSED: 3;
  /** With scheme ws or wss. */
  readonly url: string;
  /** `CONNECTING`, `OPEN`, `CLOSING` or `CLOSED`. */
  readonly readyState: number;
  /** Bytes of messages sent and not yet taken by the network; it does not go back to 0 where the connection ends. */
  readonly bufferedAmount: number;
  /** The extensions agreed on, or `''`. */
  readonly extensions: string;
  /** The subprotocol agreed on, or `''`. */
  readonly protocol: string;
  /** What binary messages come as. Default: `'blob'`. */
  binaryType: 'blob' | 'arraybuffer';
  onopen: EventHandler<WebSocket, WebSocketEventMap['open']>;
  onmessage: EventHandler<WebSocket, WebSocketEventMap['message']>;
  onerror: EventHandler<WebSocket, WebSocketEventMap['error']>;
  onclose: EventHandler<WebSocket, WebSocketEventMap['close']>;
  /**
   * Sends one message: a string as text, bytes as binary; bytes are copied.
   *
   * @throws {DOMException} `InvalidStateError` before the connection is open.
   */
  send(data: string | Blob | ArrayBuffer | ArrayBufferView): void;
  /**
   * Starts the closing handshake behind what was sent, or gives the opening one up.
   *
   * @param code - 1000, or from 3000 to 4999. Default: none.
   * @throws {DOMException} `InvalidAccessError` for another code, `SyntaxError` for a reason above 123 bytes of UTF-8.
   */
  close(code?: number, reason?: string): void;
  addEventListener<Type extends keyof WebSocketEventMap>(
    type: Type,
    listener: ((this: WebSocket, event: WebSocketEventMap[Type]) => unknown) | null,
    options?: ListenerOptions,
  ): void;
  addEventListener(type: string, listener: Listener, options?: ListenerOptions): void;
}

type Listener = Parameters<EventTarget['addEventListener']>[1];
type ListenerOptions = Parameters<EventTarget['addEventListener']>[2];

export interface WebSocketConstructor<Options> {
  readonly prototype: WebSocket;
  readonly CONNECTING: 0;
  readonly OPEN: 1;
  readonly CLOSING: 2;
  readonly CLOSED: 3;
  /**
   * Begins to connect.
   *
   * @param url - with scheme ws, wss, http or https, and without a fragment.
   * @param protocols - the subprotocols offered, in order of preference.
   * @param options - what no browser has: headers, limits, deadlines, a signal, and what the runtime adds.
   * @throws {DOMException} `SyntaxError` for a URL or a subprotocol that is none.
   */
  new (url: string | URL, protocols?: string | Iterable<string>, options?: PageOptions<Options>): WebSocket;
}
