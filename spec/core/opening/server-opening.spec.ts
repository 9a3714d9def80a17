import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { decodeLatin1, encodeLatin1 } from '../../../core/bytes/latin1.ts';
import { ProtocolError, UsageError } from '../../../core/errors.ts';
import { isFieldValue } from '../../../core/http/fields.ts';
import { HeadReader } from '../../../core/http/head-reader.ts';
import { resolveLimits } from '../../../core/limits.ts';
import {
  type Acceptance,
  type Answer,
  type ParsedRequest,
  ServerOpening,
} from '../../../core/opening/server-opening.ts';
import { cutAt, feed } from '../../support/cuts.ts';
import { attempt, checkRequest } from '../../support/openings.ts';
import { LIMITS, OPENING_REQUESTS, type RequestVector, request } from '../../vectors/opening-requests.ts';

const limits = resolveLimits(LIMITS);
/** The masked "Hello" of RFC 6455 §5.7. */
const FRAME = Uint8Array.from([0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]);

const isRefused = ({ verdict }: RequestVector): boolean => Array.isArray(verdict);

const received = (text = request(), plain = false): ServerOpening => {
  const opening = new ServerOpening(limits, plain);
  const bytes = encodeLatin1(text);
  opening.receive(bytes, 0, bytes.length);
  return opening;
};

const PLAIN = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

/** Reads a response of ours as strictly as a request of theirs. */
function parse(bytes: Uint8Array): { line: string; fields: Record<string, string>; body: string } {
  const reader = new HeadReader(limits, 0);
  const at = reader.receive(bytes, 0, bytes.length);
  expect(reader.done).toBe(true);
  return {
    line: reader.startLine,
    fields: Object.fromEntries(reader.fields),
    body: new TextDecoder().decode(bytes.subarray(at)),
  };
}

describe('a request, wherever it is cut', () => {
  test.each(OPENING_REQUESTS)('$id: $title', (vector) => {
    checkRequest(vector);
  });
});

describe('a request that another parser has read', () => {
  const parsed = (text: string): ParsedRequest => {
    const [head = ''] = text.replace(/^(\r\n)+/, '').split('\r\n\r\n');
    const [line = '', ...rest] = head.split('\r\n');
    const [method = '', target = '', version = ''] = line.split(' ');
    const pairs = rest.map((field): [string, string] => {
      const colon = field.indexOf(':');
      return [field.slice(0, colon), field.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '')];
    });
    return { method, target, version: version.slice('HTTP/'.length), fields: pairs };
  };
  const syntax = ['head-malformed', 'head-too-long', 'start-line-too-long'];
  const same = OPENING_REQUESTS.filter(({ verdict }) => !(Array.isArray(verdict) && syntax.includes(verdict[0])));

  test.each(same)('$id: is judged by the same rules: $title', ({ text, verdict, plain }) => {
    const opening = new ServerOpening(limits, plain ?? false);
    const outcome = attempt(() => opening.judge(parsed(text)));
    if (outcome instanceof ProtocolError) expect([outcome.violation, outcome.status]).toEqual(verdict);
    else {
      expect(outcome).toMatchObject(verdict);
      expect(opening.request).toBe(outcome);
    }
  });

  const good = parsed(request());
  test.each<[string, Partial<ParsedRequest>]>([
    ['a method that is no token', { method: 'G T' }],
    ['a name that is no token', { fields: [...(good.fields as []), ['a b', '']] }],
    ['a value with a line end', { fields: [...(good.fields as []), ['a', 'b\r\nc: d']] }],
    ['a value beyond latin-1', { fields: [...(good.fields as []), ['upgrade', 'websoc\u212aet']] }],
    ['a value that is no string', { fields: [...(good.fields as []), ['a', 1 as unknown as string]] }],
  ])('is not trusted: %s', (_, change) => {
    const opening = new ServerOpening(limits, false);
    expect(attempt(() => opening.judge({ ...good, ...change }))).toHaveProperty('violation', 'head-malformed');
  });

  test.each(['1.0', '1', '2.0', '2', '3', '1.10', '01.1', 'HTTP/1.1', ''])('may not have the version %o', (version) => {
    const opening = new ServerOpening(limits, false);
    expect(attempt(() => opening.judge({ ...good, version }))).toHaveProperty('violation', 'http-version-unsupported');
  });

  it('gives its fields in any shape that pairs have', () => {
    const fields = Object.fromEntries(good.fields as [string, string][]);
    for (const shape of [fields, new Map(Object.entries(fields))]) {
      const opening = new ServerOpening(limits, false);
      expect(opening.judge({ ...good, fields: shape }).fields.get('HOST')).toBe('a');
    }
  });
});

describe('a request that is complete', () => {
  it('ends what is read (SH20)', () => {
    const opening = received();
    expect(opening.receive(FRAME, 3, FRAME.length)).toBe(3);
  });

  it('has its fields in order, with opaque bytes above 0x7f (WR7)', () => {
    const { request: judged } = received(request({ more: 'X: \xe9\x80\xff\r\nx: b' }));
    expect(judged?.fields.get('X')).toBe('\xe9\x80\xff');
    expect(judged?.fields.all('x')).toEqual(['\xe9\x80\xff', 'b']);
    expect([...(judged?.fields ?? [])].map(([name]) => name).slice(-2)).toEqual(['X', 'x']);
  });

  it('offers its extensions over several lines as one list (G16, SH17)', () => {
    const opening = received(request({ more: 'Sec-WebSocket-Extensions: a; b\r\nsec-websocket-extensions: c, a;d=1' }));
    expect(opening.extensions).toEqual([
      { name: 'a', params: [['b', true]] },
      { name: 'c', params: [] },
      { name: 'a', params: [['d', '1']] },
    ]);
  });

  it('changes no object whose names it uses (D1)', () => {
    received(request({ more: '__proto__: x\r\nSec-WebSocket-Extensions: __proto__; x=1' }));
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });
});

describe('acceptance', () => {
  const text = (answer: Acceptance, from = received()): string => from.acceptance(answer).head;
  const offering = (): ServerOpening => received(request({ more: 'Sec-WebSocket-Protocol: chat, superchat' }));

  it('is exactly this, byte by byte (SH19)', () => {
    expect(text({})).toBe(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n',
    );
  });

  it('hashes the key without the space around it (SH8)', () => {
    expect(text({}, received(request({ key: 'Sec-WebSocket-Key: \t dGhlIHNhbXBsZSBub25jZQ== ' })))).toBe(text({}));
  });

  it('has one field for a subprotocol and one for extensions, before those of the program (SH15, SH17)', () => {
    const answer = { subprotocol: 'superchat', extensions: 'x; y=1', fields: { 'Set-Cookie': 'a=b' } };
    expect(offering().acceptance(answer)).toMatchObject({ subprotocol: 'superchat', extensions: 'x; y=1' });
    expect(text(answer, offering()).split('\r\n').slice(4)).toEqual([
      'Sec-WebSocket-Protocol: superchat',
      'Sec-WebSocket-Extensions: x; y=1',
      'Set-Cookie: a=b',
      '',
      '',
    ]);
  });

  test.each<[string, Acceptance]>([
    ['nothing', {}],
    ['undefined', { subprotocol: undefined, extensions: undefined, fields: undefined }],
    ['empty strings', { subprotocol: '', extensions: '' }],
    ['null', { subprotocol: null, extensions: null } as unknown as Acceptance],
  ])('has no such field where %s is chosen (G17, SH14)', (_, answer) => {
    expect(text(answer, offering())).toBe(text({}));
    expect(offering().acceptance(answer)).toMatchObject({ subprotocol: '', extensions: '' });
  });

  test.each(['Chat', 'c', 'chat, superchat', 'chat\r\nX: y', 'constructor'])(
    'may not choose the subprotocol %o, which was not offered (SH14)',
    (subprotocol) => {
      expect(() => offering().acceptance({ subprotocol })).toThrow(UsageError);
      expect(() => received().acceptance({ subprotocol })).toThrow(UsageError);
    },
  );

  test.each([
    ...['Upgrade', 'CONNECTION', 'Host', 'Content-Length', 'Transfer-Encoding'],
    ...['Sec-WebSocket-Accept', 'sec-websocket-protocol', 'Sec-WebSocket-Extensions', 'Sec-WebSocket-X'],
  ])('may not have the field %s from the program (SH16)', (name) => {
    expect(() => received().acceptance({ fields: [[name, 'x']] })).toThrow(UsageError);
    expect(() => received().refusal({ status: 400, fields: { [name]: 'x' } })).toThrow(UsageError);
  });

  test.each([
    ['a b', 'x'],
    ['a\r\nb', 'x'],
    ['', 'x'],
    ['é', 'x'],
    ...['\r', '\n', '\0', '\x7f', '\x01', '\u0100', '\ud83d\ude00', 'a\r\nb: c'].map((value) => ['a', value] as const),
  ] as const)('may not have the field %o: %o (F10)', (name, value) => {
    expect(() => received().acceptance({ fields: [[name, value]] })).toThrow(UsageError);
    expect(() => received().refusal({ status: 400, fields: [[name, value]] })).toThrow(UsageError);
  });

  it('may not have extensions that would end their line (F10)', () => {
    expect(() => received().acceptance({ extensions: 'a\r\nb: c' })).toThrow(UsageError);
  });

  it('is not for a plain request, nor for none', () => {
    expect(() => received(PLAIN, true).acceptance({})).toThrow(UsageError);
    expect(() => new ServerOpening(limits, false).acceptance({})).toThrow(UsageError);
  });
});

describe('refusal', () => {
  const text = (answer: Answer, from = received()): string => decodeLatin1(from.refusal(answer));

  it('closes, and says how long it is (SH23, SH24)', () => {
    expect(text({ status: 401, reason: 'Unauthorized', fields: { 'WWW-Authenticate': 'Basic' }, body: 'Who?' })).toBe(
      'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\nContent-Type: text/plain; charset=utf-8\r\n' +
        'Content-Length: 4\r\nConnection: close\r\n\r\nWho?',
    );
  });

  it('has neither reason nor body unless they are given', () => {
    expect(text({ status: 403 })).toBe('HTTP/1.1 403 \r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
  });

  it('sends text as UTF-8 and bytes as they are, of a type the program may choose', () => {
    expect(parse(received().refusal({ status: 400, body: 'é' }))).toMatchObject({
      fields: { 'Content-Length': '2' },
      body: 'é',
    });
    const html = parse(received().refusal({ status: 400, fields: { 'content-type': 'text/html' }, body: '<p>' }));
    expect(html.fields).toEqual({ 'content-type': 'text/html', 'Content-Length': '3', Connection: 'close' });
    const bytes = parse(received().refusal({ status: 400, body: Uint8Array.of(97) }));
    expect(bytes).toMatchObject({ body: 'a', fields: { 'Content-Length': '1', Connection: 'close' } });
    expect(bytes.fields).not.toHaveProperty('Content-Type');
  });

  it('with 426 says by itself what to upgrade to (RFC 9110 §15.5.22)', () => {
    expect(parse(received().refusal({ status: 426 })).fields).toEqual({
      'Content-Length': '0',
      Upgrade: 'websocket',
      Connection: 'upgrade, close',
      'Sec-WebSocket-Version': '13',
    });
  });

  test.each([300, 301, 303, 305, 308, 400, 403, 499, 500, 599])('may have the status %i (SH24)', (status) => {
    expect(text({ status })).toContain(`HTTP/1.1 ${status} \r\n`);
  });

  const never = [-1, 0, 1, 99, 100, 101, 102, 103, 199, 600, 1000, 403.5, Number.NaN, Infinity, '403', undefined];
  test.each([...never, 200, 204, 206, 299, 304])('may not have the status %o (F8)', (status) => {
    expect(() => received().refusal({ status: status as number })).toThrow(UsageError);
  });

  test.each(never)('even of a plain request may not have the status %o (F8)', (status) => {
    expect(() => received(PLAIN, true).refusal({ status: status as number })).toThrow(UsageError);
  });

  test.each(['a\r\nb', '\n', '\0', '\u0100'])('may not have the reason %o (F10)', (reason) => {
    expect(() => received().refusal({ status: 400, reason })).toThrow(UsageError);
  });

  test.each([1, null, {}, [], new ArrayBuffer(1)])('may not have the body %o', (body) => {
    expect(() => received().refusal({ status: 400, body: body as string })).toThrow(UsageError);
  });

  test.each(['/a\r\nSet-Cookie: b', '/a\nb', '/\0'])('cannot redirect to %j (F11)', (location) => {
    for (const from of [received(), received(PLAIN, true)]) {
      expect(() => from.refusal({ status: 302, fields: { Location: location } })).toThrow(UsageError);
    }
  });

  it('of a plain request may be any final answer', () => {
    expect(text({ status: 200, reason: 'OK', body: 'hi' }, received(PLAIN, true))).toContain('HTTP/1.1 200 OK\r\n');
  });

  test.each([204, 304])('with %i has neither body nor length (RFC 9110 §8.6)', (status) => {
    expect(text({ status }, received(PLAIN, true))).toBe(`HTTP/1.1 ${status} \r\nConnection: close\r\n\r\n`);
    expect(() => received(PLAIN, true).refusal({ status, body: 'a' })).toThrow(UsageError);
  });

  it('of HEAD says how long the body would be, and sends none (RFC 9110 §9.3.2)', () => {
    const head = received(PLAIN.replace('GET', 'HEAD'), true).refusal({ status: 200, body: 'hello' });
    expect(parse(head)).toMatchObject({ fields: { 'Content-Length': '5' }, body: '' });
  });
});

describe('the response to a request that broke a rule', () => {
  test.each(OPENING_REQUESTS.filter(isRefused))('$id: after $title', ({ text, verdict, plain }) => {
    const opening = new ServerOpening(limits, plain ?? false);
    const bytes = encodeLatin1(text);
    const error = attempt(() => opening.receive(bytes, 0, bytes.length)) as ProtocolError;
    const { line, fields, body } = parse(opening.refusalFor(error));
    const [violation, status] = verdict as [string, number];
    expect(line).toBe(`HTTP/1.1 ${status} ${violation}`);
    expect(fields).toHaveProperty('Connection', status === 426 ? 'upgrade, close' : 'close');
    expect(fields.Upgrade).toBe(status === 426 ? 'websocket' : undefined); // RFC 9110 §15.5.22
    expect(fields.Allow).toBe(status === 405 ? 'GET' : undefined); // RFC 9110 §15.5.6
    const versioned = status === 426 || violation.startsWith('version-');
    expect(fields['Sec-WebSocket-Version']).toBe(versioned ? '13' : undefined); // RFC 6455 §4.4
    expect(fields['Content-Type']).toBe('text/plain; charset=utf-8');
    if (text.startsWith('HEAD')) expect(body).toBe('');
    else {
      expect(body).toMatch(/^expected [ -~]{1,100}\n$/);
      expect(fields['Content-Length']).toBe(`${body.length}`);
    }
  });

  it('is empty where the violation has no status', () => {
    expect(received().refusalFor(new ProtocolError('text-not-utf8', 'x'))).toEqual(new Uint8Array());
  });

  it('tells a client that was too slow', () => {
    const error = new ProtocolError('opening-too-slow', 'the opening handshake took too long');
    expect(parse(new ServerOpening(limits, false).refusalFor(error)).line).toBe('HTTP/1.1 408 opening-too-slow');
  });

  it('repeats nothing of what the client said (LT2)', () => {
    const evil = '<script>alert(1)</script>';
    const texts = [
      request({ host: `Host: ${evil}` }),
      request({ line: `GET ${evil} HTTP/1.1` }),
      request({ line: `${evil} / HTTP/1.1` }),
      request({ version: `Sec-WebSocket-Version: ${evil}` }),
      request({ more: `Sec-WebSocket-Protocol: ${evil}` }),
      request({ more: `Sec-WebSocket-Extensions: ${evil}` }),
    ];
    for (const text of texts) {
      const opening = new ServerOpening(limits, false);
      const bytes = encodeLatin1(text);
      const error = attempt(() => opening.receive(bytes, 0, bytes.length)) as ProtocolError;
      expect(decodeLatin1(opening.refusalFor(error))).not.toContain('script');
    }
  });
});

describe('laws', () => {
  /** Bytes that are nearly a request: pieces of one, with changes. */
  const nearly = fc
    .array(
      fc.oneof(
        { weight: 6, arbitrary: fc.constantFrom(...request({ more: 'Origin: a' }).split(/(?<=\r\n)/)) },
        { weight: 1, arbitrary: fc.constantFrom('\r\n', '\r', '\n', ' ', ':', 'a: b\r\n', '\0', '\xe9') },
        {
          weight: 1,
          arbitrary: fc.string({ unit: 'binary', maxLength: 8 }).map((text) => text.replace(/[^\0-\xff]/g, '')),
        },
      ),
      { maxLength: 14 },
    )
    .map((parts) => encodeLatin1(`GET /ws HTTP/1.1\r\n${parts.join('')}`));
  const anything = fc.oneof(nearly, fc.uint8Array({ maxLength: 64 }));

  /** What becomes of bytes: the rule they break, or the request and what is left. */
  const fate = (bytes: Uint8Array, places: readonly number[], plain: boolean): unknown => {
    const opening = new ServerOpening(limits, plain);
    const left = attempt(() => feed(opening, cutAt(bytes, places), () => false));
    if (left instanceof ProtocolError) return left.violation;
    const { fields = [], ...rest } = opening.request ?? {};
    return { left, rest, fields: [...fields] };
  };

  test('any bytes are a request, the beginning of one, or a violation, wherever they are cut', () => {
    fc.assert(
      fc.property(anything, fc.array(fc.nat(300)), fc.boolean(), (bytes, places, plain) => {
        expect(fate(bytes, places, plain)).toEqual(fate(bytes, [], plain));
      }),
    );
  });

  test('whatever the fields hold, a request is judged and never crashes (D7)', () => {
    const name = fc.constantFrom(
      ...['Host', 'Upgrade', 'Connection', 'Sec-WebSocket-Key', 'Sec-WebSocket-Version', 'Sec-WebSocket-Protocol'],
      ...['Sec-WebSocket-Extensions', 'Origin', 'Cookie', 'Content-Length'],
    );
    const value = fc
      .uint8Array({ maxLength: 30 })
      .map((bytes) => [...decodeLatin1(bytes)].filter(isFieldValue).join(''));
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { maxLength: 8 }), (pairs) => {
        const text = request({ more: pairs.map((pair) => pair.join(': ')).join('\r\n') });
        const opening = new ServerOpening(limits, false);
        const outcome = attempt(() => opening.receive(encodeLatin1(text), 0, text.length));
        expect(outcome instanceof ProtocolError || opening.request !== undefined).toBe(true);
      }),
    );
  });

  test('what is refused has an answer', () => {
    fc.assert(
      fc.property(anything, (bytes) => {
        const opening = new ServerOpening(limits, false);
        const outcome = attempt(() => opening.receive(bytes, 0, bytes.length));
        if (outcome instanceof ProtocolError) parse(opening.refusalFor(outcome));
      }),
    );
  });
});

test('extensions that are given as text are answered so, and agreed on with nobody', () => {
  const opening = received(request({ more: 'Sec-WebSocket-Extensions: x' }));
  expect(opening.acceptance({ extensions: 'x' })).toMatchObject({ extensions: 'x', agreed: [] });
});

test('before a request there is none, and it offers nothing', () => {
  const opening = new ServerOpening(limits, false);
  expect([opening.request, opening.extensions]).toEqual([undefined, []]);
});
