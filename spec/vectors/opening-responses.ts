/**
 * Responses, and what a client makes of them: the rows of RFC 6455 §4.1 and of RFC 9112 §4–§7.
 *
 * Ids: CH handshake, B, D, F and G attacks, WR head syntax. Text is latin-1. The request they answer is `REQUEST`; a
 * vector is the response the table of defaults gives, with some lines changed.
 */

import type { Violation } from '../../core/errors.ts';

export interface ResponseVector {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly verdict: Violation | Accepted | Refused;
  /** Whether the verdict falls only when the transport ends. */
  readonly ends?: boolean;
  /** Whether the request offers nothing. */
  readonly plain?: boolean;
}

interface Accepted {
  readonly subprotocol?: string;
  readonly extensions?: string;
}

interface Refused {
  readonly status: number;
  readonly reason?: string;
  readonly body?: string;
}

/** The limits the vectors at a limit are made for. */
export const LIMITS = {
  headBytes: 1024,
  startLineBytes: 128,
  fields: 16,
  offers: 4,
  interimResponses: 3,
  responseBodyBytes: 64,
};

/** The nonce of RFC 6455 §1.3. */
export const KEY: Uint8Array = Uint8Array.from('the sample nonce', (char) => char.charCodeAt(0));

export const REQUEST = { host: 'a', target: '/ws', subprotocols: ['chat', 'b'], extensions: 'x-a; p, x-b' };

const DEFAULTS = {
  line: 'HTTP/1.1 101 Switching Protocols',
  upgrade: 'Upgrade: websocket',
  connection: 'Connection: Upgrade',
  accept: 'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
};

type Changes = Partial<Record<keyof typeof DEFAULTS | 'more', string>>;

/** A response with other lines in the place of some; an empty one is left out. */
export function response({ more = '', ...changes }: Changes = {}): string {
  const lines = [...Object.values({ ...DEFAULTS, ...changes }), ...more.split('\r\n')];
  return `${lines.filter((line) => line !== '').join('\r\n')}\r\n\r\n`;
}

const row =
  (id: string, verdict: ResponseVector['verdict'], rest: Pick<ResponseVector, 'ends' | 'plain'> = {}) =>
  (title: string, changes: Changes | string = {}): ResponseVector => ({
    id,
    title,
    text: typeof changes === 'string' ? changes : response(changes),
    verdict,
    ...rest,
  });
const accepted = (id: string, verdict: Accepted = {}) => row(id, { subprotocol: '', extensions: '', ...verdict });

/** A response that refuses, with fields and a body. */
const refusal = (fields: string, body = '', line = 'HTTP/1.1 403 Forbidden'): string =>
  `${line}\r\n${fields}${fields === '' ? '' : '\r\n'}\r\n${body}`;

const chunked = (body: string): string => refusal('Transfer-Encoding: chunked', body);
const NO_BODY = 'Content-Length: 0';

export const OPENING_RESPONSES: readonly ResponseVector[] = [
  accepted('CH')('the least a server sends'),
  accepted('CH11')('every space and case a server may use', {
    upgrade: 'UPGRADE:websocket',
    connection: 'connection: \t upgrade ',
  }),

  ...[200, 204, 301, 302, 307, 308, 400, 401, 403, 404, 407, 426, 429, 500, 503, 599, 600, 999].map((status) =>
    row('CH3', { status, reason: 'Why', body: '' })(`status ${status}`, refusal(NO_BODY, '', `HTTP/1.1 ${status} Why`)),
  ),
  accepted('CH3')(
    'interim responses before it',
    `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103\r\nLink: a\r\n\r\n${response()}`,
  ),
  accepted('CH3')('as many interim responses as the limit', `${'HTTP/1.1 102 \r\n\r\n'.repeat(3)}${response()}`),
  row('CH3', 'too-many-interim-responses')('one interim response more', 'HTTP/1.1 102 \r\n\r\n'.repeat(4)),
  row('CH3', { status: 403 })('a refusal behind an interim response', `HTTP/1.1 100 \r\n\r\n${refusal(NO_BODY)}`),
  accepted('CH3')('a 101 with a length, which means nothing', {
    more: 'Content-Length: 5\r\nTransfer-Encoding: chunked',
  }),
  row('CH3', 'response-missing', { ends: true })('nothing', ''),
  row('CH3', 'response-missing', { ends: true })('half a head', 'HTTP/1.1 101 Switching Pro'),
  row('CH3', 'response-missing', { ends: true })('an interim response only', 'HTTP/1.1 100 Continue\r\n\r\n'),

  accepted('CH4')('Upgrade WebSocket', { upgrade: 'Upgrade: WebSocket' }),
  ...['', 'Upgrade: h2c', 'Upgrade: websocket, foo', 'Upgrade: websocket\r\nUpgrade: websocket', 'Upgrade:'].map(
    (upgrade) => row('CH4 G14', 'response-upgrade-wrong')(`Upgrade field: ${upgrade}`, { upgrade }),
  ),
  ...['keep-alive, Upgrade', 'upgrade', ',Upgrade,', 'keep-alive\r\nConnection: Upgrade'].map((value) =>
    accepted('CH5')(`Connection ${value}`, { connection: `Connection: ${value}` }),
  ),
  ...['', 'Connection: notupgrade', 'Connection: close', 'Connection:'].map((connection) =>
    row('CH5 G14', 'response-connection-wrong')(`Connection field: ${connection}`, { connection }),
  ),
  accepted('CH6')('space around the accept value', {
    accept: 'Sec-WebSocket-Accept: \t s3pPLMBiTxaQ9kYGzzhZRbK+xOo= ',
  }),
  row('G13', 'accept-wrong')('no accept value', { accept: '' }),
  ...[
    '',
    'AAAAAAAAAAAAAAAAAAAAAAAAAAA=',
    's3pPLMBiTxaQ9kYGzzhZRbK+xOo',
    's3pplmbitxaq9kygzzhzrbk+xoo=',
    's3pPLMBiTxaQ9kYGzzhZRbK+xOo==',
    '"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="',
    's3pPLMBiTxaQ 9kYGzzhZRbK+xOo=',
    's3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
    's3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=',
  ].map((value) => row('CH6', 'accept-wrong')(`accept value ${value}`, { accept: `Sec-WebSocket-Accept: ${value}` })),

  ...['x-a', 'x-b; q=1', 'x-b,x-a', 'x-a;p="1"'].map((extensions) =>
    accepted('CH7', { extensions })(`extensions ${extensions}`, { more: `Sec-WebSocket-Extensions: ${extensions}` }),
  ),
  accepted('CH7', { extensions: '' })('an empty list of extensions', { more: 'Sec-WebSocket-Extensions:' }),
  ...['x-c', 'x-a, x-c', 'x-a, x-a', 'X-A', 'constructor', '__proto__'].map((value) =>
    row('CH7 G12', 'extension-not-offered')(`extensions ${value}`, { more: `Sec-WebSocket-Extensions: ${value}` }),
  ),
  row('CH7 G12', 'extension-not-offered')('two lines of extensions', {
    more: 'Sec-WebSocket-Extensions: x-a\r\nSec-WebSocket-Extensions: x-b',
  }),
  row('CH7 G12', 'extension-not-offered', { plain: true })('an extension where none was offered', {
    more: 'Sec-WebSocket-Extensions: x-a',
  }),
  ...['x-a;', 'x-a; p="', 'x-a,x-b,x-a,x-b,x-a'].map((value) =>
    row('CH7 G12', 'extensions-malformed')(`extensions ${value}`, { more: `Sec-WebSocket-Extensions: ${value}` }),
  ),

  ...['chat', 'b'].map((subprotocol) =>
    accepted('CH8', { subprotocol })(`subprotocol ${subprotocol}`, { more: `Sec-WebSocket-Protocol: ${subprotocol}` }),
  ),
  ...['c', 'Chat', 'chat, b', '', 'chat\r\nSec-WebSocket-Protocol: chat', 'constructor'].map((value) =>
    row('CH8 G12', 'subprotocol-not-offered')(`subprotocol ${value}`, { more: `Sec-WebSocket-Protocol: ${value}` }),
  ),
  ...['chat', ''].map((value) =>
    row('CH8 G12', 'subprotocol-not-offered', { plain: true })(`subprotocol ${value} where none was offered`, {
      more: `Sec-WebSocket-Protocol: ${value}`,
    }),
  ),

  accepted('CH9')('no reason', { line: 'HTTP/1.1 101' }),
  accepted('CH9')('an empty reason', { line: 'HTTP/1.1 101 ' }),
  accepted('CH9')('a reason beyond ASCII', { line: 'HTTP/1.1 101 \xe9\t\xff' }),
  accepted('CH9')('HTTP/1.2', { line: 'HTTP/1.2 101 ' }),
  row('CH9', 'http-version-unsupported')('HTTP/1.0 with 101', { line: 'HTTP/1.0 101 Switching Protocols' }),
  row('CH9', 'http-version-unsupported')('HTTP/2.0 with 101', { line: 'HTTP/2.0 101 ' }),
  row('CH9', 'http-version-unsupported')('HTTP/2.0 with 403', refusal(NO_BODY, '', 'HTTP/2.0 403 ')),
  row('CH9', { status: 403, body: 'no' })('HTTP/1.0 with 403', refusal('Content-Length: 2', 'no', 'HTTP/1.0 403 ')),
  ...[
    'HTTP/2 101 ',
    'ICY 101 ',
    'HTTP/1.1 0101 ',
    'HTTP/1.1 1010',
    'HTTP/1.1 099 ',
    'HTTP/1.1 10 ',
    'HTTP/1.1  101 ',
    'http/1.1 101 ',
    'HTTP/1.1 101x',
    'HTTP/1.1',
    ' HTTP/1.1 101 ',
    'SSH-2.0-OpenSSH_9.2',
  ].map((line) => row('CH9', 'head-malformed')(`status line ${line}`, { line })),

  ...['220 mail.example ESMTP', 'SSH-2.0-OpenSSH_9.2', 'HTTP/1.1 1x1 '].map((line) =>
    row('CH10 WR16', 'head-malformed')(`the line ${line}, and no other`, `${line}\r\n`),
  ),
  row('CH10', 'head-malformed')('an empty line before it', `\r\n${response()}`),
  row('CH10', 'head-malformed')('lines that end with LF', response().replaceAll('\r\n', '\n')),
  row('CH10', 'head-malformed')('a value on the next line', { upgrade: 'Upgrade:\r\n websocket' }),
  row('CH10', 'head-malformed')('TLS where none was expected', '\x15\x03\x01\x00\x02\x02\x46'),
  row('CH10', 'start-line-too-long')('a status line without an end', `HTTP/1.1 101 ${'a'.repeat(200)}`),
  row('B23 F2', 'head-too-long')('a head without an end', `HTTP/1.1 101 x\r\nX: ${'a'.repeat(2000)}`),
  row('B23 F2', 'too-many-fields')('one field more than the limit', { more: 'X:\r\n'.repeat(LIMITS.fields - 2) }),
  row('B23 F2', 'head-too-long')('an interim head without an end', `HTTP/1.1 103 x\r\nX: ${'a'.repeat(2000)}`),

  row('CH13', { status: 401, body: 'Who?' })(
    'a body of a length',
    refusal('WWW-Authenticate: Basic\r\nContent-Length: 4', 'Who?', 'HTTP/1.1 401 '),
  ),
  row('CH3', { status: 403, body: 'no' }, { ends: true })('a body until the end of the transport', refusal('', 'no')),
  row('CH3', { status: 403, body: '' }, { ends: true })('no body until the end of the transport', refusal('')),
  row('CH3', { status: 403, body: 'no' }, { ends: true })('a body cut short', refusal('Content-Length: 9', 'no')),
  row('CH3', { status: 204, body: '' })('a 204 has no body', refusal('Content-Length: 9', '', 'HTTP/1.1 204 ')),
  row('CH3', { status: 304, body: '' })(
    'a 304 has no body',
    refusal('Transfer-Encoding: chunked', '', 'HTTP/1.1 304 '),
  ),
  row('B23', { status: 403, body: 'a'.repeat(64) })('a body above the limit', refusal('', 'a'.repeat(64))),
  row('B23', { status: 403, body: 'a'.repeat(64) })(
    'a length above the limit',
    refusal(`Content-Length: ${'9'.repeat(400)}`, 'a'.repeat(64)),
  ),
  ...['-1', '+1', '0x1', '1,1', '', '1 1', '1\r\nContent-Length: 1'].map((length) =>
    row('WR13', { status: 403, body: '' })(`Content-Length ${length}`, refusal(`Content-Length: ${length}`)),
  ),
  row('CH3', { status: 403, body: 'Wikipedia' })('chunks', chunked('4\r\nWiki\r\n5\r\npedia\r\n0\r\n')),
  row('CH3', { status: 403, body: 'Wiki' })('chunks with extensions', chunked('4;a=b;c="d"\r\nWiki\r\n00 ;e\r\n')),
  row('CH3', { status: 403, body: '' })('no chunks', chunked('0\r\n')),
  row('CH3', { status: 403, body: 'a'.repeat(10) })('a chunk in capitals', chunked(`A\r\n${'a'.repeat(10)}\r\n0\r\n`)),
  row('CH3', { status: 403, body: 'Wiki' })(
    'the coding that counts is the last',
    refusal('Transfer-Encoding: gzip, Chunked', '4\r\nWiki\r\n0\r\n'),
  ),
  row(
    'WR13',
    { status: 403, body: '4\r\n' },
    { ends: true },
  )(
    'a coding without chunks lasts until the end',
    refusal('Transfer-Encoding: chunked, gzip\r\nContent-Length: 1', '4\r\n'),
  ),
  row('WR13', { status: 403, body: 'Wiki' })(
    'chunks and a length',
    refusal('Content-Length: 1\r\nTransfer-Encoding: chunked', '4\r\nWiki\r\n0\r\n'),
  ),
  row('B23', { status: 403, body: 'a'.repeat(64) })(
    'a chunk above the limit',
    chunked(`ffffffff\r\n${'a'.repeat(64)}`),
  ),
  row('B23', { status: 403, body: '' })('a size line without an end', chunked(`1;${'a'.repeat(253)}`)),
  row('CH3', { status: 403, body: 'Wi' }, { ends: true })('a chunk cut short', chunked('4\r\nWi')),
  ...['x\r\n', '\r\n', '4\n', '-1\r\n', '0x4\r\n', '4 4\r\n', '1;\0\r\n', `${'0'.repeat(13)}\r\n`, '\n'].map((line) =>
    row('F15', { status: 403, body: '' })(`a wrong size line ${JSON.stringify(line)}`, chunked(line)),
  ),
  row('F15', { status: 403, body: 'Wiki' })('a chunk longer than its size', chunked('4\r\nWikix\r\n')),
];
