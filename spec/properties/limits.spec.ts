/** Every limit, one below it, at it, and one above it; and again, for what one message used up is no loss of the next (LT9, H1). */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Connection, type Limits, type Output } from '../../core/index.ts';
import { events, opened, REQUEST, written } from '../support/opened.ts';
import { bytes, frame, frames } from '../support/wire.ts';

const KEY = bytes('37fa213d');
const LIMIT = 40;
const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));
const text = new TextDecoder('latin1').decode(REQUEST);

/** What comes of `given`: the violation, or `fine`. */
const verdict = (outputs: readonly Output[]): string => {
  const error = outputs.find((output) => output.type === 'error');
  return error?.type === 'error' ? error.error.violation : 'fine';
};

function request(head: string, limits: Partial<Limits>): string {
  const outputs: Output[] = [];
  const connection = new Connection({ role: 'server', limits, output: (output) => outputs.push(output) });
  connection.start();
  connection.receive(latin1(head));
  return verdict(outputs);
}

function response(head: string, limits: Partial<Limits>): Output[] {
  const outputs: Output[] = [];
  const connection = new Connection({
    role: 'client',
    request: { host: 'x', target: '/' },
    getRandomValues: () => {},
    limits,
    output: (output) => outputs.push(output),
  });
  connection.start();
  connection.receive(latin1(head));
  return outputs;
}

/** What a server makes of frames of these payloads, each of them twice. */
function receive(payloads: readonly (readonly [first: number, length: number])[], limits: Partial<Limits>): string {
  const { connection, outputs } = opened('server', { limits });
  for (let round = 0; round < 2; round++) {
    for (const [first, length] of payloads) connection.receive(frame(first, new Uint8Array(length), KEY));
  }
  return verdict(outputs);
}

const padded = (length: number): string =>
  text.replace('\r\n\r\n', `\r\nX: ${'a'.repeat(length - text.length - 5)}\r\n\r\n`);

/** What happens with `amount` of what each limit bounds, which is `LIMIT` but for heads. */
const LIMITED: Readonly<Record<keyof Limits, readonly [limit: number, above: string, (amount: number) => string]>> = {
  headBytes: [300, 'head-too-long', (amount) => request(padded(amount), { headBytes: 300 })],
  startLineBytes: [
    LIMIT,
    'start-line-too-long',
    (amount) =>
      request(text.replace('GET /', `GET /${'a'.repeat(amount - 'GET / HTTP/1.1'.length)}`), { startLineBytes: LIMIT }),
  ],
  fields: [
    LIMIT,
    'too-many-fields',
    (amount) => request(text.replace('\r\n\r\n', `\r\n${'X:\r\n'.repeat(amount - 5)}\r\n`), { fields: LIMIT }),
  ],
  offers: [
    LIMIT,
    'subprotocols-malformed',
    (amount) => {
      const offers = Array.from({ length: amount }, (_, i) => `p${i}`).join();
      return request(text.replace('\r\n\r\n', `\r\nSec-WebSocket-Protocol: ${offers}\r\n\r\n`), { offers: LIMIT });
    },
  ],
  interimResponses: [
    LIMIT,
    'too-many-interim-responses',
    (amount) => verdict(response('HTTP/1.1 102 \r\n\r\n'.repeat(amount), { interimResponses: LIMIT })),
  ],
  responseBodyBytes: [
    LIMIT,
    `cut to ${LIMIT}`,
    (amount) => {
      const head = `HTTP/1.1 403 \r\nContent-Length: ${amount}\r\n\r\n${'a'.repeat(amount)}`;
      const refused = response(head, { responseBodyBytes: LIMIT }).find((output) => output.type === 'refused');
      const kept = refused?.type === 'refused' ? refused.response.body.length : -1;
      return kept === amount ? 'fine' : `cut to ${kept}`;
    },
  ],
  frameBytes: [LIMIT, 'frame-too-big', (amount) => receive([[0x82, amount]], { frameBytes: LIMIT })],
  messageBytes: [
    LIMIT,
    'message-too-big',
    (amount) =>
      receive(
        [
          [0x02, amount - 10],
          [0x80, 10],
        ],
        { messageBytes: LIMIT },
      ),
  ],
  fragments: [
    LIMIT,
    'too-many-fragments',
    (amount) => {
      const middle = Array.from({ length: amount - 2 }, () => [0x00, 1] as const);
      return receive([[0x02, 1], ...middle, [0x80, 1]], { fragments: LIMIT });
    },
  ],
  backlogBytes: [
    LIMIT,
    'backlog-too-big',
    (amount) => {
      const { connection, outputs } = opened('server', { limits: { backlogBytes: LIMIT } });
      for (let round = 0; round < 2; round++) {
        connection.pause();
        connection.receive(frame(0x82, new Uint8Array(amount - 6), KEY));
        connection.resume();
      }
      return verdict(outputs);
    },
  ],
  pongBytes: [
    LIMIT,
    'one Pong',
    (amount) => {
      const { connection, outputs } = opened('server', { limits: { pongBytes: LIMIT } });
      connection.reportQueued(amount);
      for (const payload of ['1', '2']) connection.receive(frame(0x89, latin1(payload), KEY));
      connection.reportQueued(0);
      return frames(written(outputs)).length === 2 ? 'fine' : 'one Pong';
    },
  ],
  queueBytes: [
    LIMIT,
    'queue-too-big',
    (amount) => {
      const { connection, outputs } = opened('server', { limits: { queueBytes: LIMIT } });
      connection.reportQueued(amount);
      connection.send('x');
      connection.reportQueued(amount);
      connection.send('x');
      return verdict(outputs);
    },
  ],
};

test.each(Object.entries(LIMITED))('%s holds at its border, and no earlier (LT9)', (_, [limit, above, happens]) => {
  expect([limit - 1, limit, limit + 1].map(happens)).toEqual(['fine', 'fine', above]);
});

test('what is above a limit is never delivered (LT9)', () => {
  const { connection, outputs } = opened('server', { limits: { messageBytes: LIMIT } });
  connection.receive(frame(0x82, new Uint8Array(LIMIT), KEY));
  connection.receive(frame(0x82, new Uint8Array(LIMIT + 1), KEY));
  expect(events(outputs).map(({ type }) => type)).toEqual(['message', 'error']);
});

test('whatever the fragments, a message fails at the header that takes it over its limit, and not before (A7, A16, B5)', () => {
  const length = fc.oneof(fc.nat(60), fc.constantFrom(125, 126, 65_535, 65_536, 2 ** 31, 2 ** 32 + 5, 2 ** 53 - 1));
  fc.assert(
    fc.property(
      fc.array(length, { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 0, max: 200 }),
      (lengths, limit) => {
        const { connection } = opened('client', { limits: { messageBytes: limit } });
        let total = 0;
        for (const [i, size] of lengths.entries()) {
          const fits = size <= limit - total;
          connection.receive(header(i === 0 ? 0x02 : 0x00, size));
          expect(connection.state).toBe(fits ? 'open' : 'closing.failed');
          if (!fits) return;
          connection.receive(new Uint8Array(size));
          total += size;
        }
      },
    ),
  );
});

/** The header of an unmasked frame, in its shortest form. */
function header(first: number, length: number): Uint8Array {
  const digits = length < 126 ? '' : length.toString(16).padStart(length < 65_536 ? 4 : 16, '0');
  return Uint8Array.of(first, length < 126 ? length : length < 65_536 ? 126 : 127, ...bytes(digits));
}
