/**
 * Requests, and what a server makes of them: the rows of RFC 6455 §4.2.1 and of RFC 9112 §2–§5, and what attackers send.
 *
 * Ids: SH handshake, WR head syntax, D crashes, E slow patterns, F and J attacks, G what must not be refused. Text is
 * latin-1. A vector is the request the table of defaults gives, with some lines changed.
 */

import type { Violation } from '../../core/errors.ts';

export interface RequestVector {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  /** What breaks the opening, with the status of the answer; or, where it is accepted, what is told of it. */
  readonly verdict: readonly [violation: Violation, status: number] | Accepted;
  /** Whether the server answers plain requests, too. */
  readonly plain?: boolean;
}

interface Accepted {
  readonly upgrade?: boolean;
  readonly method?: string;
  readonly target?: string;
  readonly host?: string;
  readonly origin?: string;
  readonly subprotocols?: readonly string[];
}

/** The limits the vectors at a limit are made for. */
export const LIMITS = { headBytes: 2048, startLineBytes: 1024, fields: 64, offers: 16 };

const DEFAULTS = {
  line: 'GET /ws HTTP/1.1',
  host: 'Host: a',
  upgrade: 'Upgrade: websocket',
  connection: 'Connection: Upgrade',
  key: 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  version: 'Sec-WebSocket-Version: 13',
};

type Changes = Partial<Record<keyof typeof DEFAULTS | 'more', string>>;

/** A request with other lines in the place of some; an empty one is left out. */
export function request({ more = '', ...changes }: Changes = {}): string {
  const lines = [...Object.values({ ...DEFAULTS, ...changes }), ...more.split('\r\n')];
  return `${lines.filter((line) => line !== '').join('\r\n')}\r\n\r\n`;
}

const row =
  (id: string, fixed: Pick<RequestVector, 'verdict' | 'plain'>) =>
  (title: string, changes: Changes | string = {}): RequestVector => ({
    id,
    title,
    text: typeof changes === 'string' ? changes : request(changes),
    ...fixed,
  });
const accepted = (id: string, verdict: Accepted = {}) => row(id, { verdict });
const refused = (id: string, violation: Violation, status = 400) => row(id, { verdict: [violation, status] });
const plain = (id: string, verdict: Accepted = {}) =>
  row(id, { verdict: { upgrade: false, subprotocols: [], ...verdict }, plain: true });
const notPlain = (id: string, violation: Violation, status = 400) =>
  row(id, { verdict: [violation, status], plain: true });

/** Names that objects already have. */
const INHERITED = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf', 'prototype'];

const DUMMIES = Array.from({ length: 50 }, (_, i) => `X-${i}: ${i}`).join('\r\n');
const PADDING = (size: number): string => `X: ${'a'.repeat(size - request().length - 'X: \r\n'.length)}`;
const LONG_LINE = (size: number): string => `GET /${'a'.repeat(size - 'GET / HTTP/1.1'.length)} HTTP/1.1`;

export const OPENING_REQUESTS: readonly RequestVector[] = [
  accepted('SH', { upgrade: true, method: 'GET', target: '/ws', host: 'a' })('the least a client sends'),
  accepted('SH', {
    target: '/chat',
    host: 'server.example.com',
    origin: 'http://example.com',
    subprotocols: ['chat', 'superchat'],
  })('the example of RFC 6455 §1.2', {
    line: 'GET /chat HTTP/1.1',
    host: 'Host: server.example.com',
    more: 'Origin: http://example.com\r\nSec-WebSocket-Protocol: chat, superchat',
  }),

  refused('SH1', 'method-not-get', 405)('POST', { line: 'POST /ws HTTP/1.1' }),
  refused('SH1', 'method-not-get', 405)('HEAD', { line: 'HEAD /ws HTTP/1.1' }),
  refused('SH1', 'method-not-get', 405)('CONNECT', { line: 'CONNECT a:80 HTTP/1.1' }),
  refused('SH1', 'method-not-get', 405)('get: methods have case', { line: 'get /ws HTTP/1.1' }),
  refused('SH1', 'method-not-get', 405)('POST without Upgrade', { line: 'POST /ws HTTP/1.1', upgrade: '' }),
  refused('SH2', 'http-version-unsupported', 505)('HTTP/1.0', { line: 'GET /ws HTTP/1.0' }),
  refused('SH2', 'http-version-unsupported', 505)('HTTP/0.9', { line: 'GET /ws HTTP/0.9' }),
  refused('SH3', 'http-version-unsupported', 505)('HTTP/2.0', { line: 'GET /ws HTTP/2.0' }),
  accepted('SH3')('HTTP/1.2 is understood as 1.1', { line: 'GET /ws HTTP/1.2' }),
  refused('SH3', 'head-malformed')('HTTP/2', { line: 'GET /ws HTTP/2' }),
  refused('SH3', 'head-malformed')('HTTP/1.10', { line: 'GET /ws HTTP/1.10' }),
  refused('SH3', 'head-malformed')('http/1.1', { line: 'GET /ws http/1.1' }),

  refused('SH4', 'host-wrong')('no Host', { host: '' }),
  refused('SH4', 'host-wrong')('two Hosts', { host: 'Host: a\r\nHost: a' }),
  refused('SH4', 'host-wrong')('a space in Host', { host: 'Host: a b' }),
  ...[':::', '[', '%', '', 'a:b', 'a:80:90', 'u@a', 'a/b', 'a?b', '[g]', 'é', 'a\\b', '%zz'].map((host) =>
    refused('D4', 'host-wrong')(`Host ${host}`, { host: `Host: ${host}` }),
  ),
  ...[
    'A.example',
    'a:80',
    'a:',
    '127.0.0.1:8080',
    '[::1]',
    '[::1]:8080',
    'xn--bcher-kva.example',
    'a_b',
    '%41',
    '1.',
  ].map((host) => accepted('SH4', { host })(`Host ${host}`, { host: `Host: ${host}` })),

  ...['WebSocket', 'WEBSOCKET', 'h2c, websocket', 'HTTP/2.0,websocket', ',websocket,,', '\twebsocket \t'].map((value) =>
    accepted('SH5', { upgrade: true })(`Upgrade ${value}`, { upgrade: `Upgrade: ${value}` }),
  ),
  accepted('SH5')('two Upgrade fields', { upgrade: 'Upgrade: h2c\r\nupgrade: websocket' }),
  ...['websockets', 'xwebsocket', 'websocket/13', '', 'h2c', 'web socket', '"websocket"', 'websoc\xe9et'].map((value) =>
    refused('SH5', 'upgrade-missing', 426)(`Upgrade ${value}`, { upgrade: `Upgrade: ${value}` }),
  ),
  ...['keep-alive, Upgrade', 'upgrade', ',Upgrade ,,', 'UPGRADE'].map((value) =>
    accepted('SH6')(`Connection ${value}`, { connection: `Connection: ${value}` }),
  ),
  accepted('SH6')('two Connection fields', { connection: 'Connection: keep-alive\r\nConnection: Upgrade' }),
  ...['notupgrade', 'Upgrade-x', 'close', '', 'up grade', 'keep-alive Upgrade'].map((value) =>
    refused('SH6', 'connection-not-upgrade')(`Connection ${value}`, { connection: `Connection: ${value}` }),
  ),
  refused('F12 G14', 'connection-not-upgrade')('no Connection', { connection: '' }),

  refused('SH7', 'key-wrong')('no key', { key: '' }),
  ...[
    ['an empty key', ''],
    ['a key of 15 bytes', 'AAAAAAAAAAAAAAAAAAAA'],
    ['a key of 17 bytes', 'AAAAAAAAAAAAAAAAAAAAAAA='],
    ['a key that is not base64', '!!!!!!!!!!!!!!!!!!!!!!=='],
    ['a key in base64url', 'AAAAAAAAAAAAAAAAAAA-_A=='],
    ['a key without padding', 'AAAAAAAAAAAAAAAAAAAAAA'],
    ['a key of 24 letters', 'AAAAAAAAAAAAAAAAAAAAAAAA'],
    ['a space in the key', 'AAAAAAAAAAA AAAAAAAAAA=='],
    ['two keys in one field', 'AAAAAAAAAAAAAAAAAAAAAA==, AAAAAAAAAAAAAAAAAAAAAA=='],
  ].map(([title = '', key]) => refused('SH7', 'key-wrong')(title, { key: `Sec-WebSocket-Key: ${key}` })),
  refused('F14 WR15', 'key-wrong')('two keys in two fields', { key: `${DEFAULTS.key}\r\n${DEFAULTS.key}` }),
  accepted('SH7')('a key whose last four bits are not zero', { key: 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAB==' }),
  accepted('SH8')('a key with space around it', { key: 'Sec-WebSocket-Key: \t dGhlIHNhbXBsZSBub25jZQ==\t ' }),

  ...['8', '0', '14', '777', '1313'].map((version) =>
    refused('SH9', 'version-unsupported', 426)(`version ${version}`, { version: `Sec-WebSocket-Version: ${version}` }),
  ),
  ...['013', '+13', '13.0', '-13', '0x0d', 'abc', '', '13, 8', '13,13', '1 3'].map((version) =>
    refused('SH9', 'version-missing')(`version ${version}`, { version: `Sec-WebSocket-Version: ${version}` }),
  ),
  refused('SH9', 'version-missing')('no version', { version: '' }),
  refused('SH9', 'version-missing')('two versions', { version: `${DEFAULTS.version}\r\n${DEFAULTS.version}` }),
  accepted('SH9')('space around the version', { version: 'Sec-WebSocket-Version:   13  ' }),
  refused('A8 A9', 'version-missing')('the keys of draft 76', {
    key: 'Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5\r\nSec-WebSocket-Key2: 12998 5 Y3 1  .P00',
    version: '',
  }),
  refused(
    'F7',
    'version-unsupported',
    426,
  )('a wrong version and a second request behind it', {
    version: 'Sec-WebSocket-Version: 777',
  }),
  refused(
    'F13',
    'upgrade-missing',
    426,
  )('Upgrade h2c, key and version absent', {
    upgrade: 'Upgrade: h2c',
    key: '',
    version: '',
  }),

  refused('SH10', 'upgrade-missing', 426)('a plain GET', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'),
  accepted('SH11')('50 fields that mean nothing here', { more: DUMMIES }),
  accepted('SH11')('a field without a value', { more: 'X:' }),
  ...[':::', 'null', '', 'http://[', 'http://a'].map((origin) =>
    accepted('D4', { origin })(`Origin ${origin}`, { more: `Origin: ${origin}` }),
  ),
  refused('J8', 'origin-repeated')('two Origins', { more: 'Origin: http://a\r\nOrigin: http://a' }),

  ...[
    ['chat', ['chat']],
    ['a,,b', ['a', 'b']],
    [' a ,\tb, ', ['a', 'b']],
    ['a\r\nSec-WebSocket-Protocol: b,c', ['a', 'b', 'c']],
    ['a,A', ['a', 'A']],
    ['', []],
    ...INHERITED.map((name): [string, string[]] => [name, [name]]),
  ].map(([value, subprotocols]) =>
    accepted('SH13', { subprotocols: subprotocols as string[] })(`subprotocols ${value}`, {
      more: `Sec-WebSocket-Protocol: ${value}`,
    }),
  ),
  ...['a b', 'a;b', '"a"', 'a,a', 'é', 'a,\xa0', 'a\r\nSec-WebSocket-Protocol: a'].map((value) =>
    refused('SH13', 'subprotocols-malformed')(`subprotocols ${value}`, { more: `Sec-WebSocket-Protocol: ${value}` }),
  ),
  accepted('E8')('as many subprotocols as the limit', {
    more: `Sec-WebSocket-Protocol: ${Array.from({ length: LIMITS.offers }, (_, i) => `p${i}`)}`,
  }),
  refused('E8', 'subprotocols-malformed')('one subprotocol more than the limit', {
    more: `Sec-WebSocket-Protocol: ${Array.from({ length: LIMITS.offers + 1 }, (_, i) => `p${i}`)}`,
  }),
  refused('E1', 'subprotocols-malformed')('subprotocols with much space inside', {
    more: `Sec-WebSocket-Protocol: b${' '.repeat(1000)}x`,
  }),

  ...[
    'permessage-deflate',
    'permessage-deflate; client_max_window_bits',
    'permessage-deflate; server_max_window_bits="1\\0"',
    'a; b=c; d="e" , f',
    'a; b=1\r\nSec-WebSocket-Extensions: a; b=2',
    'a; b = c ;d',
    'a, ',
    ',a,,b',
    ',;constructor'.replace(';', ''),
    '',
    ...INHERITED,
    ...INHERITED.map((name) => `x; ${name}=${name}; ${name}`),
  ].map((value) => accepted('SH17')(`extensions ${value}`, { more: `Sec-WebSocket-Extensions: ${value}` })),
  ...[
    'permessage-deflate;',
    ';a',
    ',;constructor',
    'a=b',
    'a;b=',
    'a; b="x',
    'a; b="c d"',
    'x; y="a,b;c"',
    'a; b=""',
    'a; b="c"d',
    'a; b=c d',
    'a b',
    '=',
    '"a"',
    'é',
    'a;;b',
  ].map((value) =>
    refused('SH18', 'extensions-malformed')(`extensions ${value}`, { more: `Sec-WebSocket-Extensions: ${value}` }),
  ),
  ...['a; b="', 'a;b="'].flatMap((begin) =>
    ['\\c', 'a', ';', ',', 'a=', '"', ' '].map((part) =>
      refused('E2', 'extensions-malformed')(`extensions ${begin} and many ${part}`, {
        more: `Sec-WebSocket-Extensions: ${begin}${part.repeat(400)}`,
      }),
    ),
  ),
  refused('E8', 'extensions-malformed')('one extension more than the limit', {
    more: `Sec-WebSocket-Extensions: ${'a,'.repeat(LIMITS.offers + 1)}`,
  }),
  accepted('SH22')('Expect: 100-continue', { more: 'Expect: 100-continue' }),

  ...['33', '1', '00', '+0', '', '0, 0', '1,1'].map((length) =>
    refused('F6 SH21', 'body-present')(`Content-Length ${length}`, { more: `Content-Length: ${length}` }),
  ),
  accepted('F6')('Content-Length 0', { more: 'Content-Length: 0' }),
  refused('F6 SH21', 'body-present')('Transfer-Encoding', { more: 'Transfer-Encoding: chunked' }),
  refused('WR13', 'body-present')('Content-Length and Transfer-Encoding', {
    more: 'Content-Length: 0\r\nTransfer-Encoding: identity',
  }),

  ...['*', 'a:80', '//evil/ws', '/\\evil', '///', 'ws', '?a', 'http:/a', 'ftp://a/', '/a#b', '/\xe9', '/\x7f'].map(
    (target) =>
      refused('F9', target === '/\x7f' ? 'head-malformed' : 'target-wrong')(`target ${target}`, {
        line: `GET ${target} HTTP/1.1`,
      }),
  ),
  ...['http://u@a/ws', 'http:///ws', 'http://a//evil', 'http://a/\\evil', 'http://[/', 'http://a\\b/'].map((target) =>
    refused('F9', 'target-wrong')(`target ${target}`, { line: `GET ${target} HTTP/1.1` }),
  ),
  ...[
    ['http://a/ws', '/ws'],
    ['HTTPS://A/ws?b', '/ws?b'],
    ['ws://a', '/'],
    ['wss://a?b=/c', '/?b=/c'],
    ['/', '/'],
    ['/a//b?//c\\', '/a//b?//c\\'],
    ['/%2f/é'.replace('é', '%C3%A9'), '/%2f/%C3%A9'],
    ['/?', '/?'],
  ].map(([given, target]) =>
    accepted('WR12', { target: target ?? '', host: 'a' })(`target ${given}`, { line: `GET ${given} HTTP/1.1` }),
  ),
  refused('WR12', 'host-wrong')('the target and Host differ', { line: 'GET http://b/ws HTTP/1.1' }),
  refused('WR12', 'host-wrong')('a target with a host, and no Host', { line: 'GET http://a/ws HTTP/1.1', host: '' }),

  refused('WR1', 'head-malformed')('lines that end with LF', request().replaceAll('\r\n', '\n')),
  refused('WR1', 'head-malformed')('lines that end with CR', request().replaceAll('\r\n', '\r')),
  refused('WR1', 'head-malformed')('a line that ends with CR CR LF', { host: 'Host: a\r' }),
  refused('WR1', 'head-malformed')('a line that ends with LF', { host: 'Host: a\nX: b' }),
  refused('WR1', 'head-malformed')('a CR within a value', { host: 'Host: a\rb' }),
  refused('WR2', 'head-malformed')('a space before the colon', { upgrade: 'Upgrade : websocket' }),
  refused('WR3', 'head-malformed')('a value on the next line', { version: 'Sec-WebSocket-Version:\r\n 13' }),
  refused('WR3', 'head-malformed')('a value on the next line, after a tab', {
    version: 'Sec-WebSocket-Version:\r\n\t13',
  }),
  refused('WR4', 'head-malformed')('a space before the first field', { host: ' Host: a' }),
  accepted('WR5')('an empty line before the request', `\r\n${request()}`),
  accepted('WR5')('two empty lines before the request', `\r\n\r\n${request()}`),
  refused('WR5', 'head-malformed')('three empty lines before the request', `\r\n\r\n\r\n${request()}`),
  refused('WR5', 'head-malformed')('LF before the request', `\n${request()}`),
  refused('WR6', 'version-missing')('a no-break space is no space', { version: 'Sec-WebSocket-Version: \xa013' }),
  refused('WR6', 'head-malformed')('a vertical tab', { version: 'Sec-WebSocket-Version: \v13' }),
  refused('WR6', 'head-malformed')('a form feed', { version: 'Sec-WebSocket-Version: \f13' }),
  refused('WR7', 'head-malformed')('NUL in a value', { more: 'X: a\0b' }),
  refused('WR7', 'head-malformed')('0x01 in a value', { more: 'X: a\x01b' }),
  refused('WR7', 'head-malformed')('0x7f in a value', { more: 'X: a\x7fb' }),
  refused('WR7', 'head-malformed')('a parenthesis in a name', { more: 'X(: a' }),
  refused('F16', 'head-malformed')('0x80 in a name', { more: 'X\x80: a' }),
  refused('F16', 'head-malformed')('a line without a colon', { more: 'X' }),
  refused('F16', 'head-malformed')('a line without a name', { more: ': a' }),
  accepted('WR7')('0x80 to 0xff in a value', { more: 'X: \x80\xff é' }),
  accepted('WR8')(
    'names in upper case',
    request().replace(/^[\w-]+(?=:)/gm, (name) => name.toUpperCase()),
  ),
  accepted('WR8')(
    'names in lower case',
    request().replace(/^[\w-]+(?=:)/gm, (name) => name.toLowerCase()),
  ),
  accepted('WR9')('a list of empty elements', { connection: `Connection: ${','.repeat(1000)}Upgrade` }),
  ...[
    'GET  /ws HTTP/1.1',
    'GET\t/ws HTTP/1.1',
    'GET HTTP/1.1',
    'GET /ws',
    'GET /ws HTTP/1.1 ',
    ' GET /ws HTTP/1.1',
  ].map((line) => refused('WR11', 'head-malformed')(`request line ${line}`, { line })),
  refused('WR11', 'head-malformed')('a method that is no token', { line: 'G(T /ws HTTP/1.1' }),

  accepted('WR14')('a head at the limit', { more: PADDING(LIMITS.headBytes) }),
  refused('WR14', 'head-too-long', 431)('a head of one byte more', { more: PADDING(LIMITS.headBytes + 1) }),
  accepted('WR14')('a start line at the limit', { line: LONG_LINE(LIMITS.startLineBytes) }),
  refused(
    'WR14',
    'start-line-too-long',
    414,
  )('a start line of one byte more', {
    line: LONG_LINE(LIMITS.startLineBytes + 1),
  }),
  accepted('F1')('as many fields as the limit', { more: 'X:\r\n'.repeat(LIMITS.fields - 5) }),
  refused(
    'F1 B22',
    'too-many-fields',
    431,
  )('one field more than the limit', { more: 'X:\r\n'.repeat(LIMITS.fields - 4) }),
  refused('D3', 'too-many-fields', 431)('many fields before Upgrade', { host: 'X:\r\n'.repeat(LIMITS.fields + 1) }),
  refused(
    'F1 B22',
    'head-too-long',
    431,
  )('a field without an end', `GET / HTTP/1.1\r\nX: ${'a'.repeat(LIMITS.headBytes)}`),
  refused('F1', 'start-line-too-long', 414)('a request line without an end', 'a'.repeat(LIMITS.headBytes)),
  refused('WR16', 'head-malformed')('a ClientHello', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'),
  refused('WR16', 'http-version-unsupported', 505)('the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  ...Object.keys(DEFAULTS)
    .slice(1)
    .map((name) => {
      const violation = {
        host: 'host-wrong',
        upgrade: 'upgrade-missing',
        connection: 'connection-not-upgrade',
        key: 'key-wrong',
        version: 'version-missing',
      }[name] as Violation;
      return refused('D14', violation, name === 'upgrade' ? 426 : 400)(`without ${name}`, { [name]: '' });
    }),
  accepted('D6')('a Cookie of any sort', { more: 'Cookie: =\r\nCookie: ;;;\r\nCookie: %E0%A4%A' }),
  refused('D6', 'head-malformed')('a Cookie with NUL', { more: 'Cookie: \0' }),

  plain('SH10', { method: 'GET', target: '/', host: 'a' })('a plain GET', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'),
  plain('SH10', { method: 'POST', target: '/a?b' })(
    'a POST with a body',
    'POST /a?b HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n',
  ),
  plain('SH10', { method: 'PUT', origin: 'http://a' })(
    'a chunked PUT with an Origin',
    'PUT / HTTP/1.1\r\nHost: a\r\nOrigin: http://a\r\nTransfer-Encoding: chunked\r\n\r\n',
  ),
  plain('F20', { method: 'GET', host: '' })('a health check in HTTP/1.0', 'GET /health HTTP/1.0\r\n\r\n'),
  plain('F20', { host: 'a' })('HTTP/1.0 with Host', 'GET /health HTTP/1.0\r\nHost: a\r\n\r\n'),
  plain('F20', { host: 'a', target: '/h' })('HTTP/1.0 with a host in the target', 'GET http://a/h HTTP/1.0\r\n\r\n'),
  plain('SH2')('HTTP/1.0 knows no Upgrade', { line: 'GET /ws HTTP/1.0' }),
  plain('SH5')('Upgrade h2c', { upgrade: 'Upgrade: h2c' }),
  row('SH', { plain: true, verdict: { upgrade: true } })('a WebSocket where plain requests are served, too'),
  notPlain('SH1', 'method-not-get', 405)('a POST that asks for a WebSocket', { line: 'POST /ws HTTP/1.1' }),
  notPlain('SH4', 'host-wrong')('a plain request without Host', 'GET / HTTP/1.1\r\n\r\n'),
  notPlain('SH4', 'host-wrong')('HTTP/1.0 with two Hosts', 'GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n'),
  notPlain('F9', 'target-wrong')('a plain request for *', 'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n'),
  notPlain('J8', 'origin-repeated')(
    'a plain request of two Origins',
    'GET / HTTP/1.1\r\nHost: a\r\nOrigin: a\r\nOrigin: b\r\n\r\n',
  ),
  notPlain('SH3', 'http-version-unsupported', 505)('a plain request in HTTP/2.0', 'GET / HTTP/2.0\r\nHost: a\r\n\r\n'),
];
