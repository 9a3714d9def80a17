/** A way between two real peers that shows what passes. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { frames, join, type ReadFrame } from './wire.ts';

/** What one side of a connection has sent. */
export interface Sent {
  /** The head of its part of the opening handshake. */
  readonly head: string;
  /** Its frames, to be read once the connection is over; without masking. */
  readonly frames: readonly ReadFrame[];
}

export interface Tap {
  readonly port: number;
  /** The WebSocket connections that have passed, in the order in which they began. */
  passed(): { readonly client: Sent; readonly server: Sent }[];
  close(): void;
}

/** Passes on to `port` of loopback. */
export async function tap(port: number): Promise<Tap> {
  const connections: { readonly client: Buffer[]; readonly server: Buffer[] }[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const onward = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const connection = { client: [] as Buffer[], server: [] as Buffer[] };
    connections.push(connection);
    for (const [from, to, chunks] of [
      [client, onward, connection.client],
      [onward, client, connection.server],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk: Buffer) => chunks.push(chunk));
      from.on('error', () => to.destroy());
      from.pipe(to);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port, // it listens on an IP address
    passed: () =>
      connections
        .map(({ client, server }) => ({ client: read(client), server: read(server) }))
        .filter(({ server }) => server.head.startsWith('HTTP/1.1 101 ')),
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function read(chunks: readonly Buffer[]): Sent {
  const wire = join(chunks);
  const end = Buffer.from(wire).indexOf('\r\n\r\n') + 4;
  const head = Buffer.from(wire.subarray(0, end)).toString('latin1');
  return {
    head,
    get frames() {
      return frames(wire.subarray(end));
    },
  };
}

/** Of frames, those that begin a message: whether each is marked as compressed (RSV1), and its opcode. */
export const beginnings = (sent: Sent): string[] =>
  sent.frames
    .filter(({ first }) => [1, 2].includes(first & 0x0f))
    .map(({ first }) => `${(first & 0x40) === 0 ? 'plain' : 'compressed'} ${(first & 0x0f) === 1 ? 'text' : 'binary'}`);
