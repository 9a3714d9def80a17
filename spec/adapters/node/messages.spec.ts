import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { attach, connect, type Message, serve } from '../../../adapters/node.ts';
import type { Closed } from '../../../core/index.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

it('an empty text, an empty binary and "0" are messages like others', async () => {
  const server = await serve({ message: (connection, message) => connection.send(message) });
  ends.push(() => server.close({ grace: 1 }));
  const connection = await connect(server.url);
  const messages: readonly Message[] = ['', '0', new Uint8Array(0), 'end'];
  for (const message of messages) connection.send(message);
  for (const message of messages) expect(await connection.receive()).toEqual(message);
});

it('a Pong nobody asked for arrives with its payload', async () => {
  const pongs: [string, number | undefined][] = [];
  const server = await serve({
    pong: (_, payload, latency) => void pongs.push([new TextDecoder().decode(payload), latency]),
    message: (connection, message) => connection.send(message),
  });
  ends.push(() => server.close({ grace: 1 }));
  const connection = await connect(server.url);
  expect([connection.pong('here'), connection.pong()]).toEqual([true, true]);
  connection.send('behind them');
  expect(await connection.receive()).toBe('behind them');
  expect(pongs).toEqual([
    ['here', undefined],
    ['', undefined],
  ]);
  await connection.close();
  expect(connection.pong()).toBe(false);
});

it.each(['serve', 'attach'])('with %s, a server sees the port its client connects from', async (how) => {
  const ports: (number | undefined)[] = [];
  const open = ({ remotePort }: { readonly remotePort: number | undefined }): void => void ports.push(remotePort);
  let url: string;
  if (how === 'serve') {
    const server = await serve({ open });
    ends.push(() => server.close({ grace: 1 }));
    url = server.url;
  } else {
    const http = createServer();
    await new Promise<void>((resolve) => void http.listen(0, '127.0.0.1', resolve));
    const server = attach(http, { open });
    ends.push(async () => {
      await server.close({ grace: 1 });
      http.close();
    });
    url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}/`;
  }
  await (await connect(url)).close();
  expect(ports).toEqual([expect.any(Number)]);
  expect(ports[0]).toBeGreaterThan(0);
});

it('a connection knows the address and the port of its peer, also once it is over', async () => {
  const over = new Promise<readonly [string, number | undefined, Closed]>((resolve) => {
    void serve({
      close: (connection, closed) => resolve([connection.remoteAddress, connection.remotePort, closed]),
    }).then(async (server) => {
      ends.push(() => server.close({ grace: 1 }));
      await (await connect(server.url)).close();
    });
  });
  const [address, port, { clean }] = await over;
  expect([address, typeof port, clean]).toEqual(['127.0.0.1', 'number', true]);
});

it('the port of a trusted proxy is not that of its client', async () => {
  const seen: [string, number | undefined][] = [];
  const server = await serve({
    trustProxy: 1,
    open: ({ remoteAddress, remotePort }) => void seen.push([remoteAddress, remotePort]),
  });
  ends.push(() => server.close({ grace: 1 }));
  await (await connect(server.url, { headers: { 'X-Forwarded-For': '203.0.113.7' } })).close();
  await (await connect(server.url)).close();
  expect(seen).toEqual([
    ['203.0.113.7', undefined],
    ['127.0.0.1', expect.any(Number)],
  ]);
});

it.each([undefined, null, false, 'text'])('a handler may return %j, which nobody waits for', async (value) => {
  const server = await serve({
    open: () => value,
    message(connection, message) {
      connection.send(message);
      return value;
    },
  });
  ends.push(() => server.close({ grace: 1 }));
  const connection = await connect(server.url);
  for (const message of ['a', 'b']) connection.send(message);
  expect([await connection.receive(), await connection.receive()]).toEqual(['a', 'b']);
  expect((await connection.close()).code).toBe(1000);
});
