/** `serveFetch` of `sansocket/workers` in workerd, by our client on this Node. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connect, HandshakeError } from '../../adapters/node.ts';
import type { PlatformClosed } from '../../adapters/workers.ts';
import { startWorker, stopAll, workerConfig } from './processes.ts';
import { bundle } from './programs.ts';

let at = '';

beforeAll(async () => {
  await bundle('runtimes/peers/fetch-workers');
  const { ports } = await startWorker(workerConfig('fetch-workers.mjs', [['http', 'http']]), ['http']);
  at = `127.0.0.1:${ports.get('http')}`;
});
afterAll(stopAll);

/** What the Worker knows of how a connection ended, once it does. */
async function endOf(id: string): Promise<PlatformClosed> {
  for (;;) {
    const { ended } = (await (await fetch(`http://${at}/ended`)).json()) as { ended: Record<string, PlatformClosed> };
    if (ended[id] !== undefined) return ended[id];
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

it('echoes text, bytes and a message of 900 KB', async () => {
  const connection = await connect(`ws://${at}/greet?id=echo`, { subprotocols: ['other', 'suite'] });
  expect([connection.subprotocol, connection.headers?.get('x-more')]).toEqual(['suite', '1']);
  expect(await connection.receive()).toBe('welcome');
  for (const message of ['', 'héllo 😀', new Uint8Array(), Uint8Array.of(0, 255)]) {
    connection.send(message);
    expect(await connection.receive()).toEqual(message);
  }
  const large = new Uint8Array(900_000).map((_, i) => i % 251);
  connection.send(large);
  expect(Buffer.compare(large, (await connection.receive()) as Uint8Array)).toBe(0);
  expect(await connection.close(4000, 'bye')).toMatchObject({ code: 4000, clean: true });
  expect(await endOf('echo')).toEqual({ code: 4000, reason: 'bye', clean: true });
});

it('answers in order, however long a handler takes', async () => {
  const connection = await connect(`ws://${at}/slow`);
  for (const message of ['first', 'second', 'third']) connection.send(message);
  const seen = [await connection.receive(), await connection.receive(), await connection.receive()];
  expect(seen).toEqual(['first', 'second', 'third']);
  await connection.close();
});

it('closes, and with 1011 where a handler fails', async () => {
  for (const [path, code, reason] of [
    ['close', 4001, 'the Worker is done'],
    ['throw', 1011, 'a handler failed'],
    ['reject', 1011, 'a handler failed'],
  ] as const) {
    const connection = await connect(`ws://${at}/${path}`);
    connection.send('go');
    expect(await connection.closed).toMatchObject({ code, reason, clean: true });
  }
});

it('learns that a client is gone', async () => {
  const connection = await connect(`ws://${at}/echo?id=gone`);
  connection.send('here');
  await connection.receive();
  connection.terminate();
  expect(await endOf('gone')).toEqual({ code: 1006, reason: '', clean: false });
});

it('refuses, and answers what asks for no WebSocket', async () => {
  const refused = await connect(`ws://${at}/refuse`).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(HandshakeError);
  const { status, headers, body } = refused as HandshakeError;
  expect([status, headers?.get('x-why'), new TextDecoder().decode(body)]).toEqual([403, 'suite', 'not you']);
  const foreign = connect(`ws://${at}/`, { headers: { Origin: 'https://evil.example' } });
  await expect(foreign).rejects.toMatchObject({ status: 403 });
  expect((await fetch(`http://${at}/other`)).status).toBe(404);
});

it('serves 100 clients at once', async () => {
  const all = Array.from({ length: 100 }, async (_, i) => {
    const connection = await connect(`ws://${at}/echo`);
    connection.send(`client ${i}`);
    expect(await connection.receive()).toBe(`client ${i}`);
    return (await connection.close()).clean;
  });
  expect(new Set(await Promise.all(all))).toEqual(new Set([true]));
});
