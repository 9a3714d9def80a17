/** Who the peer is, asked for behind a reset, when the system no longer tells. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { attach, serve, type WebSocketConnection, type WebSocketServerOptions } from '../../../adapters/node.ts';
import { REQUEST } from '../../support/opened.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

type Given = (connection: WebSocketConnection<unknown>) => void;

/** The ways in which a program comes to know a connection, and then looks at it behind its end. */
const ways: Readonly<Record<string, (given: Given) => WebSocketServerOptions<unknown>>> = {
  'the handler open': (given) => ({ open: given }),
  'the handler message': (given) => ({ message: given }),
  'the handler close': (given) => ({ close: given }),
  'the handler error': (given) => ({ error: () => {}, message: given }),
  'streams of messages': (given) => ({
    messages: 'chunks',
    async open(connection) {
      for await (const message of connection.streams()) {
        given(connection);
        for await (const _ of message);
      }
    },
  }),
};

/** A client that is open and has sent an empty message. */
async function opened(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => {}); // `close` follows
  socket.write(REQUEST);
  await once(socket, 'data');
  socket.write(Uint8Array.of(0x81, 0x80, 0, 0, 0, 0));
  return socket;
}

for (const [how, options] of Object.entries(ways)) {
  it.each(['serve', 'attach'])(`is known to ${how} with %s, also when the peer has reset it`, async (kind) => {
    let given!: Given;
    const known = new Promise<WebSocketConnection<unknown>>((resolve) => {
      given = resolve;
    });
    let port: number;
    if (kind === 'serve') {
      const server = await serve(options(given));
      ends.push(() => server.close({ grace: 1 }));
      ({ port } = server);
    } else {
      const http = createServer();
      attach(http, options(given));
      await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
      ends.push(() => http.close());
      ({ port } = http.address() as AddressInfo); // it listens on an IP address
    }
    const socket = await opened(port);
    if (how !== 'the handler close') await known;
    socket.resetAndDestroy();
    const connection = await known;
    await connection.closed;
    expect([connection.remoteAddress, typeof connection.remotePort]).toEqual(['127.0.0.1', 'number']);
  });
}

it('is known to one who waits for the end alone', async () => {
  const server = await serve();
  ends.push(() => server.close({ grace: 1 }));
  const socket = await opened(server.port);
  const [connection] = server.connections;
  const closed = connection?.closed;
  socket.resetAndDestroy();
  await closed;
  expect(connection?.remoteAddress).toBe('127.0.0.1');
});

it('is known to `upgrade` when the client has gone meanwhile', async () => {
  const socket = new Socket();
  const gone = new Promise<string>((resolve) => {
    const upgrade: WebSocketServerOptions['upgrade'] = async (request) => {
      const left = once(request.signal, 'abort');
      socket.resetAndDestroy();
      await left;
      resolve(request.remoteAddress);
      return undefined;
    };
    void serve({ upgrade }).then((server) => {
      ends.push(() => server.close({ grace: 1 }));
      socket.connect(server.port, '127.0.0.1').write(REQUEST);
    });
  });
  expect(await gone).toBe('127.0.0.1');
});

it('is what the hook `connect` sees, as plain values', async () => {
  const seen: unknown[] = [];
  const server = await serve({ connect: (remote) => seen.push(remote) > 1 });
  ends.push(() => server.close({ grace: 1 }));
  const socket = connect({ port: server.port, host: '127.0.0.1' });
  await once(socket, 'close');
  expect(seen).toEqual([{ address: '127.0.0.1', port: expect.any(Number), secure: false }]);
});
