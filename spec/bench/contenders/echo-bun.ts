/** An echo on Bun: raw TCP, or sansocket. Prints its port. */
import { serve } from '../../../adapters/bun.ts';

interface Socket {
  write(bytes: Uint8Array): number;
  setNoDelay(on: boolean): void;
}

declare const Bun: { listen(options: object): { readonly port: number } };

if (process.argv[2] === 'raw') {
  const socket = {
    open: (socket: Socket) => socket.setNoDelay(true),
    data: (socket: Socket, bytes: Uint8Array) => void socket.write(bytes), // what is under way fits the network
    error() {},
  };
  console.log(Bun.listen({ hostname: '127.0.0.1', port: 0, socket }).port);
} else {
  const server = await serve({ message: (connection, message) => void connection.send(message) });
  console.log(server.port);
}
