/** What the web-platform tests of `WebSocket` check, on real sockets: the constructor, and the class as Web IDL has it. */
import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import { type NodeServer, serve, WebSocket } from '../../../adapters/node.ts';

let server: NodeServer;
const sockets: WebSocket[] = [];
const made = (...args: unknown[]): WebSocket => {
  const socket: WebSocket = Reflect.construct(WebSocket, args);
  sockets.push(socket);
  return socket;
};

beforeEach(async () => {
  server = await serve({ subprotocols: ['echo'], message: (connection, message) => void connection.send(message) });
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.close();
  await server.close({ grace: 1 });
});

describe('the constructor', () => {
  it.each([
    'ws://foo bar.com/',
    'wss://foo bar.com/',
    'ftp://localhost/',
    'mailto:example@example.org',
    'about:blank',
    'ws://localhost/#',
    'ws://localhost/#test',
    '#test',
    '/echo',
    '',
    'ws://localhost:65536/',
  ])('throws SyntaxError for the URL "%s"', (url) => {
    expect(() => made(url)).toThrow(expect.objectContaining({ name: 'SyntaxError', code: 12 }));
    expect(() => made(url)).toThrow(DOMException);
  });

  it.each([
    ['http://localhost/', 'ws://localhost/'],
    ['https://localhost/', 'wss://localhost/'],
    ['HTTP://LOCALHOST:80', 'ws://localhost/'],
    ['https://localhost:443/x', 'wss://localhost/x'],
    ['ws://localhost:80/', 'ws://localhost/'],
    ['wss://localhost:443/', 'wss://localhost/'],
    ['wss://localhost:444/', 'wss://localhost:444/'],
    ['ws://localhost/a b?c d', 'ws://localhost/a%20b?c%20d'],
    ['ws://localhost/\ud800', 'ws://localhost/%EF%BF%BD'],
  ])('connects to %s as %s', (url, expected) => {
    expect(made(url).url).toBe(expected);
    expect(made(new URL(url)).url).toBe(expected);
  });

  it('takes a relative URL where the runtime has an address', () => {
    Object.defineProperty(globalThis, 'location', { value: { href: `${server.url}a/b` }, configurable: true });
    try {
      expect(made('c?d').url).toBe(`${server.url}a/c?d`);
    } finally {
      Reflect.deleteProperty(globalThis, 'location');
    }
  });

  it.each<[string, unknown]>([
    ['the empty string', ''],
    ['a space', 'ec ho'],
    ['a separator', '/echo'],
    ['a comma', 'a,b'],
    ['what is not ASCII', '\u0080echo'],
    ['a control', 'a\u0000'],
    ['a repetition', ['echo', 'echo']],
    ['a repetition in another case', ['echo', 'Echo']],
    ['an empty element', ['echo', '']],
  ])('throws SyntaxError for subprotocols with %s', (_, protocols) => {
    expect(() => made(server.url, protocols)).toThrow(expect.objectContaining({ name: 'SyntaxError' }));
  });

  it('judges the URL before the subprotocols, and converts both before', () => {
    expect(() => made('about:blank', '')).toThrow(/scheme/);
    expect(() => made('about:blank', Symbol('x'))).toThrow(TypeError);
    expect(() => made(Symbol('x'))).toThrow(TypeError);
    expect(() => made()).toThrow(TypeError);
    expect(() => made('ws://localhost/', ['a', Symbol('x')])).toThrow(TypeError);
  });

  it.each<[unknown, string]>([
    ['echo', 'echo'],
    [['other', 'echo'], 'echo'],
    [new Set(['echo']), 'echo'],
    [{ toString: () => 'echo' }, 'echo'],
    [[], ''],
    [undefined, ''],
  ])('offers the subprotocols %o', async (protocols, chosen) => {
    const socket = made(server.url, protocols);
    expect([socket.protocol, socket.extensions]).toEqual(['', '']);
    await new Promise((resolve) => socket.addEventListener('open', resolve));
    expect([socket.protocol, socket.extensions]).toEqual([chosen, '']);
  });

  it.each(['Stray argument', 1, null, undefined])('is not disturbed by %s as the third argument', (stray) => {
    expect(made(server.url, 'echo', stray)).toBeInstanceOf(WebSocket);
  });

  it('cannot be called without new', () => {
    expect(() => Reflect.apply(WebSocket, undefined, [server.url])).toThrow(TypeError);
  });
});

describe('the class', () => {
  const attributes = [
    ...['url', 'readyState', 'bufferedAmount', 'extensions', 'protocol', 'binaryType'],
    ...['onopen', 'onmessage', 'onerror', 'onclose'],
  ];

  it('is an EventTarget with a name, a length and a tag', () => {
    expect(Object.getPrototypeOf(WebSocket)).toBe(EventTarget);
    expect(Object.getPrototypeOf(WebSocket.prototype)).toBe(EventTarget.prototype);
    expect([WebSocket.name, Reflect.get(WebSocket, 'length')]).toEqual(['WebSocket', 1]);
    expect(Object.getOwnPropertyDescriptor(WebSocket, 'prototype')).toMatchObject({ writable: false });
    expect(Object.getOwnPropertyDescriptor(WebSocket.prototype, Symbol.toStringTag)).toEqual({
      value: 'WebSocket',
      writable: false,
      enumerable: false,
      configurable: true,
    });
    expect(String(made(server.url))).toBe('[object WebSocket]');
  });

  it.each([
    ['CONNECTING', 0],
    ['OPEN', 1],
    ['CLOSING', 2],
    ['CLOSED', 3],
  ])('has the constant %s on itself and on its prototype', (name, value) => {
    const constant = { value, writable: false, enumerable: true, configurable: false };
    expect(Object.getOwnPropertyDescriptor(WebSocket, name)).toEqual(constant);
    expect(Object.getOwnPropertyDescriptor(WebSocket.prototype, name)).toEqual(constant);
    expect(Reflect.set(made(server.url), name, 5)).toBe(false);
    expect(Reflect.deleteProperty(WebSocket, name)).toBe(false);
  });

  it.each(attributes)('has the attribute %s on its prototype, which only a WebSocket has', (name) => {
    const { get, set, enumerable, configurable } = Object.getOwnPropertyDescriptor(WebSocket.prototype, name) ?? {};
    expect([enumerable, configurable, get?.name]).toEqual([true, true, `get ${name}`]);
    expect(set === undefined).toBe(!/^(on|binaryType)/.test(name));
    expect(() => get?.call({})).toThrow(TypeError);
    if (set !== undefined) expect(() => set.call({}, 'x')).toThrow(TypeError);
    expect(Object.hasOwn(made(server.url), name)).toBe(false);
  });

  it.each([
    ['send', 1],
    ['close', 0],
  ])('has the operation %s on its prototype', (name, length) => {
    const { value, writable, enumerable, configurable } =
      Object.getOwnPropertyDescriptor(WebSocket.prototype, name) ?? {};
    expect([writable, enumerable, configurable, value.length, value.name]).toEqual([true, true, true, length, name]);
    expect(() => value.call({}, 'x')).toThrow(TypeError);
  });

  it('cannot be written to where an attribute is read-only', () => {
    const socket = made(server.url);
    for (const name of ['url', 'readyState', 'bufferedAmount', 'extensions', 'protocol']) {
      expect(Reflect.set(socket, name, 'x')).toBe(false);
      expect(Reflect.deleteProperty(socket, name)).toBe(true);
      expect(Reflect.get(socket, name)).not.toBeUndefined();
    }
  });

  it('can be extended', () => {
    class Mine extends WebSocket {
      readonly mine = true;
    }
    const socket = new Mine(server.url);
    sockets.push(socket);
    expect([socket.mine, socket instanceof WebSocket, socket.readyState]).toEqual([true, true, 0]);
  });

  it('takes blob and arraybuffer as binaryType, and ignores everything else', () => {
    const socket = made(server.url);
    expect(socket.binaryType).toBe('blob');
    socket.binaryType = 'arraybuffer';
    for (const wrong of ['notBlobOrArrayBuffer', '', 'Blob', null, 0]) Reflect.set(socket, 'binaryType', wrong);
    expect(socket.binaryType).toBe('arraybuffer');
    socket.binaryType = 'blob';
    expect(socket.binaryType).toBe('blob');
    expect(() => Reflect.set(socket, 'binaryType', Symbol('x'))).toThrow(TypeError);
  });

  it('types its events by their names', () => {
    const socket = made(server.url);
    socket.addEventListener('close', (event) => expectTypeOf(event.wasClean).toEqualTypeOf<boolean>());
    socket.addEventListener('message', function (event) {
      expectTypeOf(event).toEqualTypeOf<MessageEvent>();
      expectTypeOf(this).toEqualTypeOf<WebSocket>();
    });
    expectTypeOf(socket.binaryType).toEqualTypeOf<'blob' | 'arraybuffer'>();
    expectTypeOf(WebSocket.OPEN).toEqualTypeOf<1>();
    type Options = NonNullable<ConstructorParameters<typeof WebSocket>[2]>;
    expectTypeOf<Options>().toHaveProperty('headers');
    expectTypeOf<Options>().toHaveProperty('tls');
    expectTypeOf<Options>().not.toHaveProperty('message');
    expectTypeOf<Options>().not.toHaveProperty('subprotocols');
  });
});
