import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { attach, type NodeServer, serve, upgrade, type WebSocketServerOptions } from '../../../adapters/node.ts';
import { eventually, type RawSocket, rawClient, request } from '../../support/raw-socket.ts';
import { bytes, frame, join } from '../../support/wire.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0)) await clean();
});

/** The port of a server that takes connections in each of the three ways. */
async function portOf(how: string, options: WebSocketServerOptions): Promise<number> {
  if (how === 'serve') {
    const server: NodeServer = await serve(options);
    cleanups.push(() => server.close({ grace: 1 }));
    return server.port;
  }
  const http = createServer();
  if (how === 'attach') attach(http, options);
  else http.on('upgrade', (asked, socket, head) => void upgrade(asked, socket, head, options));
  await once(http.listen(0, '127.0.0.1'), 'listening');
  cleanups.push(() => {
    http.closeAllConnections();
    http.close();
  });
  return (http.address() as AddressInfo).port; // it listens on an IP address
}

describe.each(['serve', 'attach', 'upgrade'])('a server by `%s`', (how) => {
  it.each([
    ['at once', (): object => ({ status: 401, headers: { 'WWW-Authenticate': 'Basic' }, body: 'who?' })],
    ['later', async (): Promise<object> => ({ status: 401, headers: { 'WWW-Authenticate': 'Basic' }, body: 'who?' })],
  ])('opens nothing that its program refuses %s, and reads none of its frames (D17, J9)', async (_, decide) => {
    const seen: string[] = [];
    const port = await portOf(how, {
      upgrade(asked) {
        seen.push(asked.fields.get('authorization') ?? 'nobody');
        return decide();
      },
      open: () => void seen.push('open'),
      message: () => void seen.push('message'),
      close: () => void seen.push('close'),
    });
    const raw = await rawClient(port);
    const text = new TextEncoder().encode(request('/', ['Authorization: Basic dTpw']));
    raw.write(join([text, frame(0x81, bytes('6869'), bytes('01020304'))]));
    await raw.end();
    expect(raw.text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 401']);
    expect(raw.text).toMatch(/\r\nWWW-Authenticate: Basic\r\n.*\r\n\r\nwho\?$/s);
    expect(seen).toEqual(['Basic dTpw']);
    raw.socket.destroy();
  });
});

it('a program bounds how many transports of one address are connecting (LT7)', async () => {
  const MOST = 3;
  const connecting = new Map<string, number>();
  const server = await serve({
    connect({ address }) {
      const count = (connecting.get(address) ?? 0) + 1;
      if (count > MOST) return false;
      connecting.set(address, count);
      return true;
    },
    open: ({ remoteAddress }) => void connecting.set(remoteAddress, (connecting.get(remoteAddress) ?? 0) - 1),
  });
  cleanups.push(() => server.close({ grace: 1 }));
  const peers: RawSocket[] = [];
  for (let i = 0; i < 10; i++) peers.push(await rawClient(server.port));
  await eventually(() => peers.filter((raw) => raw.ended || raw.socket.destroyed).length === 10 - MOST);
  // Who is connecting may go on, and makes room.
  const [first] = peers.filter((raw) => !raw.ended && !raw.socket.destroyed);
  first?.write(request());
  expect(await first?.head()).toMatch(/^HTTP\/1\.1 101 /);
  const another = await rawClient(server.port);
  another.write(request());
  expect(await another.head()).toMatch(/^HTTP\/1\.1 101 /);
  for (const { socket } of [...peers, another]) socket.destroy();
});
