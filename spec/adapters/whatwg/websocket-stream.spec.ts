/** What the web-platform tests of `WebSocketStream` and `WebSocketError` check, on real sockets, and servers' streams. */
import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import { type NodeServer, serve, WebSocketError, WebSocketStream } from '../../../adapters/node.ts';
import { acceptance, type RawServer, type RawSocket, rawServer } from '../../support/raw-socket.ts';
import { bytes, frame } from '../../support/wire.ts';

let server: NodeServer;
let raw: RawServer;
beforeEach(async () => {
  server = await serve({ subprotocols: ['alpha'], message: (connection, message) => void connection.send(message) });
  raw = await rawServer();
});
afterEach(async () => {
  await server.close({ grace: 1 });
  await raw.close();
});

const made = (...args: unknown[]): WebSocketStream => Reflect.construct(WebSocketStream, args);
const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => ({ resolved: value }),
    (error: unknown) => error,
  );
const opening = async (): Promise<{ stream: WebSocketStream; peer: RawSocket }> => {
  const stream = made(raw.url);
  const peer = await raw.next();
  peer.write(acceptance(await peer.head()));
  await stream.opened;
  return { stream, peer };
};
const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

describe('the constructor', () => {
  it.each<[string, unknown[]]>([
    ['no URL', []],
    ['options that are none', ['ws://localhost/', true]],
    ['protocols that are no list', ['ws://localhost/', { protocols: 'hi' }]],
    ['a signal that is none', ['ws://localhost/', { signal: {} }]],
  ])('throws TypeError for %s', (_, args) => {
    expect(() => made(...args)).toThrow(TypeError);
  });

  it.each<[string, unknown[]]>([
    ['invalid:', []],
    ['ws://localhost/#x', []],
    ['ws://localhost/', [{ protocols: ['a', 'a'] }]],
  ])('throws SyntaxError for %s %j', (url, options) => {
    expect(() => made(url, ...options)).toThrow(expect.objectContaining({ name: 'SyntaxError' }));
  });

  it('opens streams of the right kind', async () => {
    const stream = made(server.url, { protocols: ['beta', 'alpha'] });
    expect(stream.url).toBe(server.url);
    const { readable, writable, protocol, extensions } = await stream.opened;
    expect([readable, writable]).toEqual([expect.any(ReadableStream), expect.any(WritableStream)]);
    expect([protocol, extensions]).toEqual(['alpha', '']);
    const writer = writable.getWriter();
    const reader = readable.getReader();
    for (const [sent, got] of [
      ['text', 'text'],
      [new Uint8Array([1, 2]), new Uint8Array([1, 2])],
      [new Uint16Array([1]).buffer, new Uint8Array([1, 0])],
      [5, '5'],
      ['\ud800', '\ufffd'],
    ] as const) {
      await writer.write(sent as string);
      expect(await reader.read()).toEqual({ done: false, value: got });
    }
    stream.close();
  });

  it('looks as Web IDL says', () => {
    expect([WebSocketStream.name, Reflect.get(WebSocketStream, 'length')]).toEqual(['WebSocketStream', 1]);
    expect(Object.keys(WebSocketStream.prototype).sort()).toEqual(['close', 'closed', 'opened', 'url']);
    expect(String(made(server.url))).toBe('[object WebSocketStream]');
    type Options = NonNullable<ConstructorParameters<typeof WebSocketStream>[1]>;
    expectTypeOf<Options>().toHaveProperty('signal');
    expectTypeOf<Options>().toHaveProperty('headers');
    expectTypeOf<Awaited<WebSocketStream['closed']>>().toExtend<{ closeCode: number; reason: string }>();
  });

  it('rejects both promises with the error where the server refuses', async () => {
    const stream = made(raw.url);
    const peer = await raw.next();
    await peer.head();
    peer.write('HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n');
    const error = await failure(stream.opened);
    expect(error).toBeInstanceOf(WebSocketError);
    expect(error).toMatchObject({ closeCode: 1006, cause: { status: 404 } });
    expect(await failure(stream.closed)).toBe(error);
  });
});

describe('a signal', () => {
  it.each([true, false])('gives the opening handshake up (fired before: %s)', async (before) => {
    const controller = new AbortController();
    if (before) controller.abort();
    const stream = made(raw.url, { signal: controller.signal });
    if (!before) {
      await (await raw.next()).head();
      controller.abort();
    }
    expect(await failure(stream.opened)).toBe(controller.signal.reason);
    expect(await failure(stream.closed)).toMatchObject({ name: 'AbortError' });
  });

  it('changes nothing once the connection is open', async () => {
    const controller = new AbortController();
    const stream = made(server.url, { signal: controller.signal });
    const { readable, writable } = await stream.opened;
    controller.abort();
    void writable.getWriter().write('connected');
    expect((await readable.getReader().read()).value).toBe('connected');
    stream.close();
  });
});

describe('close', () => {
  it.each<[unknown, number, string]>([
    [{ closeCode: 3456, reason: 'pizza' }, 3456, 'pizza'],
    [undefined, 1005, ''],
    [{}, 1005, ''],
    [null, 1005, ''],
    [{ reason: '' }, 1005, ''],
    [{ reason: 'non-empty' }, 1000, 'non-empty'],
    [{ closeCode: '1000' }, 1000, ''],
  ])('(%j) sends %i "%s"', async (info, code, reason) => {
    const { stream, peer } = await opening();
    Reflect.apply(stream.close, stream, [info]);
    await peer.until(() => peer.frames.length > 0);
    const payload = Buffer.from(peer.frames[0]?.payload ?? []);
    expect([payload.length < 2 ? 1005 : payload.readUInt16BE(0), payload.subarray(2).toString()]).toEqual([
      code,
      reason,
    ]);
    peer.write(frame(0x88, payload)).socket.end();
    expect(await stream.closed).toMatchObject({ closeCode: code });
  });

  it.each<[unknown, unknown]>([
    [true, TypeError],
    [{ closeCode: -1 }, TypeError],
    [{ closeCode: 65_536 }, TypeError],
    [{ closeCode: 'x' }, TypeError],
    ...[999, 1001, 2999, 5000].map(
      (closeCode) => [{ closeCode }, expect.objectContaining({ name: 'InvalidAccessError' })] as [unknown, unknown],
    ),
    [{ reason: '.'.repeat(124) }, expect.objectContaining({ name: 'SyntaxError' })],
  ])('(%j) throws', async (info, error) => {
    const stream = made(server.url);
    await stream.opened;
    expect(() => Reflect.apply(stream.close, stream, [info])).toThrow(error as Error);
    stream.close();
    await stream.closed;
  });

  it('during the handshake rejects both promises', async () => {
    const stream = made(server.url);
    stream.close();
    expect(await failure(stream.opened)).toBeInstanceOf(WebSocketError);
    expect(await failure(stream.closed)).toBeInstanceOf(WebSocketError);
  });

  it('of the writable waits for the whole closing handshake', async () => {
    const { stream, peer } = await opening();
    const { readable, writable } = await stream.opened;
    let done = false;
    const closing = writable
      .getWriter()
      .close()
      .then(() => {
        done = true;
      });
    await peer.until(() => peer.frames.length > 0);
    expect([done, peer.frames[0]?.payload.length]).toEqual([false, 0]);
    peer.write(bytes('81 01 78 88 00')).socket.end();
    await closing;
    expect(await stream.closed).toEqual({ closeCode: 1005, reason: '' });
    expect(await readable.getReader().read()).toEqual({ done: true, value: undefined });
  });

  it.each([
    ['abort', 'writable', undefined, 1005, ''],
    ['cancel', 'readable', undefined, 1005, ''],
    ['abort', 'writable', { closeCode: 3456, reason: 'set' }, 1005, ''],
    ['cancel', 'readable', new DOMException('x'), 1005, ''],
    ['abort', 'writable', new WebSocketError('', { closeCode: 4333, reason: 'set' }), 4333, 'set'],
    ['cancel', 'readable', new WebSocketError('', { closeCode: 4333, reason: 'set' }), 4333, 'set'],
    ['cancel', 'readable', new WebSocketError('', { reason: 'set' }), 1000, 'set'],
    ['abort', 'writable', new WebSocketError(), 1005, ''],
  ] as const)('%s of the %s with %o closes with %4$i', async (method, name, reason, code, text) => {
    let seen: unknown;
    const other = await serve({
      close: (_connection, closed) => {
        seen = [closed.code, closed.reason];
      },
    });
    const stream = made(other.url);
    const info = await stream.opened;
    await Reflect.apply(Reflect.get(info[name], method), info[name], [reason]);
    expect(await stream.closed).toMatchObject({ closeCode: code });
    await other.close();
    expect(seen).toEqual([code, text]);
  });
});

describe("the peer's end", () => {
  it('closes the readable behind the messages before it', async () => {
    const { stream, peer } = await opening();
    const { readable, writable } = await stream.opened;
    peer.write(bytes('81 01 61 81 01 62 88 04 0fa1 6869')).socket.end();
    expect(await stream.closed).toEqual({ closeCode: 4001, reason: 'hi' });
    const got = [];
    for await (const message of readable) got.push(message);
    expect(got).toEqual(['a', 'b']);
    expect(await failure(writable.getWriter().write('x'))).toMatchObject({ name: 'InvalidStateError' });
  });

  it('without a Close fails both streams with one error', async () => {
    const { stream, peer } = await opening();
    const { readable, writable } = await stream.opened;
    peer.socket.end();
    const error = await failure(stream.closed);
    expect(error).toBeInstanceOf(WebSocketError);
    expect(error).toMatchObject({ name: 'WebSocketError', closeCode: 1006, reason: '' });
    expect(await failure(readable.getReader().read())).toBe(error);
    expect(await failure(writable.getWriter().write('x'))).toBe(error);
  });
});

describe('a message that the network had not taken when the peer closed', () => {
  it('makes the end unclean, with the code and the reason of the peer', async () => {
    const { stream, peer } = await opening();
    const { writable } = await stream.opened;
    peer.socket.pause();
    const write = failure(writable.getWriter().write(new Uint8Array(20 * 1024 * 1024)));
    peer.write(bytes('88 04 11d7 676f')).socket.end();
    await turn();
    peer.socket.resume();
    const error = await failure(stream.closed);
    expect(error).toBeInstanceOf(WebSocketError);
    expect(error).toMatchObject({ closeCode: 4567, reason: 'go' });
    expect(await write).toBe(error);
  });

  it('is the same where it is written behind the Close, and nothing where we closed ourselves', async () => {
    const { stream, peer } = await opening();
    const { writable } = await stream.opened;
    const writer = writable.getWriter();
    peer.write(bytes('88 02 11d7'));
    await peer.until(() => peer.frames.length > 0); // the answer
    const write = failure(writer.write('late'));
    peer.socket.end();
    expect(await failure(stream.closed)).toMatchObject({ closeCode: 4567 });
    expect(await write).toMatchObject({ closeCode: 4567 });

    const own = made(server.url);
    const { writable: other } = await own.opened;
    own.close();
    await other.getWriter().write('dropped');
    expect(await own.closed).toEqual({ closeCode: 1005, reason: '' });
  });
});

describe('backpressure', () => {
  it('holds the peer back while nobody reads, and loses nothing', async () => {
    const { stream, peer } = await opening();
    const { readable } = await stream.opened;
    const message = frame(0x82, new Uint8Array(100_000));
    const count = 300;
    for (let i = 0; i < count; i++) peer.write(message);
    peer.write(bytes('88 00')).socket.end();
    for (let i = 0; i < 500; i++) await turn();
    expect(peer.socket.writableLength).toBeGreaterThan(5_000_000);
    let size = 0;
    for await (const chunk of readable) size += chunk.length;
    expect(size).toBe(count * 100_000);
    await stream.closed;
  });

  it('keeps writes waiting while the peer does not read', async () => {
    const { stream, peer } = await opening();
    peer.socket.pause();
    const writer = (await stream.opened).writable.getWriter();
    let written = 0;
    let over = false;
    const writing = (async () => {
      for (let i = 0; i < 300; i++) {
        await writer.write(new Uint8Array(100_000));
        written++;
      }
      over = true;
    })();
    for (let i = 0; i < 500; i++) await turn();
    expect([over, written < 300]).toEqual([false, true]);
    peer.socket.removeAllListeners('data').resume(); // what it keeps is not needed
    await writing;
    expect(written).toBe(300);
    peer.socket.destroy();
    await failure(stream.closed);
  });
});

describe('from', () => {
  it("gives the streams of a server's connection", async () => {
    const other = await serve({
      subprotocols: ['alpha'],
      async open(connection) {
        const { readable, writable, protocol } = await WebSocketStream.from(connection).opened;
        void writable
          .getWriter()
          .write(protocol)
          .then(() => readable.cancel(new WebSocketError('', { closeCode: 4000 })));
      },
    });
    const stream = made(other.url, { protocols: ['alpha'] });
    const reader = (await stream.opened).readable.getReader();
    expect(await reader.read()).toEqual({ done: false, value: 'alpha' });
    expect(await stream.closed).toMatchObject({ closeCode: 4000 });
    await other.close();
  });
});

describe('WebSocketError', () => {
  it('is a DOMException with a Close code and a reason', () => {
    const error = new WebSocketError();
    expect(error).toBeInstanceOf(DOMException);
    expect([error.name, error.code, error.message, error.closeCode, error.reason]).toEqual([
      ...['WebSocketError', 0, '', null, ''],
    ]);
    const full = new WebSocketError('m', { closeCode: 3456, reason: '\ud800' });
    expect([full.message, full.closeCode, full.reason]).toEqual(['m', 3456, '\ufffd']);
    expect(new WebSocketError('', { closeCode: undefined }).closeCode).toBe(null);
    expect(new WebSocketError('', { reason: 'specified' }).closeCode).toBe(1000);
    expect([WebSocketError.name, WebSocketError.length]).toEqual(['WebSocketError', 0]);
  });

  it.each([999, 1001, 2999, 5000])('refuses the code %i', (closeCode) => {
    expect(() => new WebSocketError('', { closeCode })).toThrow(
      expect.objectContaining({ name: 'InvalidAccessError' }),
    );
  });

  it('refuses a reason of more than 123 bytes', () => {
    for (const reason of ['a'.repeat(124), '\u{1f409}'.repeat(31)]) {
      expect(() => new WebSocketError('', { reason })).toThrow(expect.objectContaining({ name: 'SyntaxError' }));
    }
  });
});
