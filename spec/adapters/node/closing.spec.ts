import { getEventListeners, once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { attach, connect, HandshakeError, type NodeServer, serve } from '../../../adapters/node.ts';
import {
  acceptance,
  deferred,
  eventually,
  type RawSocket,
  rawClient,
  rawServer,
  request,
} from '../../support/raw-socket.ts';
import { bytes, frame } from '../../support/wire.ts';

const KEY = bytes('37fa213d');
const ignore = (): void => {};
const open: NodeServer[] = [];
const serving = async (options: Parameters<typeof serve>[0] = {}): Promise<NodeServer> => {
  const server = await serve(options as Parameters<typeof serve<undefined>>[0]);
  open.push(server);
  return server;
};
const upgraded = async (port: number): Promise<RawSocket> => {
  const raw = await rawClient(port);
  raw.write(request());
  await raw.head();
  return raw;
};
const closeCode = (raw: RawSocket): number | undefined => {
  const payload = raw.frames.find(({ first }) => first === 0x88)?.payload;
  return payload === undefined ? undefined : 256 * (payload[0] ?? 0) + (payload[1] ?? 0);
};

afterEach(async () => {
  for (const server of open.splice(0)) await server.close({ grace: 1 });
});

describe('a connection that fails', () => {
  it('gets its Close to the peer before the FIN, with input left that nobody reads (G7, H13, CC14)', async () => {
    const server = await serving({ limits: { frameBytes: 100 } });
    const raw = await upgraded(server.port);
    raw.write(frame(0x82, new Uint8Array(101), KEY));
    raw.write(new Uint8Array(4_000_000));
    await raw.end();
    expect(raw.ended).toBe(true);
    expect(closeCode(raw)).toBe(1009);
    raw.socket.end();
    await raw.closed;
    await eventually(() => server.connections.size === 0);
  });

  it('does so as a client, too', async () => {
    const server = await rawServer();
    const connecting = connect(server.url);
    const raw = await server.next();
    raw.write(acceptance(await raw.head()));
    const connection = await connecting;
    raw.write(bytes('ffff')).write(new Uint8Array(4_000_000));
    await raw.end();
    expect(raw.ended).toBe(true);
    expect(closeCode(raw)).toBe(1002);
    raw.socket.end();
    const closed = await connection.closed;
    expect(closed).toMatchObject({ code: 1006, clean: false, sent: { code: 1002 } });
    await server.close();
  });

  it('is destroyed at the closing deadline where the peer does not end', async () => {
    const server = await serving({ deadlines: { closing: 20 } });
    const raw = await upgraded(server.port);
    raw.write(bytes('ffff'));
    await raw.end();
    await eventually(() => server.connections.size === 0);
    raw.socket.destroy();
  });
});

describe('the closing handshake', () => {
  it('is ended by the server, whoever began it (CC9, RFC 6455 §7.1.1)', async () => {
    const server = await serving();
    const raw = await upgraded(server.port);
    raw.write(frame(0x88, bytes('03e8'), KEY));
    await raw.end();
    expect(closeCode(raw)).toBe(1000);
    raw.socket.end();
    await raw.closed;
  });

  it('leaves a client waiting for the FIN of its server, until its deadline (CC9)', async () => {
    const server = await rawServer();
    const connecting = connect(server.url, { deadlines: { closing: 50 } });
    const raw = await server.next();
    raw.write(acceptance(await raw.head()));
    const connection = await connecting;
    raw.write(bytes('8802 03e8'));
    await raw.until(() => closeCode(raw) === 1000);
    expect(raw.ended).toBe(false);
    expect(await connection.closed).toMatchObject({ code: 1000, clean: true });
    await server.close();
  });

  it('ends for a client with the FIN of its server, long before the deadline', async () => {
    const server = await rawServer();
    const connecting = connect(server.url, { deadlines: { closing: Infinity } });
    const raw = await server.next();
    raw.write(acceptance(await raw.head()));
    const connection = await connecting;
    const closed = connection.close(3000, 'done');
    await raw.until(() => closeCode(raw) === 3000);
    raw.write(bytes('8802 0bb8')).socket.end();
    expect(await closed).toMatchObject({ code: 3000, clean: true, sent: { code: 3000, reason: 'done' } });
    await raw.closed;
    await server.close();
  });

  it('destroys a peer that is silent after our Close, at the closing deadline', async () => {
    const server = await serving({
      deadlines: { closing: 20 },
      open: (connection) => void connection.close(1000),
    });
    const raw = await upgraded(server.port);
    await raw.end();
    expect(closeCode(raw)).toBe(1000);
    raw.socket.destroy();
    await eventually(() => server.connections.size === 0);
  });

  it('is answered for a peer that has ended its half and still reads', async () => {
    const closed = deferred<number>();
    const server = await serving({ close: (_, { code }) => closed.resolve(code) });
    const raw = await upgraded(server.port);
    raw.socket.end();
    await raw.end();
    expect(raw.frames.at(-1)?.first).toBe(0x88);
    await raw.closed;
    expect(await closed.promise).toBe(1006);
  });

  it('lets handlers wait for it', async () => {
    const over = deferred<number>();
    const server = await serving({
      message: async (connection) => {
        const { code } = await connection.close(1000);
        over.resolve(code);
      },
    });
    const client = await connect(server.url);
    client.send('bye');
    expect((await client.closed).code).toBe(1000);
    expect(await over.promise).toBe(1000);
    await eventually(() => server.connections.size === 0);
  });

  it('takes any command in any state, once and again', async () => {
    const server = await serving();
    const client = await connect(server.url);
    void client.close(1000);
    expect([client.send('late'), client.ping()]).toEqual([false, false]);
    await client.close(4000);
    expect(client.phase).toBe('closed');
    client.terminate();
    expect([client.send('late'), client.ping()]).toEqual([false, false]);
    await client.drained();
    expect(await client.close(4000)).toMatchObject({ code: 1000, sent: { code: 1000 } });
  });
});

describe('a server that closes', () => {
  it('tells every client 1001, and cuts off those that do not answer (CC18)', async () => {
    const server = await serve();
    const clients = await Promise.all(Array.from({ length: 20 }, () => connect(server.url)));
    const stuck = await Promise.all(Array.from({ length: 5 }, () => upgraded(server.port)));
    await eventually(() => server.connections.size === 25);
    await server.close({ grace: 50 });
    const codes = await Promise.all(clients.map((client) => client.closed));
    expect(codes.every(({ code, clean }) => code === 1001 && clean)).toBe(true);
    await Promise.all(stuck.map((raw) => raw.end()));
    expect(stuck.map(closeCode)).toEqual(Array(5).fill(1001));
    for (const { socket } of stuck) socket.destroy();
    expect(server.connections.size).toBe(0);
  });

  it('does not wait for handlers that never end, beyond its grace', async () => {
    const busy = deferred();
    const server = await serve({
      message: () => {
        busy.resolve();
        return new Promise<void>(ignore);
      },
    });
    const client = await connect(server.url);
    client.send('x');
    await busy.promise;
    await server.close({ grace: 20 });
    expect((await client.closed).code).toBe(1001);
  });

  it('lets handlers finish within its grace', async () => {
    const busy = deferred();
    const work = deferred();
    const done: string[] = [];
    const server = await serve({
      async message() {
        busy.resolve();
        await work.promise;
        done.push('message');
      },
      close: () => void done.push('close'),
    });
    const client = await connect(server.url);
    client.send('x');
    await busy.promise;
    const closing = server.close();
    await client.closed;
    expect(done).toEqual([]);
    work.resolve();
    await closing;
    expect(done).toEqual(['message', 'close']);
  });

  it('may be told so twice', async () => {
    const server = await serve();
    const raw = await upgraded(server.port);
    await Promise.all([server.close({ grace: 20 }), server.close({ grace: 20 })]);
    await server.close();
    await raw.end();
    raw.socket.destroy();
  });

  it('answers 503 to requests that are undecided, and to those that come later', async () => {
    const asked = deferred();
    const http = createServer();
    const server = attach(http, {
      upgrade: () => {
        asked.resolve();
        return new Promise<undefined>(ignore);
      },
    });
    await once(http.listen(0, '127.0.0.1'), 'listening');
    const { port } = http.address() as AddressInfo;
    const raw = await rawClient(port);
    raw.write(request());
    await asked.promise;
    const closing = server.close();
    await raw.end();
    expect(raw.text).toMatch(/^HTTP\/1\.1 503 /);
    raw.socket.end();
    await closing;
    const late = await rawClient(port);
    late.write(request());
    await late.end();
    expect(late.text).toMatch(/^HTTP\/1\.1 503 /);
    late.socket.end();
    http.close();
    await once(http, 'close');
  });

  it('leaves no handle and no timer that would keep the process (H15)', async () => {
    const kept = (): string[] =>
      process.getActiveResourcesInfo().filter((name) => /^(?:TCP|TLS|Pipe)|^Timeout$/.test(name));
    const before = kept();
    const server = await serve();
    const clients = await Promise.all(Array.from({ length: 10 }, () => connect(server.url)));
    await Promise.all(clients.slice(0, 5).map((client) => client.close()));
    for (const client of clients.slice(5)) client.terminate();
    await server.close();
    await Promise.all(clients.map((client) => client.closed));
    await eventually(() => kept().length <= before.length);
  });
});

it('connections that come and go leave no listener on process or signal, however they end (B21)', async () => {
  const processListeners = (): string[] =>
    process
      .eventNames()
      .map((name) => `${String(name)} ${process.listenerCount(name)}`)
      .sort();
  const server = await serve({
    upgrade: ({ path }) => (path === '/b' ? { status: 403 } : undefined),
    message: (connection, message) => void (message === 'cut' ? connection.terminate() : connection.send(message)),
  });
  const { signal } = new AbortController();
  const round = async (): Promise<void> => {
    const client = await connect(`${server.url}a`, { signal });
    client.send('x');
    await client.receive();
    await client.close();
    await expect(connect(`${server.url}b`, { signal })).rejects.toThrow(HandshakeError);
    const cut = await connect(`${server.url}c`, { signal });
    cut.send('cut');
    await cut.closed;
    const raw = await rawClient(server.port);
    raw.write(request('/a'));
    await raw.head();
    raw.socket.resetAndDestroy();
    await raw.closed;
  };
  await round();
  const before = processListeners();
  for (let i = 0; i < 60; i++) await round();
  await eventually(() => server.connections.size === 0);
  expect(processListeners()).toEqual(before);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  await server.close();
});
