/**
 * A server in a process of its own, `sansocket` or `ws`, that tells what it uses when it is asked. `net` is no WebSocket: it
 * answers whatever comes with the same head, which is the least that a server in Node can do.
 */
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import { serve } from '../../../adapters/node.ts';

/** What the process used so far, after a garbage collection. */
export interface Usage {
  readonly connections: number;
  readonly rss: number;
  readonly heap: number;
  /** Microseconds of the processor. */
  readonly cpu: number;
}

const listening: Record<string, () => Promise<{ port: number; connections(): number }>> = {
  async sansocket() {
    const server = await serve({ message: (connection, message) => void connection.send(message) });
    return { port: server.port, connections: () => server.connections.size };
  },
  ws() {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    server.on('connection', (socket) => socket.on('message', (data, binary) => socket.send(data, { binary })));
    return new Promise((resolve) => {
      server.on('listening', () => {
        const address = server.address();
        resolve({ port: (address as AddressInfo).port, connections: () => server.clients.size });
      });
    });
  },
  net() {
    const sockets = new Set<Socket>();
    const answer = function (this: Socket): void {
      this.write(HEAD);
    };
    const end = function (this: Socket): void {
      this.destroy();
    };
    const forget = function (this: Socket): void {
      sockets.delete(this);
    };
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      sockets.add(socket);
      socket.on('data', answer).on('end', end).on('error', end).on('close', forget);
    });
    return new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        resolve({ port: (server.address() as AddressInfo).port, connections: () => sockets.size });
      });
    });
  },
};

const HEAD =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
  'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n';

const server = await listening[process.argv[2] ?? '']?.();
process.on('message', (question) => {
  const { user, system } = process.cpuUsage();
  if (question === 'memory') for (let i = 0; i < 3; i++) globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  const usage: Usage = {
    connections: server?.connections() ?? 0,
    rss,
    heap: heapUsed + external,
    cpu: user + system,
  };
  process.send?.(usage);
});
process.send?.(server?.port);
