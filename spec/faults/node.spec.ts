/** Real sockets that end, or are reset, behind each byte of a session, in both roles. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Driver } from '../../adapters/driver.ts';
import { type ClientOptions, connect, serve, type WebSocketConnection } from '../../adapters/node.ts';
import type { Closed } from '../../core/index.ts';
import { acceptance, eventually, type RawSocket, rawClient, rawServer, request } from '../support/raw-socket.ts';
import { bytes, frame, join } from '../support/wire.ts';

const KEY = bytes('01020304');
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What a peer says once the connection is open: a text, a message in three frames with a Ping between them, and a Close. */
const talk = (key?: Uint8Array): Uint8Array =>
  join([
    frame(0x81, utf8('h\u00e9llo'), key),
    frame(0x02, new Uint8Array(130), key),
    frame(0x89, utf8('there?'), key),
    frame(0x00, new Uint8Array(5), key),
    frame(0x80, new Uint8Array(0), key),
    frame(0x88, bytes('03e8'), key),
  ]);

const ENDS = ['FIN', 'RST'] as const;
/** Bytes that the newest connection of ours has read. */
let read = 0;
const count = (message: unknown): void => {
  read = 0;
  (message as Driver).observe((seen) => {
    if (seen.type === 'input' && seen.input === 'received') read += seen.bytes;
  });
};
beforeAll(() => subscribe('sansocket:connection', count));
afterAll(() => unsubscribe('sansocket:connection', count));

/** Sends `sent` of a peer, and is gone once that was read: a reset overtakes what was not. */
async function leave(peer: RawSocket, sent: Uint8Array, how: (typeof ENDS)[number]): Promise<void> {
  peer.socket.write(sent);
  await eventually(() => read === sent.length);
  if (how === 'RST') peer.socket.resetAndDestroy();
  else peer.socket.end();
  await peer.closed;
}

/** What became of one connection of ours. */
interface Seen {
  readonly events: string[];
  readonly promises: Promise<unknown>[];
  closed: Closed | undefined;
}

type Watching = { -readonly [Name in keyof ClientOptions]: ClientOptions[Name] };

/** Handlers that have work under way whenever the end comes. */
function watched(): { readonly seen: Seen; readonly handlers: Watching } {
  const seen: Seen = { events: [], promises: [], closed: undefined };
  const work = (connection: WebSocketConnection): void => {
    connection.send('one message');
    seen.promises.push(connection.drained(), connection.closed);
    seen.promises.push(connection.sendStream(['a', 'b', 'c']).catch((error: unknown) => error));
  };
  return {
    seen,
    handlers: {
      compression: true,
      open(connection) {
        seen.events.push('open');
        work(connection);
      },
      message: (connection) => work(connection),
      ping: (connection) => work(connection),
      close(_, closed) {
        seen.events.push('close');
        seen.closed = closed;
      },
      error: () => {
        seen.events.push('error');
      },
    },
  };
}

async function judge(seen: Seen, whole: boolean, what: string): Promise<void> {
  await Promise.all(seen.promises);
  const opened = seen.events.includes('open');
  if (!opened) expect(seen.events, what).toEqual([]);
  else {
    expect(seen.events, what).toEqual(['open', 'close']); // the end of a peer breaks no rule
    expect(seen.closed?.code, what).toBe(whole ? 1000 : 1006);
  }
}

describe.each(ENDS)('a %s behind each byte of a session', (how) => {
  const unhandled: unknown[] = [];
  const listen = (error: unknown): number => unhandled.push(error);
  const sockets = (): string[] => process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP'));
  let before: string[] = [];

  beforeEach(() => {
    before = sockets();
    process.on('unhandledRejection', listen);
  });

  afterEach(async () => {
    await eventually(() => sockets().length <= before.length);
    process.off('unhandledRejection', listen);
    expect(unhandled).toEqual([]);
  });

  it('ends a server’s connection once, and leaves nothing', { timeout: 60_000 }, async () => {
    const head = utf8(request('/', ['Sec-WebSocket-Extensions: permessage-deflate']));
    const all = join([head, talk(KEY)]);
    let arrived = 0;
    let seen: Seen | undefined;
    const server = await serve({
      compression: true,
      connect: () => {
        arrived++;
        return true;
      },
      open(connection) {
        const now = watched();
        seen = now.seen;
        Object.assign(handlers, now.handlers);
        handlers.open?.(connection);
      },
      message: (connection, message) => handlers.message?.(connection, message),
      ping: (connection, payload) => handlers.ping?.(connection, payload),
      close: (connection, closed) => handlers.close?.(connection, closed),
      error: (connection, error) => handlers.error?.(connection, error),
    });
    const handlers: Watching = {};
    for (let length = 0; length <= all.length; length++) {
      seen = undefined;
      const peer = await rawClient(server.port);
      await eventually(() => arrived === length + 1);
      await leave(peer, all.subarray(0, length), how);
      await eventually(() => server.connections.size === 0 && (seen === undefined || seen.closed !== undefined));
      expect(seen !== undefined, `${length} bytes`).toBe(length >= head.length);
      if (seen !== undefined) await judge(seen, length === all.length, `${length} bytes`);
    }
    expect(await server.close()).toEqual({ closed: 0, cut: 0 });
  });

  it('ends a client’s connection once, and leaves nothing', { timeout: 60_000 }, async () => {
    const server = await rawServer();
    const rest = talk();
    const key = 'dGhlIHNhbXBsZSBub25jZQ==';
    const length = acceptance(`Sec-WebSocket-Key: ${key}\r\n`).length + rest.length;
    for (let sent = 0; sent <= length; sent++) {
      const { seen, handlers } = watched();
      const connecting = connect(server.url, handlers).catch((error: unknown) => error);
      const peer = await server.next();
      const all = join([utf8(acceptance(await peer.head())), rest]);
      expect(all.length).toBe(length);
      await leave(peer, all.subarray(0, sent), how);
      const connection = await connecting;
      if (!seen.events.includes('open')) expect(connection).toBeInstanceOf(Error);
      else await eventually(() => seen.closed !== undefined);
      await judge(seen, sent === length, `${sent} bytes`);
    }
    await server.close();
  });
});
