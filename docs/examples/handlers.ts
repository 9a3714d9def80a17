/** Handlers run one at a time and in order; while a promise of one is pending, messages wait. */
import { type Handlers, serve } from 'sansocket/node';

const handlers: Handlers = {
  async open(connection) {
    await new Promise((resolve) => setTimeout(resolve, 100)); // messages wait for it
    connection.send('ready');
  },
  message: (connection, message) => connection.send(message),
  ping: (_connection, payload) => console.log('asked for', payload.length, 'bytes; they are on the way'),
  pong: (_connection, _payload, latency) => console.log('alive, after', latency, 'ms'),
  drain: ({ remoteAddress }) => console.log(remoteAddress, 'takes more again'),
  close: (_connection, { code, reason, clean }) => console.log(code, reason, clean),
  error: (_connection, error) => console.error(error),
};

await serve(handlers);
