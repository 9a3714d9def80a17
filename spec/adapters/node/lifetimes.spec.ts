import { getEventListeners, once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { attach, connect, HandshakeError } from '../../../adapters/node.ts';
import { eventually, rawClient, request } from '../../support/raw-socket.ts';

let http: Server;
let url: string;
const warnings: Error[] = [];
const warned = (warning: Error): void => void warnings.push(warning);

beforeEach(async () => {
  warnings.length = 0;
  process.on('warning', warned);
  http = createServer();
  await once(http.listen(0, '127.0.0.1'), 'listening');
  url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}/`;
});

afterEach(() => {
  process.off('warning', warned);
  http.closeAllConnections();
  http.close();
});

const listeners = (emitter: NodeJS.EventEmitter): string =>
  emitter
    .eventNames()
    .map((name) => `${String(name)} ${emitter.listenerCount(name)}`)
    .sort()
    .join();

it('connections that come and go leave no listener on an HTTP server, process or signal, however they end (B21)', async () => {
  const servers = [
    attach(http, { path: '/a', compression: true, message: (connection, message) => void connection.send(message) }),
    attach(http, { path: '/b', upgrade: () => ({ status: 403 }) }),
    attach(http, { path: '/c', open: (connection) => connection.terminate() }),
  ];
  const { signal } = new AbortController();
  const round = async (): Promise<void> => {
    const client = await connect(`${url}a`, { signal, compression: true });
    client.send('x'.repeat(2_000));
    await client.receive();
    await client.close();
    await expect(connect(`${url}b`, { signal })).rejects.toThrow(HandshakeError);
    await connect(`${url}c`, { signal }).then((each) => each.closed);
    const raw = await rawClient(Number(new URL(url).port));
    raw.write(request('/a'));
    await raw.head();
    raw.socket.resetAndDestroy();
    await raw.closed;
  };
  await round();
  const before = [listeners(http), listeners(process)];
  for (let i = 0; i < 60; i++) await round();
  await eventually(() => servers.every(({ connections }) => connections.size === 0));
  expect([listeners(http), listeners(process)]).toEqual(before);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  expect(warnings).toEqual([]);
});
