/** An echo on Node: raw TCP, or sansocket. Prints its port. */
import { type AddressInfo, createServer } from 'node:net';
import { serve } from '../../../adapters/node.ts';

if (process.argv[2] === 'raw') {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('data', (bytes) => socket.write(bytes));
    socket.on('error', () => {}); // `close` follows
  });
  server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
} else {
  const server = await serve({ message: (connection, message) => void connection.send(message) });
  console.log(server.port);
}
