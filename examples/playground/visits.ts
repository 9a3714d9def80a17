/** The WebSockets of the page: one passes on what the inspector shows, one takes orders for the clients. */
import { connect, type WebSocketConnection, type WebSocketServerOptions } from 'sansocket/node';
import type { Clients } from './clients.ts';
import type { News, Order } from './orders.ts';
import { isHere, page } from './page.ts';

interface Visit {
  readonly path: string;
  /** What is passed on is passed on to it. */
  inspector?: WebSocketConnection;
  leave?: () => void;
}

/** @param inspector - the address of the inspector's page. */
export function visits(inspector: string, clients: Clients): WebSocketServerOptions<Visit> {
  const feed = new URL('socket', inspector.replace('http', 'ws'));
  return {
    requireOrigin: true, // of this page; other programs have nothing to look for here
    upgrade(request) {
      const { path } = request;
      if (!isHere(request) || !['/socket', '/play'].includes(path)) return { status: 404 };
      return { data: { path } };
    },
    fetch: page,
    async open(visitor) {
      const { data } = visitor;
      if (data.path === '/play') {
        data.leave = clients.listen((news) => visitor.send(JSON.stringify(news)));
        return;
      }
      data.inspector = await connect(feed, {
        async message(_inspector, message) {
          if (!visitor.send(message)) await visitor.drained();
        },
        close: () => void visitor.close(1001, 'the inspector ends'),
      });
    },
    async message(visitor, message) {
      const { inspector } = visitor.data;
      if (inspector !== undefined) inspector.send(message);
      else await clients.obey(JSON.parse(String(message)) as Order, (news: News) => visitor.send(JSON.stringify(news)));
    },
    close({ data }) {
      data.leave?.();
      void data.inspector?.close(1001);
    },
  };
}
