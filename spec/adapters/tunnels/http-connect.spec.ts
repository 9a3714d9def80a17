import { describe, expect, it } from 'vitest';
import { HttpConnect } from '../../../adapters/tunnels/http-connect.ts';
import { TunnelError } from '../../../adapters/tunnels/tunnel.ts';
import { UsageError } from '../../../core/index.ts';

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));
const text = (array: Uint8Array | undefined): string | undefined => array && String.fromCharCode(...array);
const tunnel = (): HttpConnect => new HttpConnect({ hostname: 'h', port: 443 });

/** What comes of a response that arrives in two parts, for every cut, and byte by byte; the same each time. */
function outcome(response: string): unknown {
  const results = Array.from({ length: response.length + 1 }, (_, cut) => {
    const parts = cut === 0 ? [...response] : [response.slice(0, cut), response.slice(cut)];
    const connect = tunnel();
    let rest = '';
    let done = false;
    try {
      for (const part of parts) {
        if (done) rest += part;
        else {
          const step = connect.receive(bytes(part));
          expect(step.write).toHaveLength(0);
          done = step.rest !== undefined;
          rest = text(step.rest) ?? '';
        }
      }
    } catch (error) {
      if (!(error instanceof TunnelError)) throw error;
      return { error: error.message, status: error.status, headers: error.headers };
    }
    return { done, rest };
  });
  for (const result of results) expect(result).toEqual(results[0]);
  return results[0];
}

describe('CONNECT (RFC 9110 §9.3.6)', () => {
  it.each([
    [{ hostname: 'h', port: 443 }, {}, 'CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n'],
    [{ hostname: '::1', port: 9 }, {}, 'CONNECT [::1]:9 HTTP/1.1\r\nHost: [::1]:9\r\n\r\n'],
    [
      { hostname: 'h', port: 80 },
      { credentials: { username: 'ä', password: 'b:c' }, headers: { 'X-Id': '1' } },
      `CONNECT h:80 HTTP/1.1\r\nHost: h:80\r\nProxy-Authorization: Basic ${Buffer.from('ä:b:c').toString('base64')}\r\nX-Id: 1\r\n\r\n`,
    ],
  ])('asks for %j with %j', (destination, options, expected) => {
    expect(text(new HttpConnect(destination, options).greeting)).toBe(expected);
  });

  it.each([
    [{ hostname: 'h\r\nX: y', port: 1 }, {}],
    [{ hostname: 'a b', port: 1 }, {}],
    [{ hostname: '', port: 1 }, { headers: { 'X\r\n': 'y' } }],
    [{ hostname: 'h', port: 1 }, { headers: { X: 'y\r\nZ: 1' } }],
    [{ hostname: 'h', port: 1 }, { headers: { X: '世' } }],
  ])('asks for nothing where %j with %j would add a line (F10)', (destination, options) => {
    expect(() => new HttpConnect(destination, options)).toThrow(UsageError);
  });

  it.each([
    ['HTTP/1.1 200 Connection established\r\n\r\n', ''],
    ['HTTP/1.0 200\r\nVia: x\r\n\r\n', ''],
    ['HTTP/1.1 299 \r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nafter', 'after'],
    ['HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 \r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\n\r\n\r\n\r\n', '\r\n\r\n'],
  ])('is done behind %j, wherever it is cut', (response, rest) => {
    expect(outcome(response)).toEqual({ done: true, rest });
  });

  it.each(['', 'HTTP/1.1 200 OK\r\n', 'HTTP/1.1 200 OK\r\nA: b\r\n\r'])('waits behind %j', (response) => {
    expect(outcome(response)).toEqual({ done: false, rest: '' });
  });

  it.each([
    [
      407,
      'HTTP/1.1 407 No\r\nProxy-Authenticate:  Basic realm="x" \r\n\r\n',
      [['Proxy-Authenticate', 'Basic realm="x"']],
    ],
    [302, 'HTTP/1.1 302 Found\r\nLocation: http://elsewhere/\r\n\r\n', [['Location', 'http://elsewhere/']]],
    [502, 'HTTP/1.1 502\r\n\r\nbody', []],
  ])('gives the refusal %i with its fields, and follows nothing (K11)', (status, response, headers) => {
    expect(outcome(response)).toEqual({ error: `the proxy answered ${status}`, status, headers });
  });

  it.each([
    'SSH-2.0-x\r\n',
    '\x05\x00',
    'HTTP/2 200\r\n\r\n',
    'HTTP/1.1 0200 OK\r\n\r\n',
    'HTTP/1.1 200OK\r\n\r\n',
    'HTTP/1.1 200 OK\nA: b\r\n\r\n',
    'HTTP/1.1 200 OK\r\nA : b\r\n\r\n',
    'HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n',
    'HTTP/1.1 200 OK\r\nno field\r\n\r\n',
    'HTTP/1.1 200 OK\r\nA: \x00\r\n\r\n',
  ])('refuses %j', (response) => {
    expect(outcome(response)).toMatchObject({ error: 'the proxy does not answer in HTTP/1.1', status: undefined });
  });

  it('refuses a head above 16,384 bytes at the first byte too many (K11)', () => {
    const connect = tunnel();
    expect(connect.receive(bytes(`HTTP/1.1 200 OK\r\nA: ${'b'.repeat(16_384 - 20)}`)).rest).toBeUndefined();
    expect(() => connect.receive(bytes('b'))).toThrow('longer than 16384 bytes');
    const longest = `HTTP/1.1 200 OK\r\nA: ${'b'.repeat(16_384 - 24)}\r\n\r\n`;
    expect(tunnel().receive(bytes(longest)).rest).toHaveLength(0);
    expect(() => tunnel().receive(bytes(longest.replace('A: ', 'A: b')))).toThrow(TunnelError);
  });

  it('skips 16 interim responses, and no 101', () => {
    const interim = 'HTTP/1.1 102 Processing\r\n\r\n';
    expect(tunnel().receive(bytes(`${interim.repeat(16)}HTTP/1.1 200 OK\r\n\r\n`)).rest).toHaveLength(0);
    expect(() => tunnel().receive(bytes(interim.repeat(17)))).toThrow('the proxy gives no answer');
    expect(() => tunnel().receive(bytes('HTTP/1.1 101 Switching\r\n\r\n'))).toThrow('the proxy gives no answer');
  });
});
