import { describe, expect, it } from 'vitest';
import { HandshakeError } from '../../adapters/interfaces/client.ts';
import { following } from '../../adapters/interfaces/redirects.ts';
import type { Target } from '../../adapters/interfaces/websocket-url.ts';
import type { Fields } from '../../core/index.ts';

const fields = (locations: readonly string[]): Fields => ({
  get: () => locations[0],
  all: (name) => (name === 'location' ? locations : []),
  [Symbol.iterator]: () => locations.map((value): [string, string] => ['Location', value])[Symbol.iterator](),
});

const GIVEN = { headers: { Authorization: 'secret', 'X-Own': 'secret' }, cookies: { id: 'secret' } };

/** What was asked for on the way of `locations`; the last answer accepts. */
async function follow(
  url: string,
  locations: readonly (string | readonly string[])[],
  redirects: number,
  status = 302,
): Promise<{ asked: string[]; result: unknown }> {
  const asked: string[] = [];
  const answers = [...locations];
  const attempt = async (target: Target, options: object, isElsewhere: boolean): Promise<string> => {
    const secret = JSON.stringify(options).includes('secret') ? ' with secrets' : '';
    const authorization = target.authorization === undefined ? '' : ` as ${atob(target.authorization.slice(6))}`;
    asked.push(`${target.secure ? 'wss' : 'ws'}://${target.host}${target.target}${authorization}${secret}`);
    expect(isElsewhere).toBe(secret === '');
    const location = answers.shift();
    if (location === undefined) return 'open';
    const body = new Uint8Array(1);
    throw new HandshakeError('refused', { status, fields: fields([location].flat()), body });
  };
  const result = await following(url, { ...GIVEN, redirects }, attempt).catch((error: unknown) => error);
  return { asked, result };
}

describe('redirects', () => {
  it('are not followed unless asked for (CH12)', async () => {
    const { asked, result } = await follow('ws://a/', ['/b'], 0);
    expect(asked).toEqual(['ws://a/ with secrets']);
    expect(result).toMatchObject({ name: 'HandshakeError', message: 'refused', status: 302 });
  });

  it.each([301, 302, 303, 307, 308])('of status %i are followed, relative ones included', async (status) => {
    const { asked, result } = await follow('ws://u:p@a/b/c?d', ['e?f#g', '//a/h', 'http://a:80/i'], 3, status);
    expect(asked).toEqual([
      'ws://a/b/c?d as u:p with secrets',
      'ws://a/b/e?f as u:p with secrets',
      'ws://a/h as u:p with secrets',
      'ws://a/i as u:p with secrets',
    ]);
    expect(result).toBe('open');
  });

  it.each([200, 300, 304, 305, 401, 407])('of status %i are none (CH13)', async (status) => {
    const { result } = await follow('ws://a/', ['/b'], 5, status);
    expect(result).toMatchObject({ message: 'refused', status });
  });

  it.each([
    ['another host', 'ws://b/', 'ws://b/'],
    ['a host below', 'ws://x.a/', 'ws://x.a/'],
    ['another port', 'ws://a:81/', 'ws://a:81/'],
    ['another scheme', 'wss://a/', 'wss://a/'],
    ['credentials of its own', 'ws://x:y@b/', 'ws://b/'],
  ])('to %s take no secrets along, nor back again (I10)', async (_, location, there) => {
    const { asked } = await follow('ws://u:p@a/', [location, location.startsWith('wss') ? 'wss://c/' : 'ws://a/x'], 2);
    expect(asked[0]).toBe('ws://a/ as u:p with secrets');
    expect(asked[1]).toBe(there);
    expect(asked[2]).not.toMatch(/ /);
  });

  it('bring no credentials of their own to the same origin', async () => {
    expect((await follow('ws://a/', ['ws://x:y@a/b'], 1)).asked[1]).toBe('ws://a/b with secrets');
  });

  it.each([
    ['from wss to ws', 'wss://a/', 'ws://a/', 'from wss to ws'],
    ['from wss to http', 'wss://a/', 'http://a/', 'from wss to ws'],
    ['to another scheme', 'ws://a/', 'file:///etc/passwd', 'no WebSocket URL'],
    ['to a Unix socket', 'ws://a/', 'ws+unix:///run/x', 'no WebSocket URL'],
    ['to what is no URL', 'ws://a/', 'ws://[', 'no WebSocket URL'],
    ['to two places', 'ws://a/', ['/b', '/c'], 'no WebSocket URL'],
    ['to itself', 'ws://a/', '/', 'in a circle'],
  ])('%s are refused, with the response', async (_, url, location, message) => {
    const { asked, result } = await follow(url, [location], 5);
    expect(asked).toHaveLength(1);
    expect(result).toBeInstanceOf(HandshakeError);
    expect(result).toMatchObject({ message: expect.stringContaining(message), status: 302, body: new Uint8Array(1) });
  });

  it('are counted, and a circle is seen', async () => {
    const { asked, result } = await follow('ws://a/0', ['/1', '/2', '/3'], 2);
    expect([asked.length, result]).toMatchObject([3, { message: 'refused' }]);
    expect((await follow('ws://a/0', ['/1', '/0'], 9)).result).toMatchObject({
      message: 'the server redirects in a circle',
    });
  });

  it('without a Location are refusals like others', async () => {
    expect((await follow('ws://a/', [[]], 5)).result).toMatchObject({ message: 'refused', status: 302 });
  });

  it.each([-1, 1.5, NaN])('cannot be %s', async (redirects) => {
    expect((await follow('ws://a/', [], redirects)).result).toMatchObject({ name: 'UsageError' });
  });
});
