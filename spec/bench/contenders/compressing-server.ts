/**
 * A server in a process of its own, `sansocket` or `ws`, that echoes and sends to all, compressed where its second argument says so. `net` and
 * `calls` know no protocol: they only write the frame to each socket, which costs what no server on Node's sockets can save, or have the kernel
 * do it, which costs what no server can save.
 */
import { writeSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as pass } from 'node:timers/promises';
import { deflateRawSync, constants as zlib } from 'node:zlib';
import { WebSocketServer } from 'ws';
import { serve } from '../../../adapters/node.ts';

/** How messages are compressed: not at all, each by itself, or in context. */
export type Compression = 'off' | 'alone' | 'in-context';
export type Question = 'usage' | 'broadcast';

/** What the process used so far, after a garbage collection. */
export interface Usage {
  readonly connections: number;
  readonly rss: number;
  /** Microseconds of the processor; for a broadcast, those of one. */
  readonly cpu: number;
}

interface Server {
  readonly port: number;
  connections(): number;
  /** Sends to all. */
  broadcast(message: string): void;
  /** Whether nothing waits to be written. */
  idle(): boolean;
}

const [, , name = '', compression] = process.argv;
const BROADCASTS = 20;

const listening: Record<string, () => Promise<Server>> = {
  async sansocket() {
    const alone = compression === 'alone';
    const server = await serve({
      compression: compression === 'off' ? false : { serverNoContextTakeover: alone, clientNoContextTakeover: alone },
      message: (connection, message) => void connection.send(message),
    });
    return {
      port: server.port,
      connections: () => server.connections.size,
      broadcast: (message) => void server.broadcast(message),
      idle: () => [...server.connections].every(({ bufferedAmount }) => bufferedAmount === 0),
    };
  },
  net: () => bare((socket, frame) => void socket.write(frame)),
  calls: () =>
    bare((socket, frame) => {
      const { _handle: handle } = socket as unknown as { readonly _handle: { readonly fd: number } }; // undocumented
      writeSync(handle.fd, frame);
    }),
  ws() {
    const alone = compression === 'alone';
    const server = new WebSocketServer({
      port: 0,
      host: '127.0.0.1',
      perMessageDeflate:
        compression === 'off'
          ? false
          : { serverNoContextTakeover: alone, clientNoContextTakeover: alone, threshold: 1_024 },
    });
    server.on('connection', (socket) => socket.on('message', (data, binary) => socket.send(data, { binary })));
    return new Promise((resolve) => {
      server.on('listening', () => {
        resolve({
          port: (server.address() as AddressInfo).port,
          connections: () => server.clients.size,
          broadcast(message) {
            for (const client of server.clients) client.send(message);
          },
          idle: () => [...server.clients].every(({ bufferedAmount }) => bufferedAmount === 0),
        });
      });
    });
  },
};

/** Accepts everybody, and gives each the same frame. */
function bare(write: (socket: Socket, frame: Uint8Array) => void): Promise<Server> {
  const deflated = deflateRawSync(MESSAGE, { finishFlush: zlib.Z_SYNC_FLUSH }).subarray(0, -4);
  const [first, payload] = compression === 'off' ? [0x81, Buffer.from(MESSAGE)] : [0xc1, deflated];
  const frame = Buffer.concat([Buffer.of(first, 126, payload.length >>> 8, payload.length & 0xff), payload]);
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', () => {
      const extension = compression === 'off' ? '' : 'Sec-WebSocket-Extensions: permessage-deflate\r\n';
      socket.write(`HTTP/1.1 101 x\r\n${extension}\r\n`);
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve({
        port: (server.address() as AddressInfo).port,
        connections: () => sockets.size,
        broadcast() {
          for (const socket of sockets) write(socket, frame);
        },
        idle: () => [...sockets].every(({ writableLength }) => writableLength === 0),
      });
    });
  });
}

/** A kibibyte of JSON. */
const MESSAGE: string = JSON.stringify(
  Array.from({ length: 23 }, (_, i) => ({ id: i * 7_919, name: `user ${i}`, on: i % 3 === 0 })),
).padEnd(1_024);

const server = await listening[name]?.();

process.on('message', async (question: Question) => {
  if (server === undefined) return;
  const before = cpu();
  for (let i = 0; question === 'broadcast' && i < BROADCASTS; i++) {
    server.broadcast(MESSAGE);
    do await pass(20);
    while (!server.idle());
  }
  const spent = question === 'broadcast' ? (cpu() - before) / BROADCASTS : cpu();
  for (let i = 0; i < 3; i++) globalThis.gc?.();
  const usage: Usage = { connections: server.connections(), rss: process.memoryUsage.rss(), cpu: spent };
  process.send?.(usage);
});
process.send?.(server?.port);

function cpu(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
