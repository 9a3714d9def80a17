import { afterEach, expect, it } from 'vitest';
import { type NodeServer, type ReconnectingClient, reconnecting, serve } from '../../../adapters/node.ts';
import { deferred, eventually } from '../../support/raw-socket.ts';

let client: ReconnectingClient | undefined;
let server: NodeServer | undefined;
afterEach(async () => {
  client?.close();
  await server?.close({ grace: 1 });
});

it('comes back to a server that was away, with a fresh URL, and sends what waited', async () => {
  const heard: string[] = [];
  const again = deferred();
  const options = {
    upgrade: ({ target }: { target: string }) => ({ headers: { 'X-Target': target } }),
    message: (connection: { send(message: string): boolean }, message: string | Uint8Array): void => {
      heard.push(String(message));
      connection.send(`${message}!`);
    },
  };
  const answers: string[] = [];
  let count = 0;
  server = await serve(options);
  const { port } = server;
  client = reconnecting(() => `ws://127.0.0.1:${port}/?${++count}`, {
    backoff: { first: 20, most: 20 },
    message: (message) => {
      answers.push(String(message));
      if (message === 'b!') again.resolve();
    },
  });
  client.send('a');
  await eventually(() => answers.length === 1);
  await server.close({ code: 1012 });
  await eventually(() => client?.state !== 'open');
  client.send('b');
  server = await serve({ ...options, port });
  await again.promise;
  expect([heard, answers, count > 1]).toEqual([['a', 'b'], ['a!', 'b!'], true]);
});

it('ends with the refusal of a server', async () => {
  const ended = deferred<unknown>();
  server = await serve({ upgrade: () => ({ status: 403, body: 'no' }) });
  client = reconnecting(server.url, { end: ({ error }) => ended.resolve(error) });
  expect(await ended.promise).toMatchObject({ name: 'HandshakeError', status: 403 });
  expect(client.state).toBe('ended');
});

it('is closed while it connects, and when it is open', async () => {
  const opened = deferred();
  server = await serve();
  const early = reconnecting(server.url);
  early.close();
  expect(early.state).toBe('ended');
  const ended = deferred<{ code: number }>();
  client = reconnecting(server.url, { open: () => opened.resolve(), end: ended.resolve });
  await opened.promise;
  client.close(4_000, 'enough');
  expect((await ended.promise).code).toBe(4_000);
});
