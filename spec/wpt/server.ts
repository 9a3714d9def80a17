/** The server that the tests are written for: HTTP and WebSocket on one port, and with TLS on another. */

import { readFile } from 'node:fs/promises';
import { createServer, type Server as HttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path/posix';
import type { Duplex } from 'node:stream';
import { attach } from '../../adapters/node.ts';
import type { Certificate } from '../support/certificates.ts';
import { TESTS } from './catalogue.ts';
import { HANDLERS } from './handlers.ts';
import { WRONG_HANDLERS } from './wrong-handlers.ts';

export interface WptServer {
  readonly ports: Readonly<Record<'ws' | 'wss', number>>;
  close(): Promise<void>;
}

export async function startServer(tls: Certificate): Promise<WptServer> {
  const plain = createServer();
  const secure = createSecureServer(tls);
  const ends = [await begin(plain), await begin(secure)];
  const port = (server: HttpServer): number => (server.address() as AddressInfo).port; // it listens on an IP address
  return {
    ports: { ws: port(plain), wss: port(secure) },
    async close() {
      await Promise.all(ends.map((end) => end()));
    },
  };
}

async function begin(http: HttpServer): Promise<() => Promise<void>> {
  const sockets = new Set<Socket>(); // also those that nobody serves any more
  http.on('connection', (socket: Socket) => sockets.add(socket).size);
  const servers = Object.entries(HANDLERS).map(([path, options]) => attach(http, { path, ...options }));
  // What none of those is for is left to whoever else listens.
  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const [path = ''] = request.url?.split('?') ?? [];
    if (HANDLERS[path] !== undefined) return;
    const wrong = WRONG_HANDLERS[path];
    if (wrong !== undefined) wrong(request, socket, head);
    else if (!stash(request, socket)) socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');
  });
  http.on('request', (request, response) => void answer(request, response));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return async () => {
    const closed = new Promise((resolve) => http.close(resolve));
    await Promise.all(servers.map((server) => server.close({ grace: 1 })));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
}

/** What a page that must not connect would have left behind. */
const stashed = new Map<string, string>();

function stash({ url = '' }: IncomingMessage, socket: Duplex): boolean {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  if (!pathname.endsWith('/stash-put.py')) return false;
  stashed.set(searchParams.get('key') ?? '', searchParams.get('value') ?? '');
  socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
  return true;
}

async function answer({ url = '' }: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  if (pathname.endsWith('/stash-take.py')) {
    response.end(stashed.get(searchParams.get('key') ?? '') ?? 'null');
    return;
  }
  const file = await readFile(join(TESTS, pathname)).catch(() => undefined);
  response.writeHead(file === undefined ? 404 : 200).end(file);
}
