/** An HTTP server of `node:http`, in whatever runtime this is, with an echo at `/echo`: prints its port. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { attach } from '../../../adapters/node.ts';

const server = createServer((_, response) => response.end('a page'));
attach(server, {
  path: '/echo',
  compression: true,
  message: (connection, message) => void connection.send(message),
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port)); // it listens on an IP address
