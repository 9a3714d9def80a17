import { afterEach, describe, expect, it } from 'vitest';
import { extensionsOf } from '../../../adapters/interfaces/compression.ts';
import { connect, type NodeServer, serve } from '../../../adapters/node.ts';
import { nodeHost } from '../../../adapters/runtimes/node-host.ts';
import { type Extension, UsageError } from '../../../core/index.ts';
import { rawClient, request } from '../../support/raw-socket.ts';
import { hex, masked } from '../../support/wire.ts';

const open: NodeServer[] = [];
const serving = async (options: Parameters<typeof serve<undefined>>[0] = {}): Promise<NodeServer> => {
  const server = await serve({ message: (connection, message) => void connection.send(message), ...options });
  open.push(server);
  return server;
};
afterEach(async () => {
  for (const server of open.splice(0)) await server.close({ grace: 1 });
});

const OFFER = 'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits';

describe('`compression`', () => {
  it.each([
    [true, 'permessage-deflate'],
    [{ clientMaxWindowBits: 10 }, 'permessage-deflate; client_max_window_bits=10'],
    [false, undefined],
    [undefined, undefined],
  ])('%j answers a browser with %s', async (compression, answer) => {
    const server = await serving({ compression });
    const raw = await rawClient(server.port);
    raw.write(request('/', [OFFER]));
    expect(/^Sec-WebSocket-Extensions: (.*)\r$/m.exec(await raw.head())?.[1]).toBe(answer);
    raw.socket.destroy();
  });

  it('C21 compresses what is long, and nothing that the program excludes', async () => {
    const long = 'a'.repeat(2_000);
    const server = await serving({
      compression: true,
      message(connection, message) {
        connection.send(message);
        connection.send(message, { compress: false });
        connection.send('short');
      },
    });
    const raw = await rawClient(server.port);
    raw.write(request('/', [OFFER]));
    await raw.head();
    const payload = new TextEncoder().encode(long);
    raw.write(
      masked(
        Uint8Array.of(0x81, 126, payload.length >> 8, payload.length & 255, ...payload),
        Uint8Array.of(1, 2, 3, 4),
      ),
    );
    await raw.until(() => raw.frames.length === 3);
    expect(raw.frames.map(({ first }) => hex(Uint8Array.of(first)))).toEqual(['c1', '81', '81']);
    raw.socket.destroy();
  });

  it('gives both sides what was sent, without an extension where one of them has it off', async () => {
    for (const [ours, theirs, extensions] of [
      [true, true, 'permessage-deflate'],
      [true, false, ''],
      [false, true, ''],
    ] as const) {
      const client = await connect((await serving({ compression: ours })).url, { compression: theirs });
      expect(client.extensions).toBe(extensions);
      const message = JSON.stringify(Array.from({ length: 300 }, (_, i) => i));
      client.send(message);
      expect((await client[Symbol.asyncIterator]().next()).value).toBe(message);
      await client.close();
    }
  });

  it('PD25 is refused before anything listens where it is out of range, or where there is no engine', async () => {
    await expect(serve({ compression: { serverMaxWindowBits: 16 } })).rejects.toThrow(UsageError);
    expect(() => extensionsOf({ compression: true }, { ...nodeHost, deflate: undefined })).toThrow(UsageError);
  });
});

it('`extensions` brings others, behind compression', () => {
  const other: Extension = {
    name: 'other',
    reserved: 0,
    offer: () => [],
    agree: () => undefined,
    accept: () => undefined,
  };
  const names = (options: Parameters<typeof extensionsOf>[0]) =>
    extensionsOf(options, nodeHost)?.map(({ name }) => name);
  expect(names({ extensions: [other] })).toEqual(['other']);
  expect(names({ extensions: [other], compression: true })).toEqual(['permessage-deflate', 'other']);
  expect(names({})).toBeUndefined();
});
