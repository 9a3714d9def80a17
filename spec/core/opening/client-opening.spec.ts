import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { decodeLatin1, encodeLatin1 } from '../../../core/bytes/latin1.ts';
import { UsageError } from '../../../core/errors.ts';
import type { Extension } from '../../../core/extensions/extension.ts';
import { isFieldValue } from '../../../core/http/fields.ts';
import { resolveLimits } from '../../../core/limits.ts';
import { ClientOpening, type ClientRequest } from '../../../core/opening/client-opening.ts';
import { ServerOpening } from '../../../core/opening/server-opening.ts';
import { cutAt } from '../../support/cuts.ts';
import { checkResponse, fateOfResponse } from '../../support/openings.ts';
import { KEY, LIMITS, OPENING_RESPONSES, REQUEST, response } from '../../vectors/opening-responses.ts';

const limits = resolveLimits(LIMITS);
const PLAIN: ClientRequest = { host: 'a', target: '/ws' };
const opening = (request: ClientRequest = PLAIN, given = limits): ClientOpening =>
  new ClientOpening(request, KEY, given);
const text = (request: Partial<ClientRequest>): string => decodeLatin1(opening({ ...PLAIN, ...request }).head);

describe('a request', () => {
  it('is exactly this, byte by byte (CH1)', () => {
    expect(text({})).toBe(
      'GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    );
  });

  it('adds what is offered, and then the fields of the program', () => {
    const request = { subprotocols: ['a', 'A'], extensions: 'x; y', fields: [['Origin', 'http://a']] as const };
    expect(text(request).split('\r\n').slice(6)).toEqual([
      'Sec-WebSocket-Protocol: a, A',
      'Sec-WebSocket-Extensions: x; y',
      'Origin: http://a',
      '',
      '',
    ]);
  });

  it('has no empty field where nothing is offered (G17)', () => {
    expect(text({ subprotocols: [], extensions: '', fields: {} })).toBe(text({}));
    expect(text({ subprotocols: undefined, extensions: undefined, fields: undefined })).toBe(text({}));
  });

  test.each(['a:81', '[::1]:9', '127.0.0.1', 'xn--bcher-kva.example'])('may have the host %s', (host) => {
    expect(text({ host })).toContain(`\r\nHost: ${host}\r\n`);
  });

  test.each(['/', '/?', '/a//b?c=d/e?f', '//a', '/%20', "/!$&'()*+,;=:@~|"])('may have the target %s', (target) => {
    expect(text({ target })).toContain(`GET ${target} HTTP/1.1\r\n`);
  });

  const unwritable = ['\r\n', '\n', '\r', '\0', '\x7f', '\u0100', ' \ud83d\ude00'];
  test.each<[string, Partial<ClientRequest>]>([
    ['an empty host', { host: '' }],
    ['a host with a space', { host: 'a b' }],
    ['an empty target', { target: '' }],
    ['a relative target', { target: 'ws' }],
    ['an absolute target', { target: 'http://a/' }],
    ['a fragment', { target: '/a#b' }],
    ['a target beyond ASCII', { target: '/é' }],
    ['a subprotocol twice (CH15)', { subprotocols: ['a', 'a'] }],
    ['an empty subprotocol', { subprotocols: [''] }],
    ['a subprotocol that is no token', { subprotocols: ['a b'] }],
    ['extensions that are malformed', { extensions: 'a;' }],
    ...[
      ...['Host', 'upgrade', 'Connection', 'Content-Length', 'Transfer-Encoding', 'Sec-WebSocket-Key'],
      ...['Sec-WebSocket-Version', 'Sec-WebSocket-Protocol', 'sec-websocket-extensions', 'Sec-WebSocket-Accept'],
    ].map((name): [string, Partial<ClientRequest>] => [`the field ${name}`, { fields: { [name]: 'a' } }]),
    ...unwritable.flatMap((char): [string, Partial<ClientRequest>][] => [
      [`a host with ${JSON.stringify(char)} (F10)`, { host: `a${char}b` }],
      [`a target with ${JSON.stringify(char)} (F10)`, { target: `/a${char}b` }],
      [`a subprotocol with ${JSON.stringify(char)} (F10)`, { subprotocols: [`a${char}b`] }],
      [`extensions with ${JSON.stringify(char)} (F10)`, { extensions: `a${char}b` }],
      [`a field name with ${JSON.stringify(char)} (F10)`, { fields: [[`a${char}b`, 'c']] }],
      [`a field value with ${JSON.stringify(char)} (F10)`, { fields: [['a', `b${char}c`]] }],
    ]),
  ])('may not have %s', (_, request) => {
    expect(() => opening({ ...PLAIN, ...request })).toThrow(UsageError);
  });

  test.each([0, 15, 17])('needs a key of 16 bytes, not of %i', (length) => {
    expect(() => new ClientOpening(PLAIN, new Uint8Array(length), limits)).toThrow(UsageError);
  });
});

describe('a response, wherever it is cut', () => {
  test.each(OPENING_RESPONSES)('$id: $title', (vector) => {
    checkResponse(vector);
  });
});

describe('a response that is known', () => {
  const accepted = (): ClientOpening => {
    const client = opening();
    const bytes = encodeLatin1(response({ more: 'Set-Cookie: a\r\nset-cookie: b' }));
    client.receive(bytes, 0, bytes.length);
    return client;
  };

  it('ends what is read: a second 101 is no response any more (F3)', () => {
    const bytes = encodeLatin1(response());
    expect(accepted().receive(bytes, 2, bytes.length)).toBe(2);
  });

  it('is not changed by the end of the transport', () => {
    const client = accepted();
    const { outcome } = client;
    client.end();
    expect(client.outcome).toBe(outcome);
  });

  it('has its fields', () => {
    const { outcome } = accepted();
    expect(outcome?.kind === 'accepted' && outcome.fields.all('Set-Cookie')).toEqual(['a', 'b']);
  });

  it('that refuses has its fields, too, and a body of its own', () => {
    const client = opening();
    const bytes = encodeLatin1('HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 2\r\n\r\nhi');
    client.receive(bytes, 0, bytes.length);
    bytes.fill(0);
    const response = client.outcome?.kind === 'refused' ? client.outcome.response : undefined;
    expect(response).toMatchObject({ status: 302, reason: 'Found', body: encodeLatin1('hi') });
    expect(response?.fields.get('location')).toBe('/x');
    expect(response?.body.buffer.byteLength).toBe(2);
  });

  it('that refuses waits for no body where none is kept', () => {
    const client = opening(PLAIN, resolveLimits({ responseBodyBytes: 0 }));
    const bytes = encodeLatin1('HTTP/1.1 403 \r\nContent-Length: 9\r\n\r\n');
    expect(client.receive(bytes, 0, bytes.length)).toBe(bytes.length);
    expect(client.outcome).toMatchObject({ kind: 'refused', response: { status: 403, body: new Uint8Array() } });
  });

  it('quotes a wrong status line escaped and short', () => {
    const client = opening();
    const bytes = encodeLatin1(`\xe9${'x'.repeat(100)}\r\n\r\n`);
    expect(() => client.receive(bytes, 0, bytes.length)).toThrow(/"\\xe9x{63}…"$/);
  });
});

describe('laws', () => {
  const nearly = fc
    .array(
      fc.oneof(
        {
          weight: 5,
          arbitrary: fc.constantFrom(
            ...response({ more: 'Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Extensions: x-a' }).split(/(?<=\r\n)/),
          ),
        },
        {
          weight: 2,
          arbitrary: fc.constantFrom('HTTP/1.1 100 \r\n\r\n', 'HTTP/1.1 403 \r\n', 'Content-Length: 3\r\n'),
        },
        {
          weight: 2,
          arbitrary: fc.constantFrom('Transfer-Encoding: chunked\r\n', '\r\n', '3\r\nabc\r\n', '0\r\n', 'x'),
        },
      ),
      { maxLength: 12 },
    )
    .map((parts) => encodeLatin1(parts.join('')));

  test('any bytes are accepted, refused, unfinished or a violation, wherever they are cut', () => {
    fc.assert(
      fc.property(
        fc.oneof(nearly, fc.uint8Array({ maxLength: 40 })),
        fc.array(fc.nat(300)),
        fc.boolean(),
        (bytes, places, ends) => {
          expect(fateOfResponse(cutAt(bytes, places), REQUEST, ends)).toEqual(
            fateOfResponse(cutAt(bytes, []), REQUEST, ends),
          );
        },
      ),
    );
  });

  test('client and server agree, whatever is offered and chosen', () => {
    const token = fc.string({ unit: fc.constantFrom(...'abcXYZ019-._~!#$%&*+^`|'), minLength: 1, maxLength: 8 });
    const offer = fc.record({
      key: fc.uint8Array({ minLength: 16, maxLength: 16 }),
      subprotocols: fc.uniqueArray(token, { maxLength: 8 }),
      extensions: fc.uniqueArray(token, { maxLength: 4 }),
      value: fc.uint8Array({ maxLength: 20 }).map((bytes) => [...decodeLatin1(bytes)].filter(isFieldValue).join('')),
      choice: fc.nat(),
    });
    fc.assert(
      fc.property(offer, ({ key, subprotocols, extensions, value, choice }) => {
        const defaults = resolveLimits(undefined);
        const fields = { 'X-Value': value };
        const request = { ...PLAIN, subprotocols, extensions: extensions.join(', '), fields };
        const client = new ClientOpening(request, key, defaults);
        const server = new ServerOpening(defaults, false);
        expect(server.receive(client.head, 0, client.head.length)).toBe(client.head.length);
        expect(server.request?.subprotocols).toEqual(subprotocols);
        expect(server.extensions.map(({ name }) => name)).toEqual(extensions);
        expect(server.request?.fields.get('x-value')).toBe(value.replace(/^[ \t]+|[ \t]+$/g, ''));
        const subprotocol = subprotocols[choice % (subprotocols.length + 1)] ?? '';
        const extension = extensions[choice % (extensions.length + 1)] ?? '';
        const head = encodeLatin1(server.acceptance({ subprotocol, extensions: extension, fields }).head);
        expect(client.receive(head, 0, head.length)).toBe(head.length);
        expect(client.outcome).toMatchObject({ kind: 'accepted', subprotocol, extensions: extension });
      }),
    );
  });
});

describe('extensions of a client', () => {
  const spoken: Extension = {
    name: 'x',
    reserved: 0x40,
    offer: () => [[['a', '1']]],
    agree: (params) => (params.length === 0 ? CODEC : undefined),
    accept: () => undefined,
  };
  const answered = (extra: string): ClientOpening => {
    const each = new ClientOpening({ ...PLAIN, extensions: 'y' }, KEY, limits, [spoken]);
    const head = encodeLatin1(response({ more: extra }));
    each.receive(head, 0, head.length);
    return each;
  };

  it('are offered behind those that are given as text', () => {
    expect(decodeLatin1(answered('').head)).toContain('\r\nSec-WebSocket-Extensions: y, x; a=1\r\n');
  });

  it('are agreed on with the answer, and not before or without it', () => {
    const agreed = (answer: string): unknown => {
      const { outcome } = answered(answer);
      return outcome?.kind === 'accepted' ? outcome.agreed : outcome;
    };
    expect(new ClientOpening(PLAIN, KEY, limits, [spoken]).outcome).toBeUndefined();
    expect(agreed('')).toEqual([]);
    expect(agreed('Sec-WebSocket-Extensions: x')).toEqual([{ reserved: 0x40, codec: CODEC }]);
    expect(agreed('Sec-WebSocket-Extensions: y')).toEqual([]);
  });

  it('fail the connection where one of them does not agree (RFC 6455 §9.1)', () => {
    expect(() => answered('Sec-WebSocket-Extensions: x; b')).toThrow(
      expect.objectContaining({ violation: 'extension-terms-wrong' }),
    );
  });

  it('are none for an answer that is empty', () => {
    expect(answered('Sec-WebSocket-Extensions: ,').outcome).toMatchObject({ extensions: '' });
  });
});

test('a refusal without a reason has none', () => {
  const each = opening();
  const head = encodeLatin1('HTTP/1.1 403\r\nContent-Length: 0\r\n\r\n');
  each.receive(head, 0, head.length);
  expect(each.outcome).toMatchObject({ kind: 'refused', response: { status: 403, reason: '' } });
});

const CODEC = { encode: () => undefined, decode() {} };
