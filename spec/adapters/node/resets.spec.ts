import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { attach, connect, serve } from '../../../adapters/node.ts';
import { acceptance, deferred, eventually, rawClient, rawServer, request } from '../../support/raw-socket.ts';
import { bytes, frame, join } from '../../support/wire.ts';

const KEY = bytes('37fa213d');
const ROUNDS = 100;
const talk = (key?: Uint8Array): Uint8Array =>
  join([
    frame(0x81, bytes('6869'), key),
    frame(0x89, bytes('70'), key),
    frame(0x01, bytes('61'), key),
    frame(0x80, bytes('62'), key),
    frame(0x88, bytes('03e8'), key),
  ]);

describe.each(['RST', 'FIN'])('a peer that leaves with %s', (how) => {
  it('after each byte of its session leaves a server as it was', async () => {
    let opened = 0;
    let closed = 0;
    const server = await serve({
      open: () => void opened++,
      message: (connection, message) => void connection.send(message),
      close: () => void closed++,
    });
    const session = join([Buffer.from(request()), talk(KEY)]);
    const leave = async (length: number): Promise<void> => {
      const raw = await rawClient(server.port);
      await new Promise((resolve) => {
        raw.socket.write(session.subarray(0, length), resolve);
      });
      // A reset takes with it what the server has not read yet, so let it read.
      if (length >= request().length) await raw.head();
      if (how === 'RST') raw.socket.resetAndDestroy();
      else raw.socket.end();
      await raw.closed;
    };
    for (let length = 1; length <= session.length; length += 16) {
      await Promise.all(Array.from({ length: 16 }, (_, i) => leave(Math.min(length + i, session.length))));
    }
    await eventually(() => closed === opened && server.connections.size === 0);
    expect(opened).toBeGreaterThan(0);
    await server.close();
  });

  it('after each byte of its session leaves a client with an end', async () => {
    const server = await rawServer();
    const full = acceptance(request()).length + talk().length;
    for (let length = 0; length <= full; length += 1) {
      const result = connect(server.url).then(
        (connection) => connection.closed,
        (error: unknown) => error,
      );
      const raw = await server.next();
      const session = join([Buffer.from(acceptance(await raw.head())), talk()]);
      await new Promise((resolve) => {
        raw.socket.write(session.subarray(0, length), resolve);
      });
      if (how === 'RST') raw.socket.resetAndDestroy();
      else raw.socket.end();
      const end = await result;
      if (length < session.length - talk().length) expect(end).toBeInstanceOf(Error);
      else if (how === 'FIN') expect(end).toMatchObject({ code: length === session.length ? 1000 : 1006 });
    }
    await server.close();
  });
});

describe('a reset (D8)', () => {
  it('right behind the request ends nothing but its connection', async () => {
    const server = await serve({ open: (connection) => void connection.send('welcome') });
    for (let i = 0; i < ROUNDS; i++) {
      const raw = await rawClient(server.port);
      await new Promise((resolve) => {
        raw.socket.write(request(), resolve);
      });
      raw.socket.resetAndDestroy();
    }
    await eventually(() => server.connections.size === 0);
    await server.close();
  });

  it.each(['serve', 'attach'])('while the decision is pending settles everything, with %s', async (how) => {
    const decisions: (() => void)[] = [];
    const upgrade = (): Promise<undefined> =>
      new Promise((resolve) => {
        decisions.push(() => resolve(undefined));
      });
    const http = createServer();
    const own = how === 'serve' ? await serve({ upgrade }) : undefined;
    const server = own ?? attach(http, { upgrade });
    if (own === undefined) await once(http.listen(0, '127.0.0.1'), 'listening');
    const port = own?.port ?? (http.address() as AddressInfo).port;
    for (let i = 0; i < ROUNDS; i++) {
      const raw = await rawClient(port);
      raw.write(request());
      await eventually(() => decisions.length === i + 1);
      raw.socket.resetAndDestroy();
      await raw.closed;
    }
    for (const decide of decisions) decide();
    await eventually(() => server.connections.size === 0);
    await server.close({ grace: 1_000 });
    http.close();
  });

  it.each([{}, { status: 403 }])('behind the answer %o ends nothing but its connection', async (answer) => {
    const server = await serve({ upgrade: () => answer });
    for (let i = 0; i < ROUNDS; i++) {
      const raw = await rawClient(server.port);
      raw.write(request());
      await raw.head();
      raw.socket.resetAndDestroy();
    }
    await eventually(() => server.connections.size === 0);
    await server.close();
  });

  it('reaches a connection whose messages nobody reads, at its next write', async () => {
    const opened = deferred();
    const server = await serve({ open: () => opened.resolve(), deadlines: { ping: 20 } });
    const raw = await rawClient(server.port);
    raw.write(join([Buffer.from(request()), ...Array.from({ length: 3_000 }, () => frame(0x81, bytes('61'), KEY))]));
    await raw.head();
    await opened.promise;
    raw.socket.resetAndDestroy();
    await eventually(() => server.connections.size === 0);
    await server.close();
  });
});
