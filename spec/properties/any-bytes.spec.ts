/** Whatever a peer sends, in either role and in any state, has only documented outcomes. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Connection, type Output, ProtocolError, type Role } from '../../core/index.ts';
import { chunked, chunkSizes } from '../support/arbitraries.ts';
import { opened, pseudoRandom, written } from '../support/opened.ts';
import { frame, frames, join, masked } from '../support/wire.ts';

/** Bytes a fault is likely in: frames of every first byte and length, some of them cut off, and noise. */
const nearlyFrame = fc
  .tuple(
    fc.oneof(fc.constantFrom(0x81, 0x82, 0x01, 0x02, 0x00, 0x80, 0x88, 0x89, 0x8a), fc.nat(255)),
    fc.oneof(
      fc.uint8Array({ maxLength: 20 }),
      fc.constantFrom(new Uint8Array(125), new Uint8Array(126), Uint8Array.of(3, 232)),
    ),
    fc.option(fc.nat(20), { freq: 8 }),
  )
  .map(([first, payload, cut]) => frame(first, payload).slice(0, cut ?? undefined));
const nearlyFrames = fc.array(
  fc.oneof({ weight: 6, arbitrary: nearlyFrame }, { weight: 1, arbitrary: fc.uint8Array({ maxLength: 6 }) }),
  {
    maxLength: 12,
  },
);

const KEY = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d);
const LIMITS = { messageBytes: 200, frameBytes: 150, fragments: 5 };

/** The grammar of a connection, seen by the program and by the transport. */
const EVENTS = /^(?:open )?(?:(?:message|ping|pong) )*(?:error )?(?:refused )?closed $/;
const INSTRUCTIONS = /^(?:write )*(?:end )?(?:abort )*$/;

const of = (outputs: readonly Output[], list: readonly string[]): string =>
  outputs
    .map(({ type }) => type)
    .filter((type) => list.includes(type))
    .map((type) => `${type} `)
    .join('');

function judge(outputs: readonly Output[]): void {
  expect(of(outputs, ['open', 'message', 'ping', 'pong', 'error', 'refused', 'closed'])).toMatch(EVENTS);
  expect(of(outputs, ['write', 'end', 'abort'])).toMatch(INSTRUCTIONS);
  expect(outputs.at(-1)?.type).toBe('closed');
  for (const output of outputs) {
    if (output.type !== 'error') continue;
    expect(output.error).toBeInstanceOf(ProtocolError);
    expect(output.error.clause).toMatch(/^RFC \d+ §/);
  }
}

test.each<Role>(['client', 'server'])('an open %s', (role) => {
  fc.assert(
    fc.property(nearlyFrames, chunkSizes, fc.boolean(), (list, sizes, closing) => {
      const { connection, outputs } = opened(role, { limits: LIMITS });
      if (closing) connection.close(1000);
      const wire = join(list.map((each) => (role === 'server' ? masked(each, KEY) : each)));
      for (const chunk of chunked(wire, sizes)) connection.receive(chunk);
      connection.transportClosed();
      judge(outputs);

      const sent = frames(written(outputs));
      const closes = sent.filter(({ first }) => first === 0x88);
      expect(closes.length).toBeLessThanOrEqual(1);
      if (closes.length > 0) expect(sent.at(-1)?.first).toBe(0x88);
      const error = outputs.find((output) => output.type === 'error');
      const closed = outputs.at(-1);
      if (error?.type === 'error') {
        expect(closed).toMatchObject({ code: 1006, clean: false, error: error.error });
        const payload = closing ? Uint8Array.of(0x03, 0xe8) : (closes[0]?.payload ?? new Uint8Array(2));
        expect((payload[0] ?? 0) * 256 + (payload[1] ?? 0)).toBe(closing ? 1000 : error.error.closeCode);
      }
    }),
    { numRuns: 1_500 },
  );
});

const HEADS = [
  'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
  'HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n',
  'HTTP/1.1 403 x\r\nContent-Length: 3\r\n\r\nabc',
  'HTTP/1.1 100 x\r\n\r\n',
];

/** A head with some bytes changed, and something behind it. */
const nearlyHead = fc
  .tuple(
    fc.constantFrom(...HEADS),
    fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 2 }),
    fc.uint8Array({ maxLength: 10 }),
  )
  .map(([head, changes, more]) => {
    const bytes = Uint8Array.from(head, (char) => char.charCodeAt(0));
    for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
    return join([bytes, more]);
  });

test.each<Role>(['client', 'server'])('a %s that is connecting', (role) => {
  fc.assert(
    fc.property(fc.oneof(nearlyHead, fc.uint8Array({ maxLength: 50 })), chunkSizes, (wire, sizes) => {
      const outputs: Output[] = [];
      const output = (each: Output): void => {
        outputs.push(each);
        if (each.type === 'request') connection.accept();
      };
      const connection: Connection = new Connection(
        role === 'server'
          ? { role, output }
          : { role, output, request: { host: 'x', target: '/' }, getRandomValues: pseudoRandom() },
      );
      connection.start();
      for (const chunk of chunked(wire, sizes)) connection.receive(chunk);
      connection.receiveEnd();
      connection.transportClosed();
      judge(outputs);
    }),
    { numRuns: 500 },
  );
});
