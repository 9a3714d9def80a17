/** The sockets of Node as web streams: what `sansocket/streams` makes of them. */
import { connect, createServer, type Socket } from 'node:net';
import { Duplex, Writable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import { parseTarget } from '../../../adapters/interfaces/websocket-url.ts';
import { urlOf } from '../../../adapters/listener.ts';
import { driveAsync } from '../../../adapters/runtimes/async-bytes.ts';
import { webHost } from '../../../adapters/runtimes/web-host.ts';
import { type StreamPair, streamBytes } from '../../../adapters/runtimes/web-streams.ts';
import type { TransportUser } from '../../../adapters/testing.ts';
import { main } from './process.ts';

const drive = (socket: Socket, user: TransportUser): void => {
  socket.on('error', () => {}); // the streams tell of it
  void driveAsync(
    streamBytes(pairOf(socket), () => socket.destroy()),
    user,
  );
};

/**
 * Node 20's `toWeb` tells that the peer has ended its half only when we have ended ours, too; an iterator tells at once.
 */
function pairOf(socket: Socket): StreamPair {
  if (!process.version.startsWith('v20.')) return Duplex.toWeb(socket) as StreamPair; // of bytes, as sockets are
  const readable = ReadableStream.from(socket.iterator({ destroyOnReturn: false })) as StreamPair['readable'];
  return { readable, writable: Writable.toWeb(socket) };
}

await main(
  {
    host: webHost,
    nowhere: 'ws://127.0.0.1:1/',
    dial(url, user) {
      const { hostname, port } = parseTarget(url);
      drive(connect({ host: hostname, port, allowHalfOpen: true, noDelay: true }), user);
    },
  },
  (attend) =>
    new Promise((resolve) => {
      const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
        drive(socket, attend({ address: '', secure: false })),
      );
      server.listen(0, '127.0.0.1', () => {
        const { port } = server.address() as { port: number }; // it listens on an IP address
        resolve({ port, url: urlOf('127.0.0.1', port, false), close: async () => {}, drop() {} });
      });
    }),
);
