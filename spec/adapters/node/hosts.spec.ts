import { afterEach, describe, expect, it } from 'vitest';
import { isKnownHost } from '../../../adapters/interfaces/hosts.ts';
import { type NodeServer, type ServerRequest, serve } from '../../../adapters/node.ts';
import { rawClient, request } from '../../support/raw-socket.ts';

const open: NodeServer[] = [];
const serving = async (options: Parameters<typeof serve<undefined>>[0]): Promise<NodeServer> => {
  const server = await serve(options);
  open.push(server);
  return server;
};
afterEach(async () => {
  for (const server of open.splice(0)) await server.close({ grace: 1 });
});

/** The status of the answer to a request for `host`. */
async function statusFor(port: number, host: string, text = request()): Promise<number> {
  const raw = await rawClient(port);
  raw.write(text.replace('Host: localhost', `Host: ${host}`));
  const [, status] = (await raw.head()).split(' ');
  raw.socket.destroy();
  return Number(status);
}

describe('the hosts a server is known by (F17)', () => {
  const LISTED = ['localhost', '127.0.0.1', '[::1]', 'example.com:8443'];

  it.each(['localhost', 'LOCALHOST:5173', '127.0.0.1', '127.0.0.1:80', '[::1]:8080', '[::1]', 'Example.com:8443'])(
    'are compared without case, and a port where one is listed: %s',
    (host) => {
      expect(isKnownHost(LISTED, host)).toBe(true);
    },
  );

  it.each([
    ...['10.0.2.555', '127.1', '0x7f.1', '2130706433', '[::ffff:7f00:1]', '[::ffff:127.0.0.1]', 'localhost.'],
    ...['evil.example', 'localhost.evil.example', 'xlocalhost', 'example.com', 'example.com:80', '', ':80'],
  ])('are no others, however they are spelled: %s', (host) => {
    expect(isKnownHost(LISTED, host)).toBe(false);
  });

  it('get others refused with 421, before the program is asked, and with no page of the "same" origin', async () => {
    let asked = 0;
    const count = (): undefined => {
      asked++;
    };
    const server = await serving({ hosts: ['localhost'], upgrade: count, fetch: () => ({ status: 204 }) });
    const rebound = request('/', ['Origin: http://evil.example']);
    expect(await statusFor(server.port, 'evil.example', rebound)).toBe(421);
    expect(await statusFor(server.port, 'evil.example', 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')).toBe(421);
    expect(asked).toBe(0);
    expect(await statusFor(server.port, 'localhost')).toBe(101);
    expect(asked).toBe(1);
  });

  it('are any where none are listed', async () => {
    expect(await statusFor((await serving({})).port, 'evil.example')).toBe(101);
  });
});

describe('a Host or a target that no URL can have (D4, D5)', () => {
  it.each(['a:99999', '[:]', '[::1:]', '1.2.3.256', 'xn--', '%41%00', '0x100000000', 'a%'])(
    'is refused, and reaches no program: %s',
    async (host) => {
      const seen: ServerRequest[] = [];
      const server = await serving({ upgrade: (asked) => void seen.push(asked) });
      expect(await statusFor(server.port, host)).toBe(400);
      expect(seen).toEqual([]);
    },
  );

  it.each(['/', '/?', '/%', '/%zz?%', '/a//b', '/..//x', '/.', '/[', '/a?b?c=[', '/\'"<>{}|^`'])(
    'every other target has a URL and a path: %s',
    async (target) => {
      const paths: string[] = [];
      const server = await serving({
        upgrade({ url, path, query }) {
          paths.push(`${path}?${query}`);
          expect(url.host).toBe('localhost');
          return undefined;
        },
      });
      expect(await statusFor(server.port, 'localhost', request(target))).toBe(101);
      expect(paths).toEqual([target.includes('?') ? target : `${target}?`]);
    },
  );
});
