import { describe, expect, it, test } from 'vitest';
import type { Violation } from '../../../core/errors.ts';
import { type Field, FieldList } from '../../../core/http/fields.ts';
import { type Judgement, judgeRequest, parseRequestLine } from '../../../core/opening/request-judge.ts';
import { LIMITS, OPENING_REQUESTS } from '../../vectors/opening-requests.ts';

const LINE = { method: 'GET', target: '/ws', version: '1.1' };
const FIELDS: Field[] = [
  ['Host', 'a'],
  ['Upgrade', 'websocket'],
  ['Connection', 'Upgrade'],
  ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
  ['Sec-WebSocket-Version', '13'],
];

const broken = (violation: Violation): unknown => expect.objectContaining({ name: 'ProtocolError', violation });

/** Judges a request without the lines of a wire, so that no rule of syntax stands before the others. */
function judge(text: string, plainRequests: boolean): Judgement {
  const [head = ''] = text.replace(/^(\r\n)+/, '').split('\r\n\r\n');
  const [line = '', ...rest] = head.split('\r\n');
  const pairs = rest.map((field): Field => {
    const colon = field.indexOf(':');
    return [field.slice(0, colon), field.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '')];
  });
  return judgeRequest(parseRequestLine(line), new FieldList(pairs), LIMITS.offers, plainRequests);
}

const SYNTAX = ['head-malformed', 'head-too-long', 'too-many-fields', 'start-line-too-long'];

test.each(OPENING_REQUESTS.map((vector) => [`${vector.id}: ${vector.title}`, vector] as const))(
  '%s',
  (_, { text, verdict, plain = false }) => {
    if ('length' in verdict) {
      if (!SYNTAX.includes(verdict[0])) expect(() => judge(text, plain)).toThrow(broken(verdict[0]));
    } else {
      expect(judge(text, plain).request).toMatchObject(verdict);
    }
  },
);

describe('a request line (RFC 9112 §3)', () => {
  it('has a method, a target and a version', () => {
    expect(parseRequestLine('GET /ws?a HTTP/1.1')).toEqual({ method: 'GET', target: '/ws?a', version: '1.1' });
    expect(parseRequestLine('PRI * HTTP/2.0')).toEqual({ method: 'PRI', target: '*', version: '2.0' });
  });

  test.each([
    ...['', 'GET', 'GET /', 'GET  / HTTP/1.1', 'GET / HTTP/1.1 ', ' GET / HTTP/1.1', 'GET / /HTTP/1.1', 'GET / HTTP/1'],
    ...['G(T / HTTP/1.1', 'GET\t/ HTTP/1.1', 'GET / HTTP/11', 'GET / http/1.1', 'GET / HTTP/1.1\n', 'é / HTTP/1.1'],
  ])('is not %j', (line) => {
    expect(() => parseRequestLine(line)).toThrow(broken('head-malformed'));
  });
});

describe('a judgement', () => {
  it('has the key and the offers of a request for a WebSocket', () => {
    const fields = new FieldList([...FIELDS, ['Sec-WebSocket-Extensions', 'a; b']]);
    expect(judgeRequest(LINE, fields, 1, false)).toEqual({
      request: { upgrade: true, method: 'GET', target: '/ws', host: 'a', origin: undefined, subprotocols: [], fields },
      key: 'dGhlIHNhbXBsZSBub25jZQ==',
      extensions: [{ name: 'a', params: [['b', true]] }],
    });
  });

  it('has neither of a plain one, whatever it offers', () => {
    const fields = new FieldList([
      ['Host', 'a'],
      ['Sec-WebSocket-Protocol', 'a b'],
      ['Sec-WebSocket-Extensions', ';'],
    ]);
    const { request, ...rest } = judgeRequest(LINE, fields, 1, true);
    expect(request).toMatchObject({ upgrade: false, subprotocols: [] });
    expect(rest).toEqual({ key: undefined, extensions: [] });
  });

  it('counts offers over several lines (G16)', () => {
    const offers = ['Sec-WebSocket-Protocol', 'Sec-WebSocket-Extensions'].flatMap((name): Field[][] => [
      [
        [name, 'a'],
        [name, 'b'],
      ],
    ]);
    for (const pairs of offers) {
      expect(judgeRequest(LINE, new FieldList([...FIELDS, ...pairs]), 2, false).key).toBeDefined();
      expect(() => judgeRequest(LINE, new FieldList([...FIELDS, ...pairs]), 1, false)).toThrow('at most 1');
    }
  });

  it('never compares names by the case rules of other alphabets (SH5)', () => {
    const fields = new FieldList([['Host', 'a'], ['Upgrade', 'web\u017focket'], ...FIELDS.slice(2)]);
    expect(() => judgeRequest(LINE, fields, 1, false)).toThrow(broken('upgrade-missing'));
  });

  it('takes no long host or target longer than it is (D4, D5)', () => {
    const long = 'a'.repeat(2 ** 20);
    const host = (value: string) => new FieldList([['Host', value], ...FIELDS.slice(1)]);
    expect(judgeRequest(LINE, host(long), 1, false).request.host).toBe(long);
    expect(() => judgeRequest(LINE, host(`${long}\xe9`), 1, false)).toThrow(broken('host-wrong'));
    expect(() => judgeRequest(LINE, host(`${'%41'.repeat(2 ** 18)}%`), 1, false)).toThrow(broken('host-wrong'));
    const target = `http://${long}`;
    expect(judgeRequest({ ...LINE, target }, host(long), 1, false).request.target).toBe('/');
    expect(() => judgeRequest({ ...LINE, target: `/${long}#` }, host('a'), 1, false)).toThrow(broken('target-wrong'));
  });
});

describe('a target, and the host it names (RFC 9112 §3.2)', () => {
  const judged = (target: string, host = 'a'): unknown =>
    judgeRequest({ ...LINE, target }, new FieldList([['Host', host], ...FIELDS.slice(1)]), 1, false).request;

  test.each([
    ['http://b/', '/', 'b'],
    ['http://b', '/', 'b'],
    ['HTTPS://b:1/c/', '/c/', 'b:1'],
    ['ws://b?c/', '/?c/', 'b'],
  ])('%s is the path %s of %s', (target, path, host) => {
    expect(judged(target, host)).toMatchObject({ target: path, host });
  });

  test.each(['*', 'xhttp://b/', 'http://', 'http://b%4/', 'http://b%zz/', 'b/'])('%s is none', (target) => {
    expect(() => judged(target)).toThrow(broken('target-wrong'));
  });

  test.each(['a%4', 'a%', 'a%4g', '%'])('%s is no host', (host) => {
    expect(() => judged('/', host)).toThrow(broken('host-wrong'));
  });
});
