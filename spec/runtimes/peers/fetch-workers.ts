/** A Worker that serves the requests of its `fetch`: what it does with a connection is said by the path. */
import { type PlatformClosed, type PlatformConnection, serveFetch } from '../../../adapters/workers.ts';

const ended: Record<string, PlatformClosed> = {};
let errors = 0;

type Connection = PlatformConnection<{ readonly path: string; readonly id: string }>;

const behaviours: Readonly<Record<string, (connection: Connection, message: string | Uint8Array) => unknown>> = {
  '/close': (connection) => connection.close(4001, 'the Worker is done'),
  '/throw': () => {
    throw new Error('thrown by a handler');
  },
  '/reject': () => Promise.reject(new Error('rejected by a handler')),
  '/slow': async (connection, message) => {
    if (message === 'first') await new Promise((resolve) => setTimeout(resolve, 20));
    connection.send(message);
  },
};

const server = serveFetch<{ readonly path: string; readonly id: string }>({
  subprotocols: ['suite'],
  upgrade({ path, url }) {
    if (path === '/refuse') return { status: 403, headers: { 'X-Why': 'suite' }, body: 'not you' };
    return { data: { path, id: url.searchParams.get('id') ?? '' }, headers: { 'X-More': '1' } };
  },
  fetch: ({ path }) =>
    path === '/ended' ? { status: 200, body: JSON.stringify({ ended, errors }) } : { status: 404, body: 'nothing' },
  open: (connection) => connection.data.path === '/greet' && connection.send('welcome'),
  message(connection, message) {
    const behave = behaviours[connection.data.path];
    return behave === undefined ? connection.send(message) : behave(connection, message);
  },
  close({ data }, closed) {
    ended[data.id] = closed;
  },
  error() {
    errors++;
  },
});

export default server;
