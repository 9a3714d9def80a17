/** The class `WebSocket` of the WebSockets Standard, over the client of a runtime. */
import { CloseEvent } from './close-event.ts';
import type { WebSocketConnection } from './connection.ts';
import { EventHandlers } from './event-handlers.ts';
import type { Message } from './inbox.ts';
import { connectAsPage, type Ending, type PageOptions, type Surroundings } from './page-client.ts';
import { SendOrder } from './send-order.ts';
import {
  clampShort,
  defineInterface,
  demandArguments,
  toBufferSource,
  toDOMString,
  toStrings,
  toUSVString,
} from './webidl.ts';
import type { WebSocketConstructor } from './websocket-types.ts';
import { checkClose, checkSubprotocols, urlRecord } from './whatwg-rules.ts';

const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;

/** Makes the class for a runtime; `Options` is what its third argument takes. */
export function createWebSocketClass<Options>(surroundings: Surroundings<Options>): WebSocketConstructor<Options> {
  class WebSocket extends EventTarget {
    readonly #url: URL;
    readonly #handlers = new EventHandlers(this);
    readonly #sending = new SendOrder(surroundings.queueTask);
    readonly #giveUp: () => void;
    #connection: WebSocketConnection | undefined;
    #state = CONNECTING;
    #binaryType: 'blob' | 'arraybuffer' = 'blob';
    /** Tasks queued for what came from the network. */
    #tasks = 0;

    constructor(
      ...given: readonly [url: string | URL, protocols?: string | Iterable<string>, options?: PageOptions<Options>]
    ) {
      demandArguments(given.length, 1, 'WebSocket');
      const [url, protocols, options] = given;
      const address = toUSVString(url);
      const subprotocols = toStrings(protocols);
      super();
      this.#url = urlRecord(address);
      checkSubprotocols(subprotocols);
      // As on pages, what is no third argument of ours disturbs nobody.
      const own = typeof options === 'object' && options !== null ? options : undefined;
      this.#giveUp = connectAsPage(surroundings, this.#url, subprotocols, own, {
        open: (connection) => this.#open(connection),
        message: (_connection, message) => this.#receive(message),
        drain: () => this.#sending.refresh(),
        ended: (ending) => this.#end(ending),
      });
    }

    get url(): string {
      return this.#url.href;
    }

    get readyState(): number {
      // Once the peer has begun to close, and all that it sent before is delivered, we are closing, too.
      const over = this.#state === OPEN && this.#tasks === 0 && this.#connection?.phase !== 'open';
      return over ? CLOSING : this.#state;
    }

    get bufferedAmount(): number {
      return this.#sending.bufferedAmount;
    }

    get onopen(): object | null {
      return this.#handlers.get('open');
    }

    set onopen(value: unknown) {
      this.#handlers.set('open', value);
    }

    get onerror(): object | null {
      return this.#handlers.get('error');
    }

    set onerror(value: unknown) {
      this.#handlers.set('error', value);
    }

    get onclose(): object | null {
      return this.#handlers.get('close');
    }

    set onclose(value: unknown) {
      this.#handlers.set('close', value);
    }

    get extensions(): string {
      return this.#state === CONNECTING ? '' : (this.#connection?.extensions ?? '');
    }

    get protocol(): string {
      return this.#state === CONNECTING ? '' : (this.#connection?.subprotocol ?? '');
    }

    close(code: number | undefined = undefined, reason: string | undefined = undefined): void {
      const state = this.#state;
      const text = reason === undefined ? '' : toUSVString(reason);
      const checked = checkClose(code === undefined ? undefined : clampShort(code), text);
      if (state >= CLOSING) return;
      this.#state = CLOSING;
      if (state === OPEN) {
        this.#sending.close(checked, text);
      } else {
        this.#giveUp();
        this.#connection?.terminate();
      }
    }

    get onmessage(): object | null {
      return this.#handlers.get('message');
    }

    set onmessage(value: unknown) {
      this.#handlers.set('message', value);
    }

    get binaryType(): 'blob' | 'arraybuffer' {
      return this.#binaryType;
    }

    set binaryType(value: unknown) {
      const before = this.#binaryType; // read in any case, so that a stranger is refused
      const type = toDOMString(value);
      this.#binaryType = type === 'blob' || type === 'arraybuffer' ? type : before;
    }

    send(...given: readonly [data: string | Blob | ArrayBuffer | ArrayBufferView]): void {
      const state = this.readyState;
      demandArguments(given.length, 1, 'send');
      const [data] = given;
      const payload = data instanceof Blob ? data : (toBufferSource(data) ?? toUSVString(data));
      if (state === CONNECTING) throw new DOMException('the connection is not open yet', 'InvalidStateError');
      if (state === OPEN) this.#sending.send(payload);
      else this.#sending.lose(payload);
    }

    #open(connection: WebSocketConnection): void {
      this.#connection = connection;
      this.#queue(() => {
        if (this.#state !== CONNECTING) return;
        this.#state = OPEN;
        this.#sending.connection = connection;
        this.dispatchEvent(new Event('open'));
      });
    }

    #receive(message: Message): void {
      this.#queue(() => {
        if (this.#state !== OPEN) return;
        const data = typeof message === 'string' ? message : this.#binary(message);
        this.dispatchEvent(new MessageEvent('message', { data, origin: this.#url.origin }));
      });
    }

    #binary(bytes: Uint8Array): Blob | ArrayBuffer {
      if (this.#binaryType === 'blob') return new Blob([bytes as Uint8Array<ArrayBuffer>]); // never shared: our own
      const { buffer } = bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
      return buffer as ArrayBuffer; // never shared: our own
    }

    #end({ clean, code, reason, error }: Ending): void {
      this.#sending.end();
      this.#queue(() => {
        this.#state = CLOSED;
        if (!clean) {
          // A page must not learn why; a program may, from a property that no page has.
          const event = new Event('error');
          Object.defineProperty(event, 'error', { value: error, configurable: true });
          this.dispatchEvent(event);
        }
        this.dispatchEvent(new CloseEvent('close', { wasClean: clean, code, reason }));
      });
    }

    #queue(task: () => void): void {
      this.#tasks++;
      surroundings.queueTask(() => {
        task();
        this.#tasks--;
      });
    }
  }
  defineInterface(WebSocket, { new: 1, send: 1, close: 0 }, { CONNECTING, OPEN, CLOSING, CLOSED });
  return WebSocket as unknown as WebSocketConstructor<Options>; // the interface names what `defineInterface` adds
}
