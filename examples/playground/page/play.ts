/** What the panel knows of the clients, and has them do: by orders to the server, or itself where they are the browser's. */
import { reconnecting } from '../../../adapters/browser.ts';
import { socketUrl } from '../../../adapters/inspector/page/feed.ts';
import type { News, Order, PlayedClient } from '../orders.ts';

export class Play {
  onChange: () => void = () => {};
  clients: readonly PlayedClient[] = [];
  /** The client that was opened last, until it is looked at. */
  newest: number | undefined;
  /** What could not be done. */
  error = '';
  readonly #own: Map<number, WebSocket> = new Map();
  readonly #link = reconnecting(socketUrl('play'), {
    backoff: { first: 1_000, most: 5_000 },
    json: (news) => this.#hear(news as News), // our own server's
  });
  #subprotocol = '';

  /** Does what a client of the browser's own can do here, and has the server do everything else. */
  order(order: Order): void {
    this.error = '';
    const own = order.type !== 'open' && 'side' in order && order.side === 'client' && this.#own.get(order.client);
    try {
      if (order.type === 'open') this.#subprotocol = order.browser ? order.subprotocol : '';
      if (own && order.type === 'text') own.send(order.text);
      else if (own && order.type === 'bytes') own.send(noise(order.count));
      else if (own && order.type === 'close') own.close(order.code, order.reason);
      else if (own && order.type === 'ping') throw new Error('a page cannot send Pings');
      else this.#link.sendJson(order);
    } catch (error) {
      this.error = String(error);
    }
    this.onChange();
  }

  #hear(news: News): void {
    if (news.type === 'clients') this.clients = news.clients;
    else if (news.type === 'error') this.error = news.message;
    else {
      this.newest = news.client;
      if (news.browser) this.#connect(news.client, news.url);
    }
    this.onChange();
  }

  #connect(client: number, url: string): void {
    const socket = new WebSocket(url, this.#subprotocol === '' ? [] : [this.#subprotocol]);
    socket.binaryType = 'arraybuffer';
    this.#own.set(client, socket);
    socket.onclose = ({ code, reason }) => {
      this.#own.delete(client);
      console.info(`client ${client} of this browser closed: ${code} ${reason}`);
      this.order({ type: 'cut', client }); // nobody needs its cable
    };
  }
}

/** Bytes that do not compress; a browser gives 64 KiB at a time. */
function noise(count: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(count);
  for (let at = 0; at < count; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
}
