import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTarget } from '../../../adapters/interfaces/websocket-url.ts';
import { UsageError } from '../../../core/index.ts';

describe('a WebSocket URL', () => {
  it.each([
    ['ws://h', { secure: false, hostname: 'h', port: 80, host: 'h', target: '/' }],
    ['ws://h:80/a', { port: 80, host: 'h', target: '/a' }],
    ['ws://h:81', { port: 81, host: 'h:81' }],
    ['ws://h:0', { port: 0, host: 'h:0' }],
    ['wss://h', { secure: true, port: 443, host: 'h' }],
    ['wss://h:443', { secure: true, port: 443, host: 'h' }],
    ['wss://h:80', { secure: true, port: 80, host: 'h:80' }],
    ['http://h', { secure: false, port: 80 }],
    ['https://h', { secure: true, port: 443 }],
    ['ws://[::1]:9/', { hostname: '::1', port: 9, host: '[::1]:9' }],
    ['ws://bücher.example', { hostname: 'xn--bcher-kva.example', host: 'xn--bcher-kva.example' }],
    ['WS://H/A?b=C', { hostname: 'h', target: '/A?b=C' }],
    ['ws://h?q=1&r=%20', { target: '/?q=1&r=%20' }],
    ['ws://h/ä b', { target: '/%C3%A4%20b' }],
  ])('%s is understood (CH1)', (url, expected) => {
    expect(parseTarget(url)).toMatchObject(expected);
    expect(parseTarget(new URL(url))).toEqual(parseTarget(url));
  });

  it.each([
    ['ws://us%40er:p%3Aw@h/', 'us@er:p:w'],
    ['ws://user@h/', 'user:'],
    ['ws://:secret@h/', ':secret'],
    ['ws://%zz:%@h/', '%zz:%'],
    ['ws://ä:ö@h/', 'ä:ö'],
  ])('%s has credentials, and nowhere but in Authorization (I11)', (url, credentials) => {
    const { authorization, host, hostname, target } = parseTarget(url);
    expect(authorization).toBe(`Basic ${Buffer.from(credentials).toString('base64')}`);
    expect([host, hostname, target]).toEqual(['h', 'h', '/']);
  });

  it.each([
    '',
    'h',
    '/path',
    'ftp://h',
    'wsx://h',
    'ws://',
    'ws://h:65536',
    'ws://h/#',
    'ws://h/#fragment',
    'file:///x',
  ])('"%s" is none (CH14)', (url) => {
    expect(() => parseTarget(url)).toThrow(UsageError);
  });

  it('whatever it is, gives a request that can be written, or a UsageError', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.webUrl({ withQueryParameters: true }),
          fc.string().map((text) => `ws://h/${text}`),
        ),
        (url) => {
          try {
            expect(parseTarget(url).target).toMatch(/^\/[!"$-~]*$/);
          } catch (error) {
            if (!(error instanceof UsageError)) throw error;
          }
        },
      ),
    );
  });
});
