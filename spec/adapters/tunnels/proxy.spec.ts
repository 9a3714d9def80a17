import { describe, expect, it } from 'vitest';
import { parseProxy, proxyOfEnvironment } from '../../../adapters/tunnels/proxy.ts';
import { UsageError } from '../../../core/index.ts';

const TARGET = { hostname: 'h', port: 443 };
const greeting = (url: string): string => Buffer.from(parseProxy({ url }).tunnelTo(TARGET).greeting).toString('latin1');

describe('the URL of a proxy', () => {
  it.each([
    ['http://p', { secure: false, hostname: 'p', port: 80 }],
    ['http://p:3128', { secure: false, port: 3128 }],
    ['https://p', { secure: true, port: 443 }],
    ['socks5://p', { secure: false, hostname: 'p', port: 1080 }],
    ['socks5h://[::1]:9', { hostname: '::1', port: 9 }],
  ])('%s is understood', (url, expected) => {
    expect(parseProxy({ url })).toMatchObject(expected);
    expect(parseProxy({ url: new URL(url) })).toMatchObject(expected);
  });

  it('has the credentials, decoded', () => {
    expect(greeting('http://a%40b:c%3Ad@p')).toContain(`Proxy-Authorization: Basic ${btoa('a@b:c:d')}\r\n`);
    expect(greeting('socks5://a:b@p')).toBe('\x05\x02\x00\x02');
    expect(greeting('socks5://p')).toBe('\x05\x01\x00');
  });

  it.each(['p', 'ftp://p', 'socks4://p', 'socks5:', 'http://%zz@p'])('is not %s, which no error repeats', (url) => {
    expect(() => parseProxy({ url })).toThrow(UsageError);
    expect(() => parseProxy({ url: 'secret-password' })).toThrow(/^(?!.*secret)/);
  });

  it('has headers for HTTP only', () => {
    expect(() => parseProxy({ url: 'socks5://p', headers: { A: 'b' } })).toThrow(UsageError);
  });
});

describe('the environment', () => {
  const url = (environment: Record<string, string>, target = 'wss://a.example:443'): string | undefined => {
    const [, scheme, hostname = '', port] = /^(wss?):\/\/(.*):(\d+)$/.exec(target) ?? [];
    return proxyOfEnvironment({ secure: scheme === 'wss', hostname, port: Number(port) }, environment)?.url as string;
  };

  it.each([
    [{}, undefined, undefined],
    [{ HTTPS_PROXY: 'http://a' }, 'http://a', undefined],
    [{ HTTPS_PROXY: 'http://a', https_proxy: 'http://b' }, 'http://b', undefined],
    [{ HTTPS_PROXY: 'http://a', ALL_PROXY: 'socks5://b' }, 'http://a', 'socks5://b'],
    [{ https_proxy: '', ALL_PROXY: 'socks5://b' }, 'socks5://b', 'socks5://b'],
    [{ http_proxy: 'http://a' }, undefined, 'http://a'],
    [{ HTTP_PROXY: 'http://evil' }, undefined, undefined],
    [{ HTTPS_PROXY: 'p:3128' }, 'http://p:3128', undefined],
  ])('%j', (environment, secure, plain) => {
    expect(url(environment)).toBe(secure);
    expect(url(environment, 'ws://a.example:80')).toBe(plain);
  });

  it.each([
    ['*', true],
    ['a.example', true],
    ['A.EXAMPLE', true],
    ['.example', true],
    ['*.example', true],
    ['example', true],
    ['x, example', true],
    ['x example', true],
    ['example:443', true],
    ['example:80', false],
    ['ample', false],
    ['b.a.example', false],
    ['', false],
    [' , ', false],
  ])('NO_PROXY=%j excepts a.example: %s', (list, excepted) => {
    expect(url({ ALL_PROXY: 'http://p', NO_PROXY: list }) === undefined).toBe(excepted);
  });

  it.each([
    ['127.0.0.1', 'ws://127.0.0.1:80', true],
    ['0.0.1', 'ws://127.0.0.1:80', false],
    ['::1', 'ws://::1:80', true],
    ['[::1]', 'ws://::1:80', true],
    ['[::1]:80', 'ws://::1:80', true],
    ['[::1]:81', 'ws://::1:80', false],
    ['::2', 'ws://::1:80', false],
  ])('no_proxy=%s excepts %s: %s', (list, target, excepted) => {
    expect(url({ all_proxy: 'http://p', no_proxy: list }, target) === undefined).toBe(excepted);
  });
});
