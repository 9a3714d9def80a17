/** Proxies on loopback: Node's own HTTP server for CONNECT, and SOCKS5 as far as a client needs one. */

import { once } from 'node:events';
import { createServer as createHttpServer, type Server as HttpServer, type IncomingMessage } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Certificate } from './certificates.ts';

export interface TestProxy {
  readonly port: number;
  /** What was asked for, in order: the authority, and the credentials that came with it. */
  readonly asked: { readonly authority: string; readonly credentials: string | undefined }[];
  close(): Promise<void>;
}

/** An HTTP proxy, over TLS where it has a certificate, that connects everything to `port`. */
export async function httpProxy(port: number, tls?: Certificate): Promise<TestProxy> {
  const server: HttpServer = tls === undefined ? createHttpServer() : createHttpsServer(tls);
  const asked: TestProxy['asked'] = [];
  server.on('connect', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    asked.push({ authority: request.url ?? '', credentials: request.headers['proxy-authorization'] });
    socket.on('error', () => {});
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    relay(socket, port, head);
  });
  return listening(server, asked);
}

/** A SOCKS5 proxy that wants `us` and `pw` where the client offers to say so, and connects everything to `port`. */
export async function socksProxy(port: number): Promise<TestProxy> {
  const asked: TestProxy['asked'] = [];
  const server = createServer({ allowHalfOpen: true }, async (socket) => {
    socket.on('error', () => {});
    const [, methods = 0] = await read(socket, 2);
    let credentials: string | undefined;
    if ((await read(socket, methods)).includes(2)) {
      socket.write(Buffer.of(5, 2));
      const [, user = 0] = await read(socket, 2);
      credentials = (await read(socket, user)).toString();
      const [password = 0] = await read(socket, 1);
      credentials += `:${await read(socket, password)}`;
      socket.write(Buffer.of(1, credentials === 'us:pw' ? 0 : 1));
    } else socket.write(Buffer.of(5, 0));
    const [, , , type, length = 0] = await read(socket, 5);
    const rest = await read(socket, type === 3 ? length + 2 : type === 1 ? 5 : 17);
    const name = type === 3 ? rest.subarray(0, -2).toString() : [length, ...rest.subarray(0, -2)].join('.');
    asked.push({ authority: `${name}:${rest.readUInt16BE(rest.length - 2)}`, credentials });
    socket.write(Buffer.of(5, 0, 0, 1, 127, 0, 0, 1, 0, 0));
    relay(socket, port);
  });
  return listening(server, asked);
}

function relay(socket: Duplex, port: number, head: Uint8Array = new Uint8Array(0)): void {
  const onward = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  onward.on('error', () => socket.destroy());
  socket.on('close', () => onward.destroy());
  onward.write(head);
  socket.pipe(onward).pipe(socket);
}

/** The next `count` bytes; waits until they are there. */
async function read(socket: Socket, count: number): Promise<Buffer> {
  if (count === 0) return Buffer.alloc(0);
  for (;;) {
    const bytes: Buffer | null = socket.read(count);
    if (bytes !== null) return bytes;
    await once(socket, 'readable');
  }
}

async function listening(server: Server, asked: TestProxy['asked']): Promise<TestProxy> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo; // it listens on an IP address
  return {
    port,
    asked,
    async close() {
      const closed = once(server.close(), 'close');
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
