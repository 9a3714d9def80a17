/** Python's websockets, as Debian has it, as a client of our server and as a server to our client. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { connect, serve } from '../../adapters/node.ts';
import type { Closed } from '../../core/index.ts';
import { beginnings, type Tap, tap } from '../support/tap.ts';
import { hasPeer } from './peer.ts';

const PYTHON = '/usr/bin/python3';
const PEER = join(import.meta.dirname, 'peer.py');

const present = hasPeer("Python's websockets", PYTHON, '-c', 'import websockets');

describe.skipIf(!present).each([
  ['as they are', false],
  ['compressed', true],
])("Python's websockets, with messages %s,", (_, compression) => {
  let python: ChildProcess | undefined;
  let between: Tap | undefined;
  afterEach(() => {
    python?.kill();
    between?.close();
  });

  /** How the messages that passed began, of the client and of the server. */
  function passed(): readonly [readonly string[], readonly string[]] {
    const [connection] = between?.passed() ?? [];
    if (connection === undefined) throw new Error('no connection passed');
    expect(connection.server.head.includes('permessage-deflate')).toBe(compression);
    return [beginnings(connection.client), beginnings(connection.server)];
  }

  /** Starts the peer, and gives its lines. */
  function run(...args: string[]): AsyncIterator<string> {
    const child = spawn(PYTHON, [PEER, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    python = child;
    return createInterface(child.stdout)[Symbol.asyncIterator]();
  }

  it('is served', async () => {
    const pings: string[] = [];
    const ends: Closed[] = [];
    const server = await serve({
      subprotocols: ['two'],
      compression,
      message: (connection, message) => void connection.send(message),
      ping: (_connection, payload) => void pings.push(Buffer.from(payload).toString()),
      close: (_connection, closed) => void ends.push(closed),
    });
    try {
      between = await tap(server.port);
      const { value } = await run('client', `ws://127.0.0.1:${between.port}/`).next();
      expect(JSON.parse(value)).toEqual({
        subprotocol: 'two',
        text: 'Grüße, 世界, 🌍',
        binary: true,
        empty: '',
        fragments: 'in three pieces',
        pong: true,
        close: [4002, expect.any(String)],
      });
    } finally {
      await server.close({ grace: 1_000 });
    }
    expect(pings).toEqual(['from Python']);
    expect(ends).toMatchObject([{ code: 4002, reason: 'Python has enough', clean: true, sent: { code: 4002 } }]);
    const [client, ours] = passed();
    const how = compression ? 'compressed' : 'plain';
    expect(client).toEqual([`${how} text`, `${how} binary`, `${how} text`, `${how} text`]);
    expect(ours).toEqual(['plain text', `${how} binary`, 'plain text', 'plain text']); // those that are short
  });

  /** Our client, connected to the peer; `end` is how the peer says it ended. */
  async function open() {
    const lines = run('server');
    const pings: string[] = [];
    const { value: port } = await lines.next();
    between = await tap(Number(port));
    const connection = await connect(`ws://127.0.0.1:${between.port}/`, {
      compression,
      subprotocols: ['one', 'two'],
      ping: (_connection, payload) => void pings.push(Buffer.from(payload).toString()),
    });
    return { connection, pings, end: async () => JSON.parse((await lines.next()).value) };
  }

  it('serves us, and takes our Close', async () => {
    const { connection, pings, end } = await open();
    expect(connection.subprotocol).toBe('two');
    const sent = ['Grüße, 世界, 🌍', Buffer.alloc(1_048_576, 'sansocket'), ''];
    for (const message of sent) connection.send(message);
    await connection.sendStream(['streamed ', 'in '.repeat(100_000), 'pieces']);
    sent.push(`streamed ${'in '.repeat(100_000)}pieces`);
    const received: (string | Uint8Array)[] = [];
    for await (const message of connection) {
      received.push(message);
      if (received.length === sent.length) break;
    }
    expect(received.map((message) => Buffer.compare(Buffer.from(message), Buffer.from(sent.shift() ?? '')))).toEqual([
      0, 0, 0, 0,
    ]);
    expect(pings).toEqual(['from Python']);
    expect(await connection.close(4004, 'we have enough')).toMatchObject({ code: 4004, clean: true });
    expect((await end())[0]).toBe(4004);
    const [ours, server] = passed();
    const how = compression ? 'compressed' : 'plain';
    expect(ours).toEqual(['plain text', `${how} binary`, 'plain text', `${how} text`]);
    expect(server).toEqual([`${how} text`, `${how} binary`, `${how} text`, `${how} text`]);
  });

  it('serves us, and has its Close taken', async () => {
    const { connection, end } = await open();
    connection.send('close');
    expect(await connection.closed).toMatchObject({ code: 4003, reason: 'Python has enough', clean: true });
    expect((await end())[0]).toBe(4003);
  });
});
