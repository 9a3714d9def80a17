import { afterEach, describe, expect, it, vi } from 'vitest';
import { connect, type NodeServer, serve, type WebSocketServerOptions } from '../../../adapters/node.ts';
import { acceptance, deferred, eventually, rawClient, rawServer, request } from '../../support/raw-socket.ts';
import { bytes, frame } from '../../support/wire.ts';

const KEY = bytes('37fa213d');
const text = (message: string): Uint8Array => frame(0x81, new TextEncoder().encode(message), KEY);
const open: NodeServer[] = [];
const serving = async (options: WebSocketServerOptions = {}): Promise<NodeServer> => {
  const server = await serve(options);
  open.push(server);
  return server;
};
afterEach(async () => {
  vi.restoreAllMocks();
  for (const server of open.splice(0)) await server.close({ grace: 1 });
});

describe('a handler that fails', () => {
  const fail = (): never => {
    throw new Error('broken');
  };
  const reject = (): Promise<void> => Promise.reject(new Error('broken'));
  const failing: [string, WebSocketServerOptions][] = [
    ['open throws', { open: fail }],
    ['open rejects', { open: reject }],
    ['message throws', { message: fail }],
    ['message rejects', { message: reject }],
    ['ping throws', { ping: fail }],
    ['pong throws', { pong: fail }],
  ];

  it.each(failing)('%s: the peer gets 1011, the handler `error` the error', async (_, handlers) => {
    const errors: unknown[] = [];
    const server = await serving({ ...handlers, error: (_connection, error) => void errors.push(error) });
    const raw = await rawClient(server.port);
    raw.write(
      Buffer.concat([Buffer.from(request()), frame(0x89, bytes(''), KEY), frame(0x8a, bytes(''), KEY), text('x')]),
    );
    await raw.until(() => raw.frames.some(({ first }) => first === 0x88));
    expect(raw.frames.find(({ first }) => first === 0x88)?.payload.subarray(0, 2)).toEqual(bytes('03f3'));
    expect(errors).toEqual([new Error('broken')]);
    raw.socket.resetAndDestroy();
    await eventually(() => server.connections.size === 0);
  });

  it.each(failing)('%s: without a handler `error` it is reported, and the process goes on', async (_, handlers) => {
    const report = vi.spyOn(console, 'error').mockImplementation(() => {});
    const server = await serving(handlers);
    const raw = await rawClient(server.port);
    raw.write(
      Buffer.concat([Buffer.from(request()), frame(0x89, bytes(''), KEY), frame(0x8a, bytes(''), KEY), text('x')]),
    );
    await raw.until(() => raw.frames.some(({ first }) => first === 0x88));
    expect(report).toHaveBeenCalledTimes(1);
    raw.socket.resetAndDestroy();
    await eventually(() => server.connections.size === 0);
  });

  it('may be that of `error` later: it is reported, and the process goes on', async () => {
    const report = vi.spyOn(console, 'error').mockReturnValue();
    const server = await serving({ message: fail, error: reject });
    const client = await connect(server.url);
    client.send('x');
    expect((await client.closed).code).toBe(1011);
    await eventually(() => report.mock.calls.length === 1);
  });

  it('may be that of `error` or `close` itself, and nothing goes round in circles', async () => {
    const report = vi.spyOn(console, 'error').mockImplementation(() => {});
    let calls = 0;
    const server = await serving({
      message: fail,
      error(connection) {
        calls++;
        void connection.close(3000);
        connection.send('x');
        fail();
      },
      close(connection) {
        calls++;
        void connection.close(3001);
        connection.terminate();
        connection.send('x');
        fail();
      },
    });
    const client = await connect(server.url);
    client.send('x');
    expect((await client.closed).code).toBe(3000);
    await eventually(() => calls === 3);
    await eventually(() => server.connections.size === 0);
    expect(calls).toBe(3); // error, close, error for close
    expect(report).toHaveBeenCalledTimes(2);
  });

  it.each([
    ['throws', fail],
    ['rejects', (): Promise<never> => Promise.reject(new Error('broken'))],
    ['gives a status that refuses nothing', () => ({ status: 200 })],
    ['chooses a subprotocol that was not offered', () => ({ subprotocol: 'other' })],
  ])('`upgrade` %s: the client gets 500', async (_, upgrade) => {
    const report = vi.spyOn(console, 'error').mockImplementation(() => {});
    const server = await serving({ upgrade });
    await expect(connect(server.url)).rejects.toMatchObject({ status: 500 });
    expect(report).toHaveBeenCalledTimes(1);
  });

  it('`fetch` throws: the client gets 500', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const server = await serving({ fetch: fail });
    expect((await fetch(server.url.replace('ws', 'http'))).status).toBe(500);
  });
});

describe('a program that reads late', () => {
  it('finds messages that came with the response, and the end behind them', async () => {
    const server = await rawServer();
    const connecting = connect(server.url);
    const raw = await server.next();
    const frames = Array.from({ length: 100 }, (_, i) => frame(0x81, new TextEncoder().encode(String(i))));
    raw.write(Buffer.concat([Buffer.from(acceptance(await raw.head())), ...frames, bytes('8802 03e8')])).socket.end();
    const connection = await connecting;
    expect(await connection.closed).toMatchObject({ code: 1000, clean: true });
    const messages: unknown[] = [];
    for await (const message of connection) messages.push(message);
    expect(messages).toEqual(frames.map((_, i) => String(i)));
    await server.close();
  });

  it('gets what came before a FIN without a Close once, then the end with 1006', async () => {
    const log: unknown[] = [];
    const over = deferred();
    const server = await serving({
      async message(_, message) {
        await Promise.resolve();
        log.push(message);
      },
      close(_, { code }) {
        log.push(code);
        over.resolve();
      },
    });
    const raw = await rawClient(server.port);
    raw.socket.end(Buffer.concat([Buffer.from(request()), ...Array.from({ length: 100 }, (_, i) => text(String(i)))]));
    await over.promise;
    expect(log).toEqual([...Array.from({ length: 100 }, (_, i) => String(i)), 1006]);
    raw.socket.destroy();
  });

  it('has its messages held by the promise of `open`', async () => {
    const log: string[] = [];
    const work = deferred();
    const pinged = deferred();
    const over = deferred();
    const server = await serving({
      async open() {
        await work.promise;
        log.push('open');
      },
      message: (_, message) => void log.push(String(message)),
      ping: () => pinged.resolve(),
      close: () => over.resolve(),
    });
    const raw = await rawClient(server.port);
    raw.write(Buffer.concat([Buffer.from(request()), text('a'), text('b'), frame(0x89, bytes(''), KEY)]));
    await pinged.promise;
    await raw.until(() => raw.frames.length > 0); // its Pong
    expect(log).toEqual([]);
    work.resolve();
    raw.socket.end();
    await over.promise;
    expect(log).toEqual(['open', 'a', 'b']);
    raw.socket.destroy();
  });

  it('keeps no dead connection, however much waits and whoever reads', async () => {
    const server = await serving();
    const raw = await rawClient(server.port);
    const many = Buffer.concat([Buffer.from(request()), ...Array.from({ length: 5_000 }, () => text('x'))]);
    await new Promise<void>((resolve) => {
      raw.socket.write(many, () => resolve());
    });
    await raw.until(() => server.connections.size === 1);
    const [connection] = server.connections;
    raw.socket.end(frame(0x88, bytes('03e8'), KEY));
    const taken: unknown[] = [];
    for await (const message of connection ?? []) taken.push(message);
    expect(taken).toHaveLength(5_000);
    raw.socket.destroy();
    await eventually(() => server.connections.size === 0);
  });
});

it('asks and answers before the Close that stands in the same chunk is answered', async () => {
  const server = await serving({ message: (connection) => void connection.send('answer') });
  const raw = await rawClient(server.port);
  raw.write(Buffer.concat([Buffer.from(request()), text('question'), frame(0x88, bytes('03e8'), KEY)]));
  await raw.end();
  expect(raw.frames.map(({ first }) => first)).toEqual([0x81, 0x88]);
  raw.socket.destroy();
});

it('waits for a thenable that a handler returns as for a promise, and hears its rejection', async () => {
  const errors: unknown[] = [];
  const failure = new Error('no');
  const server = await serve({
    // biome-ignore lint/suspicious/noThenProperty: a thenable of another library is the subject
    message: () => ({ then: (_: unknown, reject: (error: unknown) => void) => reject(failure) }) as Promise<void>,
    error: (_connection, error) => void errors.push(error),
  });
  const client = await connect(server.url);
  client.send('x');
  expect((await client.closed).code).toBe(1011);
  expect(errors).toEqual([failure]);
  await server.close();
});
