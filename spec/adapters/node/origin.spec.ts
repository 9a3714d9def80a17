import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mayConnect } from '../../../adapters/interfaces/origin.ts';
import { connect, HandshakeError, type NodeServer, serve } from '../../../adapters/node.ts';

describe("'same' (J2, J3, J7)", () => {
  it.each([
    ['http://example.com', 'example.com', false],
    ['http://example.com:80', 'example.com', false],
    ['http://example.com', 'example.com:80', false],
    ['http://EXAMPLE.com', 'example.COM', false],
    ['https://example.com', 'example.com', true],
    ['https://example.com', 'example.com:443', true],
    ['https://example.com', 'example.com', false], // a proxy speaks TLS for us
    ['http://localhost:5173', 'localhost:5173', false],
    ['http://127.0.0.1:8080', '127.0.0.1:8080', false],
    ['http://[::1]:8080', '[::1]:8080', false],
    ['https://xn--bcher-kva.example', 'xn--bcher-kva.example', true],
  ])('lets %s connect to %s', (origin, host, secure) => {
    expect(mayConnect('same', origin, host, secure)).toBe(true);
  });

  it.each([
    ['http://evil.example', 'example.com', false],
    ['http://example.com:81', 'example.com', false],
    ['http://example.com', 'example.com:81', false],
    ['http://localhost:5173', 'localhost:5174', false],
    ['http://localhost', '127.0.0.1', false],
    ['http://example.com', 'example.com', true],
    ['http://example.com:443', 'example.com', false],
    ['http://a.example.com', 'example.com', false],
    ['http://evilexample.com', 'example.com', false],
    ['http://example.com.evil', 'example.com', false],
    ['http://example.com.', 'example.com', false],
    ['http://example.com?a', 'example.com', false],
    ['http://evil.example?example.com', 'example.com', false],
    ['http://example.com/', 'example.com', false],
    ['http://example.com#x', 'example.com', false],
    ['http://user@example.com', 'example.com', false],
    ['http://example.com@evil.example', 'example.com', false],
    ['ws://example.com', 'example.com', false],
    ['file://', 'example.com', false],
    ['chrome-extension://example.com', 'example.com', false],
    ['example.com', 'example.com', false],
    ['null', 'null', false],
    ['null', 'example.com', false],
    ['', 'example.com', false],
    ['', '', false],
    ['http://', '', false],
    [':::', ':::', false],
    ['http://[', '[', true],
    ['http://example.com http://example.com', 'example.com', false],
    ['http://bücher.example', 'xn--bcher-kva.example', false],
    ['http://0x7f.1', '127.0.0.1', false],
  ])('refuses %s at %s', (origin, host, secure) => {
    expect(mayConnect('same', origin, host, secure)).toBe(false);
  });
});

describe('a list (J3, J4)', () => {
  const list = ['https://a.example', 'http://localhost:3000', 'null'];

  it.each(list)('lets %s connect', (origin) => {
    expect(mayConnect(list, origin, 'x', false)).toBe(true);
  });

  it.each([
    'http://a.example',
    'https://a.example:444',
    'https://b.a.example',
    'https://axexample',
    'https://a.example.evil',
    'https://A.example',
    '',
    '*',
    'https://x',
  ])('refuses %s', (origin) => {
    expect(mayConnect(list, origin, 'x', false)).toBe(false);
  });

  it('knows no wildcard but `*` as the first label of a host', () => {
    expect(mayConnect(['*', 'https://a.*.com', 'https://a*.com'], 'https://a.ex.com', 'x', false)).toBe(false);
  });
});

it("'same' in a list lets the pages of the host connect, too", () => {
  const list = ['https://a.example', 'same'];
  const all = ['https://a.example', 'https://example.com', 'http://example.com', 'https://b.example', 'same'];
  expect(all.map((origin) => mayConnect(list, origin, 'example.com', true))).toEqual([true, true, false, false, false]);
});

it("'any' lets every page connect, and whoever sends no Origin is no page", () => {
  expect(mayConnect('any', 'http://evil.example', 'x', true)).toBe(true);
  expect(mayConnect('same', undefined, 'x', true)).toBe(true);
  expect(mayConnect([], undefined, 'x', true)).toBe(true);
});

describe('over the wire (J1, J4, SH12, LT4)', () => {
  let server: NodeServer;
  let asked = 0;
  beforeAll(async () => {
    server = await serve({ upgrade: () => void asked++ });
  });
  afterAll(() => server.close());

  it.each(['http://evil.example', 'null', ''])('answers 403 to the origin "%s", and asks nobody', async (origin) => {
    const error = await connect(server.url, { headers: { Origin: origin } }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(HandshakeError);
    expect((error as HandshakeError).status).toBe(403); // checked above
    expect(asked).toBe(0);
  });

  it('accepts its own', async () => {
    const own = new URL(server.url.replace('ws', 'http')).origin;
    const client = await connect(server.url, { headers: { Origin: own } });
    expect(asked).toBe(1);
    await client.close();
  });
});
