import { expect, it } from 'vitest';
import { connect } from '../../../adapters/node.ts';
import { rawServer } from '../../support/raw-socket.ts';

it('a proxy learns where to connect, and nothing of what is said there (I10, I11)', async () => {
  const proxy = await rawServer();
  const connecting = connect('ws://us:secret@example.com/path?secret', {
    proxy: { url: `http://pu:pw@127.0.0.1:${proxy.port}`, headers: { 'X-Proxy': 'for the proxy' } },
    headers: { 'X-Own': 'secret' },
    cookies: { id: 'secret' },
    subprotocols: ['secret'],
  }).catch((error: unknown) => error);
  const raw = await proxy.next();
  expect(await raw.head()).toBe(
    'CONNECT example.com:80 HTTP/1.1\r\nHost: example.com:80\r\nProxy-Authorization: Basic cHU6cHc=\r\nX-Proxy: for the proxy\r\n\r\n',
  );
  raw.received = Buffer.alloc(0);
  raw.write('HTTP/1.1 200 OK\r\n\r\n');
  const request = await raw.head();
  expect(request).toMatch(/^GET \/path\?secret HTTP\/1\.1\r\nHost: example\.com\r\n/);
  expect(request).toMatch(/\r\nAuthorization: Basic dXM6c2VjcmV0\r\n/);
  expect(request).not.toMatch(/proxy|cHU6cHc=|us:/i);
  raw.socket.destroy();
  await connecting;
  await proxy.close();
});

it.each([
  ['a server that is not there', 'ws://us:pass-word@127.0.0.1:1/'],
  ['what is no URL', 'ws://us:pass-word@h:99999/'],
  ['another scheme', 'ftp://us:pass-word@h/'],
  ['a fragment', 'ws://us:pass-word@h/#x'],
])('an error about %s does not repeat the password (I11, I13)', async (_, url) => {
  for (const options of [{}, { proxy: 'http://us:pass-word@127.0.0.1:1' }, { proxy: 'http://us:pass-word@h:99999' }]) {
    const error: unknown = await connect(url, options).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    const seen: string[] = [];
    for (let each = error; each instanceof Error; each = each.cause) {
      seen.push(String(each), each.stack ?? '', JSON.stringify(each), JSON.stringify(Object.entries(each)));
    }
    expect(seen.join()).not.toContain('pass-word');
  }
});
