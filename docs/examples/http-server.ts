/** On an HTTP server that is there already: for whole paths, or for a single `upgrade` event. */
import { createServer } from 'node:http';
import { type AttachedServer, attach, upgrade, type WebSocketServer } from 'sansocket/node';

const http = createServer((_request, response) => response.end('hello'));

const chat: AttachedServer = attach(http, { path: '/chat', message: (each, message) => each.send(message) });
const news: AttachedServer = attach(http, { path: '/news' });
setInterval(() => void news.broadcast(new Date().toISOString()), 1_000).unref();

const all: readonly WebSocketServer[] = [chat, news];
export const close = (): Promise<unknown> => Promise.all(all.map((each) => each.close()));

/** What a framework does that has a router of its own. */
export const other = createServer().on('upgrade', async (request, socket, head) => {
  const connection = await upgrade(request, socket, head);
  connection?.send('hello');
});
