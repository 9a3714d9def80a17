import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attach, connect, upgrade, type WebSocketConnection } from '../../../adapters/node.ts';
import { deferred, eventually, rawClient, request } from '../../support/raw-socket.ts';
import { bytes, frame } from '../../support/wire.ts';

let http: Server;
let port: number;

beforeEach(async () => {
  http = createServer((_, response) => response.end('plain'));
  await once(http.listen(0, '127.0.0.1'), 'listening');
  port = (http.address() as AddressInfo).port; // it listens on an IP address
});

afterEach(() => {
  http.closeAllConnections();
  http.close();
});

const answerTo = async (target: string): Promise<string> => {
  const raw = await rawClient(port);
  raw.write(request(target));
  const head = await raw.head();
  raw.socket.resetAndDestroy();
  return head;
};

describe('attach', () => {
  it('takes upgrades, and leaves other requests to the HTTP server', async () => {
    attach(http, { message: (connection, message) => void connection.send(message) });
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('plain');
    const client = await connect(`ws://127.0.0.1:${port}/`);
    client.send('x');
    for await (const message of client) {
      expect(message).toBe('x');
      break;
    }
    expect(await client.close()).toMatchObject({ code: 1000, clean: true });
  });

  it('serves several paths of one server, and refuses the others with 404 (SH25)', async () => {
    attach(http, { path: '/a', subprotocols: ['a'] });
    attach(http, { path: '/b', subprotocols: ['b'] });
    for (const name of ['a', 'b']) {
      const client = await connect(`ws://127.0.0.1:${port}/${name}?q`, { subprotocols: ['b', 'a'] });
      expect(client.subprotocol).toBe(name);
      await client.close();
    }
    expect(await answerTo('/c')).toMatch(/^HTTP\/1\.1 404 /);
    expect(() => attach(http, { path: '/a' })).toThrow('attached already');
  });

  it('gives the path of one that is closed to another', async () => {
    const first = attach(http, { path: '/a' });
    await first.close();
    expect(await answerTo('/a')).toMatch(/^HTTP\/1\.1 503 /);
    attach(http, { path: '/a' });
    expect(await answerTo('/a')).toMatch(/^HTTP\/1\.1 101 /);
  });

  it('is to an HTTP server', () => {
    expect(() => attach({} as Server)).toThrow('`attach` takes an HTTP server');
  });

  it.each([
    ['alone', 'Upgrade, HTTP2-Settings', 'undefined'],
    ['with what the connection is besides', 'HTTP2-Settings, close, Upgrade', 'close'],
  ])('lets the HTTP server answer who asks for HTTP/2, %s', async (_, connection, left) => {
    attach(http);
    http.removeAllListeners('request');
    http.on('request', async ({ method, url, headers, socket }: IncomingMessage, response: ServerResponse) => {
      const { upgrade: other, host, connection: kept } = headers;
      response.end(`${method} ${url} ${host} ${other} ${kept} ${socket.remoteAddress}`);
    });
    const raw = await rawClient(port);
    const h2c = `Connection: ${connection}\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__`;
    raw.write(`GET /page HTTP/1.1\r\nHost: a\r\n${h2c}\r\n\r\n`);
    await raw.until(() => raw.text.endsWith(' 127.0.0.1'));
    expect(raw.text).toMatch(/^HTTP\/1\.1 200 /);
    // Node 20 is given the request without these fields; those that can be told ignore them by themselves.
    const answers = [`a undefined ${left}`, `a h2c ${connection}`].map((fields) => `GET /page ${fields} 127.0.0.1`);
    expect(answers).toContain(raw.text.slice(raw.text.indexOf('\r\n\r\n') + 4));
    raw.socket.resetAndDestroy();
  });

  it('lets it read the body, and the next request of the same client', async () => {
    attach(http);
    http.removeAllListeners('request');
    http.on('request', async (message: IncomingMessage, response: ServerResponse) => {
      let body = '';
      for await (const chunk of message) body += String(chunk);
      response.end(`<${body}>`);
    });
    const raw = await rawClient(port);
    const post = (upgrade: string): string => `POST / HTTP/1.1\r\nHost: a\r\n${upgrade}Content-Length: 4\r\n\r\n`;
    raw.write(`${post('Connection: Upgrade\r\nUpgrade: h2c\r\n')}bo`).write('dy');
    await raw.until(() => raw.text.endsWith('<body>'));
    raw.write(`${post('')}next`);
    await raw.until(() => raw.text.endsWith('<next>'));
    raw.socket.resetAndDestroy();
    const client = await connect(`ws://127.0.0.1:${port}/`);
    expect((await client.close()).clean).toBe(true);
  });

  it('keeps nothing of a client that asks for another protocol again and again', async () => {
    attach(http);
    let newest: Socket | undefined;
    http.on('connection', (socket: Socket) => {
      newest = socket;
    });
    const raw = await rawClient(port);
    const ask = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n';
    const answers = (): number => raw.text.split('plain').length - 1;
    const listeners = (): number[] => newest?.eventNames().map((name) => newest?.listenerCount(name) ?? 0) ?? [];
    let first: number[] = [];
    for (let i = 1; i <= 30; i++) {
      raw.write(ask);
      await raw.until(() => answers() === i);
      if (i === 2) first = listeners();
    }
    expect(first.length).toBeGreaterThan(0);
    expect(listeners()).toEqual(first);
    raw.socket.resetAndDestroy();
  });

  it('does not answer such requests out of order: who does not wait has each answered, or is dropped', async () => {
    attach(http);
    const responses: ServerResponse[] = [];
    http.removeAllListeners('request');
    http.on('request', (_: IncomingMessage, response: ServerResponse) => void responses.push(response));
    const ask = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n';
    const raw = await rawClient(port);
    raw.write(ask.repeat(3));
    const dropped = (): boolean => raw.ended || raw.socket.destroyed;
    // All may come at once, or each once the one before was answered.
    for (let i = 0; i < 3 && !dropped(); i++) {
      await eventually(() => responses.length > i || dropped());
      responses[i]?.end(`answer ${i}`);
    }
    await eventually(() => raw.text.endsWith('answer 2') || dropped());
    const came = raw.text.match(/answer \d/g) ?? [];
    expect(came).toEqual(['answer 0', 'answer 1', 'answer 2'].slice(0, dropped() ? came.length : 3));
    raw.socket.resetAndDestroy();
  });

  it('leaves other protocols to other listeners', async () => {
    attach(http);
    http.on('upgrade', (message, socket) => {
      if (message.headers.upgrade === 'other') socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\nother');
    });
    const raw = await rawClient(port);
    raw.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n');
    await raw.until(() => raw.text.endsWith('other'));
    raw.socket.resetAndDestroy();
  });

  it('leaves other paths to other listeners, and no reset before they listen ends the process', async () => {
    const other = deferred<Duplex>();
    attach(http, { path: '/a' });
    http.on('upgrade', (message, socket) => {
      if (message.url === '/other') other.resolve(socket);
    });
    const raw = await rawClient(port);
    raw.write(request('/other'));
    const socket = await other.promise;
    socket.resume();
    raw.socket.resetAndDestroy();
    await eventually(() => socket.destroyed);
    expect(await answerTo('/a')).toMatch(/^HTTP\/1\.1 101 /);
  });

  it('answers behind the answer to a request before, and drops who asks while that is under way', async () => {
    let opened = 0;
    attach(http, { open: () => void opened++ });
    const waiting = deferred<ServerResponse>();
    http.removeAllListeners('request');
    http.on('request', (message: IncomingMessage, response: ServerResponse) => {
      if (message.url === '/slow') waiting.resolve(response);
      else response.end('plain');
    });
    const get = (target: string): string => `GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`;
    const patient = await rawClient(port);
    patient.write(get('/fast'));
    await patient.until(() => patient.text.endsWith('plain'));
    patient.write(request());
    await patient.until(() => patient.text.includes('HTTP/1.1 101 '));
    patient.socket.resetAndDestroy();
    // Two answers at once would stand in the wrong order, and the first of them among our frames.
    const hasty = await rawClient(port);
    hasty.write(`${get('/slow')}${request()}`);
    const response = await waiting.promise;
    await eventually(() => response.destroyed || response.socket?.destroyed === true);
    response.end('late');
    await hasty.end();
    expect(hasty.text).toBe('');
    expect(opened).toBe(1);
    expect(await answerTo('/')).toMatch(/^HTTP\/1\.1 101 /);
  });

  it('reads frames that came with the request', async () => {
    const message = deferred<unknown>();
    attach(http, { message: (_, data) => message.resolve(data) });
    const raw = await rawClient(port);
    raw.write(Buffer.concat([Buffer.from(request()), frame(0x81, bytes('6869'), bytes('37fa213d'))]));
    expect(await message.promise).toBe('hi');
    raw.socket.resetAndDestroy();
  });

  it.each([
    ['Upgrade', 'websocket', 2_001],
    ['Connection', 'websocket', 2_001],
    ['Connection', 'h2c', 2_001],
    ['Connection', 'h2c', 1_100],
  ])(
    'refuses a request whose fields Node has cut off before %s, to %s, and reads no body as another (D3, F6)',
    async (before, to, fields) => {
      const asked: (string | undefined)[] = [];
      http.on('request', ({ url }) => asked.push(url));
      attach(http);
      const raw = await rawClient(port);
      const second = 'GET /admin HTTP/1.1\r\nHost: localhost\r\n\r\n';
      const head = request('/', [`Content-Length: ${second.length}`]).replace('Upgrade: websocket', `Upgrade: ${to}`);
      raw.write(head.replace(`${before}:`, `${'X:\r\n'.repeat(fields)}${before}:`) + second);
      await raw.end();
      expect(raw.text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 431']);
      raw.socket.destroy();
      expect(asked).toEqual([]);
      expect(await answerTo('/')).toMatch(/^HTTP\/1\.1 101 /);
    },
  );

  it("frees the socket from the HTTP server's idle timeout", async () => {
    http.timeout = 60_000;
    const sockets: Socket[] = [];
    http.on('connection', (socket) => sockets.push(socket));
    attach(http);
    expect(await answerTo('/')).toMatch(/^HTTP\/1\.1 101 /);
    expect(sockets.map(({ timeout }) => timeout)).toEqual([0]);
  });

  it.each([
    ['with a body', ['Content-Length: 33'], 400],
    ['with a chunked body', ['Transfer-Encoding: chunked'], 400],
    ['with two origins', ['Origin: http://localhost', 'Origin: http://localhost'], 400],
    ['of another origin', ['Origin: http://evil.example'], 403],
  ])('refuses a request %s, and answers nothing behind it (F6, F7, SH21, SH23)', async (_, extra, status) => {
    attach(http);
    const raw = await rawClient(port);
    raw.write(`${request('/', extra)}GET /admin HTTP/1.1\r\nHost: a\r\n\r\n`);
    await raw.end();
    expect(raw.text.match(/HTTP\/1\.1 \d+/g)).toEqual([`HTTP/1.1 ${status}`]);
    raw.socket.destroy();
  });
});

describe('upgrade', () => {
  const upgraded = (use: (...given: [Parameters<typeof upgrade>[0], Duplex, Buffer]) => void): void => {
    http.on('upgrade', use);
  };

  it('gives the connection of one event, at once or later (F18)', async () => {
    upgraded(async (message, socket, head) => {
      socket.on('error', () => {});
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      const connection = await upgrade(message, socket, head);
      connection?.send('welcome');
    });
    const client = await connect(`ws://127.0.0.1:${port}/`);
    for await (const message of client) {
      expect(message).toBe('welcome');
      break;
    }
    await client.close();
  });

  it('takes a socket once: the second call is a mistake, and the connection goes on (F18)', async () => {
    const results = deferred<unknown[]>();
    upgraded(async (message, socket, head) => {
      const first = upgrade(message, socket, head);
      const second = upgrade(message, socket, head).catch((error: unknown) => error);
      results.resolve([await first, await second]);
    });
    const client = await connect(`ws://127.0.0.1:${port}/`);
    const [connection, mistake] = await results.promise;
    expect(mistake).toMatchObject({ name: 'UsageError' });
    expect(connection).toMatchObject({ phase: 'open' });
    expect(await client.close(4000)).toMatchObject({ code: 4000, clean: true });
  });

  it('gives nothing for a request that is refused', async () => {
    const result = deferred<WebSocketConnection | undefined>();
    upgraded(async (message, socket, head) => result.resolve(await upgrade(message, socket, head)));
    const raw = await rawClient(port);
    raw.write(request('/', ['Origin: http://evil.example']));
    await raw.end();
    raw.socket.end();
    expect(raw.text).toMatch(/^HTTP\/1\.1 403 /);
    expect(await result.promise).toBeUndefined();
  });

  it('gives nothing where the client has gone before', async () => {
    const result = deferred<WebSocketConnection | undefined>();
    upgraded((message, socket, head) => {
      socket.on('error', () => {});
      socket.on('close', () => void upgrade(message, socket, head).then(result.resolve));
      socket.destroy();
    });
    const raw = await rawClient(port);
    raw.write(request());
    expect(await result.promise).toBeUndefined();
    raw.socket.destroy();
  });
});
