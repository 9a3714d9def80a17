/** The clients that people open, and what they have them do: what is right, and what breaks rules. */
import { randomBytes } from 'node:crypto';
import { connect, type WebSocketConnection } from 'sansocket/node';
import type { Echo } from './echo.ts';
import { type News, type Order, type PlayedClient, pathOf, type Side, type Violation } from './orders.ts';
import menu from './violations.json' with { type: 'json' };
import { layWire, type Wire } from './wire.ts';

interface Client extends PlayedClient {
  readonly wire: Wire;
  /** Ours; one of the browser's own is in its page. */
  connection: WebSocketConnection | undefined;
}

const violations: readonly Violation[] = menu;

/** Clients at a time. */
const MOST = 50;
const MOST_BYTES = 4_194_304;

export class Clients {
  readonly #echo: Echo;
  readonly #clients: Map<number, Client> = new Map();
  readonly #told: Set<(news: News) => void> = new Set();
  #last = 0;

  constructor(echo: Echo) {
    this.#echo = echo;
  }

  /** Somebody hears the news until what is returned is called. */
  listen(tell: (news: News) => void): () => void {
    this.#told.add(tell);
    tell(this.#list);
    return () => this.#told.delete(tell);
  }

  /** Does what is asked for, for whoever hears of it by `tell`; what cannot be done is told, too. */
  async obey(order: Order, tell: (news: News) => void): Promise<void> {
    try {
      if (order.type === 'open') await this.#open(order, tell);
      else this.#act(order);
    } catch (error) {
      tell({ type: 'error', message: error instanceof Error ? error.message : String(error) });
    }
  }

  /** Nothing of theirs is left when the server has closed, but for those that never connected. */
  close(): void {
    for (const { wire } of this.#clients.values()) wire.cut();
  }

  async #open(
    { browser, subprotocol, compression }: Order & { type: 'open' },
    tell: (news: News) => void,
  ): Promise<void> {
    if (this.#clients.size >= MOST) throw new Error(`${MOST} clients are enough: close some`);
    const id = ++this.#last;
    const { port } = this.#echo.server;
    const wire = await layWire(port);
    const client: Client = { id, browser, wire, connection: undefined };
    this.#clients.set(id, client);
    const url = `ws://127.0.0.1:${browser ? wire.port : port}${pathOf(id)}`;
    if (!browser) {
      client.connection = await connect(url, {
        inspect: true,
        host: '127.0.0.1',
        port: wire.port, // by way of the cable; the server is asked for by its own name
        compression,
        subprotocols: subprotocol === '' ? [] : [subprotocol],
        message() {}, // the page shows it
      });
      void client.connection.closed.then(() => this.#leave(id));
    }
    this.#tell(this.#list);
    tell({ type: 'opened', client: id, url, browser });
  }

  #act(order: Exclude<Order, { type: 'open' }>): void {
    const client = this.#clients.get(order.client);
    if (client === undefined) throw new Error(`client ${order.client} has gone`);
    switch (order.type) {
      case 'text':
        this.#end(client, order.side).send(order.text);
        break;
      case 'bytes':
        this.#end(client, order.side).send(randomBytes(Math.min(order.count, MOST_BYTES)));
        break;
      case 'ping':
        this.#end(client, order.side).ping('from the playground');
        break;
      case 'close':
        void this.#end(client, order.side).close(order.code, order.reason);
        break;
      case 'break': {
        const to = order.side === 'client' ? 'server' : 'client';
        const item = violations.find(({ id }) => id === order.violation);
        const bytes = item?.wire[to];
        if (bytes === undefined) throw new Error('this rule is not for that side to break');
        if (!client.wire.inject(to, Buffer.from(bytes, 'hex'))) throw new Error('the connection has ended');
        break;
      }
      case 'cut':
        client.wire.cut();
        if (client.browser) this.#leave(client.id);
    }
  }

  #end({ id, connection }: Client, side: Side): WebSocketConnection<unknown> {
    const end: WebSocketConnection<unknown> | undefined =
      side === 'client' ? connection : this.#echo.connections.get(id);
    if (end?.phase !== 'open') throw new Error(`the ${side} is not open`);
    return end;
  }

  #leave(id: number): void {
    if (this.#clients.delete(id)) this.#tell(this.#list);
  }

  get #list(): News {
    const clients = [...this.#clients.values()].map(({ id, browser }) => ({ id, browser }));
    return { type: 'clients', clients };
  }

  #tell(news: News): void {
    for (const tell of this.#told) tell(news);
  }
}
