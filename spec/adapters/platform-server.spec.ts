import { describe, expect, it } from 'vitest';
import { PlatformServer, type PlatformServerOptions } from '../../adapters/interfaces/platform-server.ts';
import { memoryHost, VirtualClock } from '../../adapters/testing.ts';
import { UsageError } from '../../core/index.ts';

const URL_OF_SERVER = 'https://example.com/chat?room=1';

/** A request as a platform gives it; `undefined` takes a field away. */
function requestWith(fields: Readonly<Record<string, string | undefined>> = {}): {
  method: string;
  url: string;
  headers: Headers;
} {
  const all = { Upgrade: 'websocket', Host: 'example.com', 'Sec-WebSocket-Protocol': 'a, b', ...fields };
  const given = Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return { method: 'GET', url: URL_OF_SERVER, headers: new Headers(given) };
}

function serverWith(options: PlatformServerOptions): { server: PlatformServer; reported: readonly unknown[] } {
  const host = memoryHost(new VirtualClock());
  const reported: unknown[] = [];
  return { server: new PlatformServer(options, { ...host, report: (error) => void reported.push(error) }), reported };
}

describe('a server that is given requests', () => {
  it('refuses by name what a platform cannot honour', () => {
    for (const name of ['limits', 'deadlines', 'compression', 'messages', 'ping', 'trustProxy', 'port', 'tls']) {
      expect(() => serverWith({ [name]: {} })).toThrow(
        new UsageError(`a platform's WebSocket cannot honour the option ${name}`),
      );
    }
  });

  it.each<[string, PlatformServerOptions, Record<string, string | undefined>, number]>([
    ['another path', { path: '/other' }, {}, 404],
    ['another host', { hosts: ['example.org'] }, {}, 421],
    ['a page of another origin', {}, { Origin: 'https://evil.example' }, 403],
    ['no page', { requireOrigin: true }, {}, 403],
    ['no WebSocket', {}, { Upgrade: undefined }, 426],
    ['no WebSocket, where `fetch` answers', { fetch: () => ({ status: 200 }) }, { Upgrade: 'h2c' }, 200],
    ['whom `upgrade` refuses', { upgrade: () => Promise.resolve({ status: 401 }) }, {}, 401],
    ['everybody, where `upgrade` throws', { upgrade: () => Promise.reject(new Error('failed')) }, {}, 500],
    ['what was not offered', { upgrade: () => ({ subprotocol: 'c' }) }, {}, 500],
  ])('refuses %s', async (_, options, fields, status) => {
    const { server, reported } = serverWith(options);
    expect(await server.decide(requestWith(fields))).toMatchObject({ status });
    expect(reported.length).toBe(status === 500 ? 1 : 0);
  });

  it('accepts, with a subprotocol it speaks and the fields of `upgrade`', async () => {
    const seen: unknown[] = [];
    const { server } = serverWith({
      subprotocols: ['x', 'b'],
      upgrade({ url, path, query, host, origin, subprotocols, secure, remoteAddress, fields }) {
        seen.push(url.href, path, query, host, origin, subprotocols, secure, remoteAddress, fields.all('x-none'));
        return { headers: { 'X-More': '1' } };
      },
    });
    const fields = { 'CF-Connecting-IP': '192.0.2.1', Origin: 'https://example.com' };
    const answer = await server.decide(requestWith(fields));
    expect(answer).toMatchObject({
      headers: [
        ['X-More', '1'],
        ['Sec-WebSocket-Protocol', 'b'],
      ],
    });
    expect(seen).toEqual([
      'wss://example.com/chat?room=1',
      '/chat',
      'room=1',
      'example.com',
      'https://example.com',
      ['a', 'b'],
      true,
      '192.0.2.1',
      [],
    ]);
  });

  it('has the connections that are open', async () => {
    const { server } = serverWith({});
    const answer = await server.decide(requestWith());
    if (answer.status !== undefined) throw new Error(`refused: ${answer.status}`);
    const listeners = new Map<string, (event: object) => void>();
    answer.open({
      send() {},
      close() {},
      addEventListener: (type, listener) => void listeners.set(type, listener),
    });
    const [connection] = server.connections;
    expect([server.connections.size, connection?.subprotocol]).toEqual([1, '']);
    listeners.get('close')?.({ code: 1000 });
    await connection?.closed;
    expect(server.connections.size).toBe(0);
  });
});
