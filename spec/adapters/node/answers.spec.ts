/** Who asks and closes at once is answered before our Close, however a program takes its messages. */
import { afterEach, expect, it } from 'vitest';
import { connect, type NodeServer, serve, type WebSocketConnection } from '../../../adapters/node.ts';
import { acceptance, eventually, type RawSocket, rawClient, rawServer, request } from '../../support/raw-socket.ts';
import { bytes, frame, join } from '../../support/wire.ts';

const KEY = bytes('37fa213d');
const TURNS = 10;
const open: NodeServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close({ grace: 1 });
});

/** Works for longer than the turn that who reads once has. */
async function work(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
}

const WAYS: readonly (readonly [string, Parameters<typeof serve<undefined>>[0]])[] = [
  ['a handler', { message: (each, message) => void each.send(message) }],
  [
    'a handler that takes its time',
    {
      message: async (each, message) => {
        await work();
        each.send(message);
      },
    },
  ],
  [
    'a loop that takes its time',
    {
      open: async (each) => {
        for await (const message of each) {
          await work();
          each.send(message);
        }
      },
    },
  ],
  [
    '`receive`',
    {
      open: async (each) => {
        for (;;) {
          const message = await each.receive();
          if (message === undefined) break;
          each.send(message);
        }
      },
    },
  ],
  [
    '`streams`',
    {
      messages: 'chunks',
      open: async (each) => {
        for await (const message of each.streams()) await each.sendStream(message, { text: message.kind === 'text' });
      },
    },
  ],
];

const QUESTIONS = [frame(0x81, bytes('61'), KEY), frame(0x81, bytes('62'), KEY)];
const close = (key?: Uint8Array): Uint8Array => frame(0x88, bytes('03e9'), key);
const said = (raw: RawSocket): string[] =>
  raw.frames.map(({ first, payload }) => `${first.toString(16)} ${Buffer.from(payload).toString('latin1')}`);

/** Messages that came in several pieces are joined, whose last is empty. */
const joined = (raw: RawSocket): string =>
  said(raw)
    .join(' ')
    .replaceAll(/\b1 (.) 80 /g, '81 $1');

it.each(WAYS)('as a server, with %s', async (_, options) => {
  const server = await serve(options);
  open.push(server);
  const raw = await rawClient(server.port);
  raw.write(request());
  await raw.head();
  raw.write(join([...QUESTIONS, close(KEY)]));
  await raw.end();
  expect(joined(raw)).toBe('81 a 81 b 88 \x03\xe9');
});

it('as a client, with a loop that is left', async () => {
  const server = await rawServer();
  const connecting = connect(server.url);
  const raw = await server.next();
  raw.write(acceptance(await raw.head())).write(join([frame(0x81, bytes('61')), close()]));
  const connection: WebSocketConnection = await connecting;
  for await (const message of connection) {
    await work();
    connection.send(message);
    break;
  }
  expect(connection.state).toBe('closing.bothSent');
  raw.socket.end();
  expect(await connection.closed).toMatchObject({ code: 1001, clean: true });
  expect(said(raw).map((each) => each.slice(0, 2))).toEqual(['81', '88']);
});

it('and who reads once is not waited for', async () => {
  const server = await serve({ deadlines: { closing: 20_000 }, open: async (each) => void (await each.receive()) });
  open.push(server);
  const raw = await rawClient(server.port);
  raw.write(request());
  await raw.head();
  raw.write(join([...QUESTIONS, close(KEY)]));
  await raw.end();
  expect(said(raw)).toEqual(['88 \x03\xe9']);
});

it('and who waits for the end is not waited for', async () => {
  const server = await serve({ deadlines: { closing: 20_000 }, message: async (each) => void (await each.closed) });
  open.push(server);
  const raw = await rawClient(server.port);
  raw.write(request());
  await raw.head();
  raw.write(frame(0x81, bytes('61'), KEY));
  await eventually(() => server.connections.size === 1);
  raw.write(close(KEY));
  await raw.end();
  expect(said(raw)).toEqual(['88 \x03\xe9']);
  raw.socket.end();
});
