/** Python's websockets, as Debian has it, as a client of our server and as a server to our client. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { connect, serve } from '../../adapters/node.ts';
import type { Closed } from '../../core/index.ts';
import { hasPeer } from './peer.ts';

const PYTHON = '/usr/bin/python3';
const PEER = join(import.meta.dirname, 'peer.py');

describe.skipIf(!hasPeer("Python's websockets", PYTHON, '-c', 'import websockets'))("Python's websockets", () => {
  let python: ChildProcess | undefined;
  afterEach(() => {
    python?.kill();
  });

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
      message: (connection, message) => void connection.send(message),
      ping: (_connection, payload) => void pings.push(Buffer.from(payload).toString()),
      close: (_connection, closed) => void ends.push(closed),
    });
    try {
      const { value } = await run('client', server.url).next();
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
  });

  /** Our client, connected to the peer; `end` is how the peer says it ended. */
  async function open() {
    const lines = run('server');
    const pings: string[] = [];
    const { value: port } = await lines.next();
    const connection = await connect(`ws://127.0.0.1:${port}/`, {
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
    const received: (string | Uint8Array)[] = [];
    for await (const message of connection) {
      received.push(message);
      if (received.length === sent.length) break;
    }
    expect(received.map((message) => Buffer.compare(Buffer.from(message), Buffer.from(sent.shift() ?? '')))).toEqual([
      0, 0, 0,
    ]);
    expect(pings).toEqual(['from Python']);
    expect(await connection.close(4004, 'we have enough')).toMatchObject({ code: 4004, clean: true });
    expect((await end())[0]).toBe(4004);
  });

  it('serves us, and has its Close taken', async () => {
    const { connection, end } = await open();
    connection.send('close');
    expect(await connection.closed).toMatchObject({ code: 4003, reason: 'Python has enough', clean: true });
    expect((await end())[0]).toBe(4003);
  });
});
