import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { connect, type NodeServer, serve } from '../../../adapters/node.ts';
import { UsageError } from '../../../core/index.ts';
import { deferred, eventually, rawClient, request } from '../../support/raw-socket.ts';

const open: NodeServer[] = [];
const serving = async (options: Parameters<typeof serve<undefined>>[0] = {}): Promise<NodeServer> => {
  const server = await serve(options);
  open.push(server);
  return server;
};
const answer = async (server: NodeServer, bytes: string | Uint8Array): Promise<string> => {
  const raw = await rawClient(server.port);
  raw.write(bytes);
  await raw.end();
  raw.socket.destroy();
  return raw.text;
};
afterEach(async () => {
  vi.restoreAllMocks();
  for (const server of open.splice(0)) await server.close({ grace: 1 });
});

describe('a server', () => {
  it('listens on loopback unless told otherwise, and says where', async () => {
    const server = await serving();
    expect(server.url).toBe(`ws://127.0.0.1:${server.port}/`);
    await expect(serve({ port: server.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('knows its connections, their data and addresses', async () => {
    const server = await serve<{ user: string }>({ upgrade: ({ query }) => ({ data: { user: query } }) });
    const client = await connect(`${server.url}?me`);
    await eventually(() => server.connections.size === 1);
    expect([...server.connections].map(({ data, remoteAddress }) => [data, remoteAddress])).toEqual([
      [{ user: 'me' }, '127.0.0.1'],
    ]);
    await client.close();
    await eventually(() => server.connections.size === 0);
    await server.close();
  });

  it('refuses options that no connection can have before it listens', async () => {
    await expect(serve({ limits: { frameBytes: -1 } })).rejects.toThrow(UsageError);
    await expect(serve({ deadlines: { opening: 0 } })).rejects.toThrow(UsageError);
  });

  it('serves a Unix socket, which is gone after it', async () => {
    const socketPath = join(tmpdir(), `sansocket-${process.pid}.sock`);
    rmSync(socketPath, { force: true });
    const server = await serve({ socketPath, message: (connection, message) => void connection.send(message) });
    expect([server.port, server.url]).toEqual([0, `ws+unix:${socketPath}`]);
    const client = await connect('ws://localhost/', { socketPath });
    client.send('x');
    for await (const message of client) {
      expect(message).toBe('x');
      break;
    }
    await client.close();
    await server.close();
    await expect(connect('ws://localhost/', { socketPath })).rejects.toMatchObject({ code: 'refused' });
  });
});

describe('a request that is refused', () => {
  const more = 'GET /admin HTTP/1.1\r\nHost: a\r\n\r\n';
  it.each([
    ['for no WebSocket', `GET / HTTP/1.1\r\nHost: a\r\n\r\n${more}`, 426],
    ['with POST', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc', 405],
    ['of another version', request().replace('Version: 13', 'Version: 777') + more, 426],
    ['of HTTP/1.0', 'GET / HTTP/1.0\r\n\r\n', 505],
    ['of a body that hides a request', request('/', ['Content-Length: 33']) + more, 400],
    ['for another path', request('/other') + more, 404],
    ['of garbage', '\0\0\0\0', 400],
    ['of text that is no HTTP', 'hello\r\n\r\n', 400],
    ['with a head without end', `GET / HTTP/1.1\r\n${'a: b\r\n'.repeat(4_000)}`, 431],
  ])('%s gets one answer, and then the end', async (_, bytes, status) => {
    const server = await serving({ path: '/' });
    const text = await answer(server, bytes);
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual([`HTTP/1.1 ${status}`]);
    expect(text).toMatch(/^Connection: .*close\r$/m);
    if (status === 426) expect(text).toContain('Sec-WebSocket-Version: 13\r\n');
    if (status === 405) expect(text).toContain('Allow: GET\r\n');
  });

  it('because its head is slow gets 408', async () => {
    const server = await serving({ deadlines: { opening: 30 } });
    expect(await answer(server, 'GET / HTTP/1.1\r\nHo')).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('because the decision is slow gets 408, and a late decision changes nothing', async () => {
    const decision = deferred<undefined>();
    const server = await serving({ deadlines: { opening: 30 }, upgrade: () => decision.promise });
    const raw = await rawClient(server.port);
    raw.write(request());
    await raw.end();
    decision.resolve(undefined);
    raw.socket.end();
    await raw.closed;
    expect(raw.text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 408']);
  });

  it('is none where the client says nothing and leaves: nobody answers, and nobody is told', async () => {
    const report = vi.spyOn(console, 'error').mockImplementation(() => {});
    const server = await serving();
    const raw = await rawClient(server.port);
    raw.socket.end();
    await raw.closed;
    expect([raw.text, report.mock.calls]).toEqual(['', []]);
  });
});

describe('`fetch`', () => {
  it('answers requests for something other than a WebSocket, one for each connection', async () => {
    const server = await serving({
      fetch: ({ method, path, query }) => ({
        status: 200,
        headers: { 'X-A': 'b' },
        body: `${method} ${path} ${query}`,
      }),
    });
    const response = await fetch(`${server.url.replace('ws', 'http')}page?q`);
    expect([response.status, response.headers.get('x-a'), await response.text()]).toEqual([200, 'b', 'GET /page q']);
    const one = 'GET /x HTTP/1.1\r\nHost: a\r\n\r\n';
    expect((await answer(server, one + one)).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200']);
    expect(await (await connect(server.url)).close()).toMatchObject({ code: 1000 });
  });

  it.each([
    ['at once', () => new Response('hi', { status: 201, headers: { 'X-A': 'b' } })],
    ['later', async () => new Response('hi', { status: 201, headers: { 'X-A': 'b' } })],
  ] as const)('may answer with a Response, %s', async (_, fetched) => {
    const server = await serving({ fetch: fetched });
    const response = await fetch(server.url.replace('ws', 'http'));
    expect([response.status, response.headers.get('x-a'), await response.text()]).toEqual([201, 'b', 'hi']);
    expect(response.headers.get('content-type')).toBe('text/plain;charset=UTF-8');
  });

  it('may take its time', async () => {
    const server = await serving({ fetch: async () => ({ status: 204 }) });
    expect((await fetch(server.url.replace('ws', 'http'))).status).toBe(204);
  });
});
