import { serve } from 'sansocket/node';

const server = await serve({
  port: 8081,
  open: (connection) => console.log('open', connection.remoteAddress),
  message(connection, message) {
    connection.send(message);
  },
  close: (_connection, { code, clean }) => console.log('closed', code, clean),
});
console.log(`echoing on ${server.url}`);
