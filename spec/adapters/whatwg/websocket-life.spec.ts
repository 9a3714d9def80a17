/** What the web-platform tests of `WebSocket` check, on real sockets: sending, closing, and the events in between. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type NodeServer, serve, WebSocket } from '../../../adapters/node.ts';
import { acceptance, type RawServer, type RawSocket, rawServer } from '../../support/raw-socket.ts';
import { bytes } from '../../support/wire.ts';

let server: NodeServer;
let raw: RawServer;
const sockets: WebSocket[] = [];
type Options = ConstructorParameters<typeof WebSocket>[2];
const made = (url: string = server.url, protocols: string | string[] = [], options?: Options): WebSocket => {
  const socket = new WebSocket(url, protocols, options);
  sockets.push(socket);
  return socket;
};
const next = <Type extends 'open' | 'message' | 'error' | 'close'>(socket: WebSocket, type: Type) =>
  new Promise<Parameters<NonNullable<WebSocket[`on${Type}`]>>[0]>((resolve) => {
    socket.addEventListener(type, (event) => resolve(event as never), { once: true });
  });
const opened = async (url?: string): Promise<WebSocket> => {
  const socket = made(url);
  await next(socket, 'open');
  return socket;
};
/** A socket whose peer is the spec. */
const facing = async (): Promise<{ socket: WebSocket; peer: RawSocket }> => {
  const socket = made(raw.url);
  const peer = await raw.next();
  peer.write(acceptance(await peer.head()));
  await next(socket, 'open');
  return { socket, peer };
};
/** The names of the events, with the state of the socket in each. */
const log = (socket: WebSocket): string[] => {
  const events: string[] = [];
  for (const type of ['open', 'message', 'error', 'close'] as const) {
    socket.addEventListener(type, () => events.push(`${type} ${socket.readyState}`));
  }
  return events;
};

beforeEach(async () => {
  server = await serve({ message: (connection, message) => void connection.send(message) });
  raw = await rawServer();
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.close();
  await server.close({ grace: 1 });
  await raw.close();
});

describe('events', () => {
  it('come as tasks: open, message, close', async () => {
    const socket = made();
    const events = log(socket);
    expect(socket.readyState).toBe(0);
    await next(socket, 'open');
    socket.send('x');
    const message = await next(socket, 'message');
    expect(message).toMatchObject({ data: 'x', origin: server.url.slice(0, -1), lastEventId: '', source: null });
    expect(message.ports).toEqual([]);
    socket.close();
    expect(socket.readyState).toBe(2);
    const { wasClean, code, reason } = await next(socket, 'close');
    expect([wasClean, code, reason]).toEqual([true, 1005, '']);
    expect(events).toEqual(['open 1', 'message 1', 'close 3']);
  });

  it('have the classes of browsers, do not bubble and cannot be cancelled', async () => {
    const socket = made(raw.url);
    const seen: unknown[] = [];
    for (const type of ['open', 'message', 'error', 'close'] as const) {
      socket.addEventListener(type, (event) => seen.push([event.constructor.name, event.bubbles, event.cancelable]));
    }
    const peer = await raw.next();
    peer.write(acceptance(await peer.head())).write(bytes('81 01 78 83 00'));
    peer.socket.end();
    await next(socket, 'close');
    expect(seen).toEqual([
      ['Event', false, false],
      ['MessageEvent', false, false],
      ['Event', false, false],
      ['CloseEvent', false, false],
    ]);
  });

  it('run microtasks between messages that came at once', async () => {
    const { socket, peer } = await facing();
    const order: string[] = [];
    socket.onmessage = ({ data }) => {
      order.push(data);
      const later = (turns: number): void =>
        void Promise.resolve().then(() => (turns > 0 ? later(turns - 1) : order.push(`${data}'`)));
      later(9);
    };
    peer.write(bytes('81 01 61 81 01 62 88 00'));
    peer.socket.end();
    await next(socket, 'close');
    expect(order).toEqual(['a', "a'", 'b', "b'"]);
  });

  it('call handler attributes in the place where they were first set', async () => {
    const socket = made();
    const calls: number[] = [];
    socket.addEventListener('open', () => calls.push(1));
    socket.onopen = () => calls.push(-1);
    socket.addEventListener('open', () => calls.push(3));
    socket.onopen = function (event) {
      expect(this).toBe(socket);
      expect(event.target).toBe(socket);
      calls.push(2);
    };
    await next(socket, 'open');
    expect(calls).toEqual([1, 2, 3]);
  });

  it.each(['onopen', 'onmessage', 'onerror', 'onclose'] as const)('%s is null for what is no object', (name) => {
    const socket = made();
    expect(socket[name]).toBe(null);
    const handler = (): void => {};
    for (const value of [2, 'x', undefined, null, true, Symbol('x')]) {
      socket[name] = handler;
      expect(socket[name]).toBe(handler);
      Reflect.set(socket, name, value);
      expect(socket[name]).toBe(null);
    }
  });

  it.each(['open', 'message', 'error', 'close'] as const)('on%s keeps an object, and does not call it', (type) => {
    const socket = made();
    let called = false;
    const object = {
      handleEvent() {
        called = true;
      },
    };
    Reflect.set(socket, `on${type}`, object);
    expect(socket[`on${type}`]).toBe(object);
    socket.dispatchEvent(new Event(type));
    expect(called).toBe(false);
  });

  it('a handler that was null meanwhile comes last', async () => {
    const socket = made();
    const calls: number[] = [];
    socket.onopen = () => calls.push(0);
    socket.addEventListener('open', () => calls.push(1));
    socket.onopen = null;
    socket.onopen = () => calls.push(2);
    await next(socket, 'open');
    expect(calls).toEqual([1, 2]);
  });
});

describe('send', () => {
  it('throws InvalidStateError before the connection is open, TypeError without data or for a symbol', async () => {
    const socket = made();
    expect(() => socket.send('x')).toThrow(expect.objectContaining({ name: 'InvalidStateError', code: 11 }));
    expect(() => Reflect.apply(socket.send, socket, [])).toThrow(TypeError);
    await next(socket, 'open');
    expect(() => Reflect.apply(socket.send, socket, [Symbol('x')])).toThrow(TypeError);
    expect(() => Reflect.apply(socket.send, socket, [])).toThrow(TypeError);
  });

  it.each<[string, unknown, string]>([
    ['text', 'Message to send', 'Message to send'],
    ['nothing', '', ''],
    ['65,536 characters', 'c'.repeat(65_536), 'c'.repeat(65_536)],
    ['pairs of surrogates', '\ud801\udc07', '\ud801\udc07'],
    ['surrogates without their other', 'a\ud807b\udc00', 'a\ufffdb\ufffd'],
    ['null', null, 'null'],
    ['undefined', undefined, 'undefined'],
    ['a number', 5, '5'],
    ['an object', { toString: () => 'o' }, 'o'],
    ['shared memory', new SharedArrayBuffer(1), '[object SharedArrayBuffer]'],
  ])('sends %s as text', async (_, data, expected) => {
    const socket = await opened();
    Reflect.apply(socket.send, socket, [data]);
    expect((await next(socket, 'message')).data).toBe(expected);
  });

  const eight = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]);
  it.each<[string, ArrayBuffer | ArrayBufferView | Blob, number[]]>([
    ['an ArrayBuffer', eight.buffer, [...eight]],
    ['an Uint8Array with offset and length', eight.subarray(2, 4), [3, 4]],
    ['an Uint16Array with offset and length', new Uint16Array(eight.buffer, 2, 1), [3, 4]],
    ['an Uint32Array with offset', new Uint32Array(eight.buffer, 4), [5, 6, 7, 8]],
    ['a Float64Array', new Float64Array(eight.buffer), [...eight]],
    ['a DataView', new DataView(eight.buffer, 7), [8]],
    ['a Blob', new Blob([eight]), [...eight]],
    ['an empty ArrayBuffer', new ArrayBuffer(0), []],
    ['65,000 bytes', new ArrayBuffer(65_000), [...new Uint8Array(65_000)]],
  ])('sends %s as binary', async (_, data, expected) => {
    const socket = await opened();
    for (const type of ['arraybuffer', 'blob'] as const) {
      socket.binaryType = type;
      socket.send(data);
      const { data: received } = await next(socket, 'message');
      expect(received).toBeInstanceOf(type === 'blob' ? Blob : ArrayBuffer);
      const buffer: ArrayBuffer = type === 'blob' ? await received.arrayBuffer() : received;
      expect([...new Uint8Array(buffer)]).toEqual(expected);
    }
  });

  it('refuses views of shared memory', async () => {
    const socket = await opened();
    const view = new Uint8Array(new SharedArrayBuffer(1));
    expect(() => socket.send(view)).toThrow(TypeError);
  });

  it('keeps the order behind a Blob, and the bytes as they were', async () => {
    const socket = await opened();
    const received: unknown[] = [];
    socket.binaryType = 'arraybuffer';
    socket.onmessage = ({ data }) => received.push(typeof data === 'string' ? data : new Uint8Array(data)[0]);
    const changing = new Uint8Array([7]);
    socket.send(new Blob([new Uint8Array([5])]));
    socket.send('6');
    socket.send(changing);
    changing[0] = 0;
    socket.send(new Blob([new Uint8Array([8])]));
    expect(socket.bufferedAmount).toBe(4);
    socket.close(3000);
    expect((await next(socket, 'close')).code).toBe(3000);
    expect(socket.bufferedAmount).toBe(0);
  });

  it('delivers all of it before the Close', async () => {
    const got: unknown[] = [];
    const other = await serve({ message: (_connection, message) => void got.push(String(message)) });
    const socket = await opened(other.url);
    socket.send(new Blob(['a']));
    socket.send('b');
    socket.close();
    expect((await next(socket, 'close')).wasClean).toBe(true);
    expect(got).toEqual(['97', 'b']);
    await other.close();
  });
});

describe('bufferedAmount', () => {
  it.each<[string, string | ArrayBuffer | Blob, number]>([
    ['characters as UTF-8', '¥Ωäß€\ud801\udc07\ud800', 2 + 2 + 2 + 2 + 3 + 4 + 3],
    ['an ArrayBuffer', new ArrayBuffer(10), 10],
    ['a Blob', new Blob(['x'.repeat(10)]), 10],
    ['nothing', '', 0],
  ])('counts %s, and is 0 once they are sent', async (_, data, size) => {
    const socket = await opened();
    expect(socket.bufferedAmount).toBe(0);
    socket.send(data);
    expect(socket.bufferedAmount).toBe(size);
    await next(socket, 'message');
    expect(socket.bufferedAmount).toBe(0);
  });

  it('grows by what is sent too late, and is not reset by the end', async () => {
    const socket = await opened();
    socket.close();
    socket.send('five!');
    expect(socket.bufferedAmount).toBe(5);
    await next(socket, 'close');
    socket.send(new ArrayBuffer(2));
    socket.send(new Blob(['x']));
    expect(socket.bufferedAmount).toBe(8);
  });

  it('grows after close() before the connection was open, too', async () => {
    const socket = made();
    socket.close();
    socket.send('x');
    expect(socket.bufferedAmount).toBe(1);
    await next(socket, 'close');
    expect(socket.bufferedAmount).toBe(1);
  });

  it('is what waits for a peer that does not read', async () => {
    const { socket, peer } = await facing();
    peer.socket.pause();
    const much = new Uint8Array(1_000_000);
    for (let i = 0; i < 20; i++) socket.send(much);
    expect(socket.bufferedAmount).toBe(20_000_000);
    peer.socket.destroy();
    await next(socket, 'close');
    expect(socket.bufferedAmount).toBeGreaterThan(0);
  });
});

describe('close', () => {
  it.each([0, 500, NaN, 'string', null, 1001, 1005, 2999, 5000, 0x10000 + 1000, -1, 'Close with only reason'])(
    'throws InvalidAccessError for the code %s, in every state',
    async (code) => {
      const socket = made();
      const call = (): void => Reflect.apply(socket.close, socket, [code]);
      const error = expect.objectContaining({ name: 'InvalidAccessError', code: 15 });
      expect(call).toThrow(error);
      await next(socket, 'open');
      expect(call).toThrow(error);
      socket.close();
      await next(socket, 'close');
      expect(call).toThrow(error);
    },
  );

  it('throws SyntaxError for a reason of more than 123 bytes, and nothing has changed', async () => {
    const socket = await opened();
    for (const reason of ['x'.repeat(124), 'é'.repeat(62), '\ud800'.repeat(42)]) {
      expect(() => socket.close(1000, reason)).toThrow(expect.objectContaining({ name: 'SyntaxError' }));
    }
    expect(() => socket.close(999, 'x'.repeat(124))).toThrow(expect.objectContaining({ name: 'InvalidAccessError' }));
    expect(socket.readyState).toBe(1);
    socket.close(1000, 'x'.repeat(123));
    expect((await next(socket, 'close')).wasClean).toBe(true);
  });

  it.each<[unknown[], number, string]>([
    [[], 1005, ''],
    [[undefined], 1005, ''],
    [[1000], 1000, ''],
    [[1000, 'reason'], 1000, 'reason'],
    [[3000, '\ud807'], 3000, '\ufffd'],
    [[4999, 'x'], 4999, 'x'],
    [['1000'], 1000, ''],
    [[2999.5], 3000, ''],
    [[undefined, 'only'], 1000, 'only'],
    [[1000, null], 1000, 'null'],
  ])('%j sends %i "%s"', async (args, code, reason) => {
    const { socket, peer } = await facing();
    Reflect.apply(socket.close, socket, args);
    await peer.until(() => peer.frames.length > 0);
    const payload = Buffer.from(peer.frames[0]?.payload ?? []);
    expect([payload.length < 2 ? 1005 : payload.readUInt16BE(0), payload.subarray(2).toString()]).toEqual([
      code,
      reason,
    ]);
    peer.write(bytes('88 00'));
    peer.socket.end();
    const closed = await next(socket, 'close');
    expect([closed.wasClean, closed.code]).toEqual([true, 1005]);
  });

  it('while connecting fails the connection: error, then close, as tasks', async () => {
    const socket = made();
    const events = log(socket);
    socket.close();
    expect([socket.readyState, events]).toEqual([2, []]);
    const closed = await next(socket, 'close');
    expect([closed.wasClean, closed.code, closed.reason]).toEqual([false, 1006, '']);
    expect(events).toEqual(['error 3', 'close 3']);
  });

  it('does nothing the second time, nor in the close event', async () => {
    const socket = await opened();
    const events = log(socket);
    socket.onclose = () => socket.close();
    for (let i = 0; i < 3; i++) socket.close(3000 + i);
    expect((await next(socket, 'close')).code).toBe(3000);
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    expect(events).toEqual(['close 3']);
  });

  it('lets no more messages through', async () => {
    const { socket, peer } = await facing();
    const events = log(socket);
    socket.close();
    peer.write(bytes('81 01 78 88 02 03e8'));
    peer.socket.end();
    await next(socket, 'close');
    expect(events).toEqual(['close 3']);
  });
});

describe('the end', () => {
  it('reflects the Close of the server, and readyState is CLOSING meanwhile', async () => {
    const { socket, peer } = await facing();
    const events = log(socket);
    peer.write(bytes('81 01 78 88 04 0fa1 6869'));
    await peer.until(() => peer.frames.length > 0);
    expect([socket.readyState, events]).toEqual([2, ['message 1']]);
    socket.send('late');
    expect(socket.bufferedAmount).toBe(4);
    peer.socket.end();
    const { wasClean, code, reason } = await next(socket, 'close');
    expect([wasClean, code, reason]).toEqual([true, 4001, 'hi']);
  });

  it('is an error without a Close', async () => {
    const { socket, peer } = await facing();
    const events = log(socket);
    peer.socket.end();
    const { wasClean, code } = await next(socket, 'close');
    expect([wasClean, code, ...events]).toEqual([false, 1006, 'error 3', 'close 3']);
  });

  it.each([
    ['answers 404', 'HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n', { status: 404 }],
    ['breaks a rule', 'HTTP/1.1 101 Yes\r\n\r\n', { cause: { violation: 'response-upgrade-wrong' } }],
    ['redirects', 'HTTP/1.1 302 No\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n', { status: 302 }],
  ])('says what went wrong where the server %s', async (_, response, cause) => {
    const socket = made(raw.url);
    const events = log(socket);
    const peer = await raw.next();
    await peer.head();
    peer.write(response);
    const error = next(socket, 'error');
    await next(socket, 'close');
    expect((await error).error).toMatchObject(cause);
    expect(events).toEqual(['error 3', 'close 3']);
  });

  it('comes at once where the server agrees on no subprotocol', async () => {
    const socket = made(raw.url, ['a', 'b']);
    const events = log(socket);
    const peer = await raw.next();
    peer.write(acceptance(await peer.head()));
    expect((await next(socket, 'close')).code).toBe(1006);
    expect(events).toEqual(['error 3', 'close 3']);
  });

  it.each([1, 22, 6000, 10_080])('comes at once for the port %i of another protocol', async (port) => {
    const socket = made(`ws://127.0.0.1:${port}/`);
    const events = log(socket);
    expect((await next(socket, 'close')).code).toBe(1006);
    expect(events).toEqual(['error 3', 'close 3']);
  });
});

describe('the third argument', () => {
  it('gives headers and limits', async () => {
    const socket = made(raw.url, [], { headers: { Authorization: 'Bearer x' }, limits: { messageBytes: 1 } });
    const peer = await raw.next();
    const head = await peer.head();
    expect(head).toContain('\r\nAuthorization: Bearer x\r\n');
    peer.write(acceptance(head)).write(bytes('81 02 7878')).socket.end();
    expect((await next(socket, 'error')).error).toMatchObject({ violation: 'message-too-big' });
  });

  it.each([true, false])('has a signal that gives the opening handshake up (fired before: %s)', async (before) => {
    const controller = new AbortController();
    const reason = new Error('no more');
    if (before) controller.abort(reason);
    const socket = made(raw.url, [], { signal: controller.signal });
    const error = next(socket, 'error');
    const closed = next(socket, 'close');
    if (!before) {
      await (await raw.next()).head();
      controller.abort(reason);
    }
    expect((await error).error).toBe(reason);
    expect((await closed).code).toBe(1006);
  });

  it('has a signal that changes nothing once the connection is open', async () => {
    const controller = new AbortController();
    const socket = made(server.url, [], { signal: controller.signal });
    await next(socket, 'open');
    controller.abort();
    socket.send('x');
    expect((await next(socket, 'message')).data).toBe('x');
  });
});
