/** What sessions take of their surroundings, and that they give it back. */
import { afterEach, expect, it, vi } from 'vitest';
import { connectOver, type Dialler } from '../../adapters/connecting.ts';
import type { ClientOptions } from '../../adapters/interfaces/client.ts';
import type { WebSocketConnection } from '../../adapters/interfaces/connection.ts';
import { WebSocketServer } from '../../adapters/interfaces/server.ts';
import { reconnectingOver } from '../../adapters/reconnecting-over.ts';
import { MemoryLink, memoryHost, VirtualClock } from '../../adapters/testing.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** A server that echoes, and clients of it, over links in memory. */
function network() {
  const clock = new VirtualClock();
  const host = memoryHost(clock);
  const server = new WebSocketServer({ message: (connection, message) => void connection.send(message) }, host);
  const links: MemoryLink[] = [];
  const dialler: Dialler<object> = {
    host,
    async dial(_, __, driver) {
      const link = new MemoryLink(clock);
      links.push(link);
      link.server.drive(server.attend({ address: '', secure: false }));
      link.client.drive(driver);
    },
    elsewhere: (options) => options,
  };
  const connect = <Data = undefined>(
    url: string | URL,
    options: ClientOptions<Data> = {},
  ): Promise<WebSocketConnection<Data>> => connectOver<Data, object>(url, options, dialler);
  /** Lets what is due happen, and what programs do then. */
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 10; i++) {
      clock.settle();
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
  };
  return { clock, server, links, settle, connect, reconnecting: reconnectingOver<ClientOptions>(connect, host) };
}

it('once all is closed, in order or not, nothing waits for the clock, which would keep a process (H15)', async () => {
  const { clock, server, links, settle, connect } = network();
  const opening = Promise.all(Array.from({ length: 4 }, () => connect('ws://x/')));
  await settle();
  const clients = await opening;
  expect([server.connections.size, clock.nextTimer === undefined]).toEqual([4, false]);
  const [closing, leaving] = clients;
  void closing?.close();
  leaving?.terminate();
  links[2]?.client.abort();
  await settle();
  expect(server.connections.size).toBe(1);
  void server.close();
  await settle();
  await Promise.all(clients.map((client) => client.closed));
  expect([server.connections.size, clock.nextTimer]).toEqual([0, undefined]);
});

it('neither sessions nor a client that comes back draw anything from Math.random (I5, I8)', async () => {
  const random = vi.spyOn(Math, 'random');
  const { clock, server, links, settle, reconnecting } = network();
  const echoed: unknown[] = [];
  const waits: unknown[] = [];
  const client = reconnecting('ws://x/', {
    message: (message) => void echoed.push(message),
    lost: (_, delay) => void waits.push(delay),
  });
  for (const text of ['a', 'b']) {
    await settle();
    client.send(text);
    await settle();
    links.at(-1)?.client.abort();
    await settle();
    clock.advance(clock.nextTimer ?? 0); // the wait before the next attempt
  }
  await settle();
  expect([echoed, waits.length, links.length, server.connections.size]).toEqual([['a', 'b'], 2, 3, 1]);
  void client.close();
  await settle();
  expect(random).not.toHaveBeenCalled();
});
