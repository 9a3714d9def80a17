/** A chunk that is one short message means what it means in two, whatever memory it lies in. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Output, permessageDeflate, type Role } from '../../core/index.ts';
import { type OpenedOptions, opened, written } from '../support/opened.ts';
import { bytes, frame, hex, join } from '../support/wire.ts';
import { zlibDeflate } from '../support/zlib-deflate.ts';

const KEY = bytes('37 fa 21 3d');

/** All that comes of `chunks`, but for when it was written, and where the chunks of a message were cut. */
function outcome(role: Role, options: OpenedOptions, chunks: readonly Uint8Array[]): string {
  const { connection, outputs } = opened(role, options);
  for (const chunk of chunks) connection.receive(chunk);
  const line = (output: Output): string =>
    output.type === 'error'
      ? output.error.violation
      : JSON.stringify(output, (_, value) => (value instanceof Uint8Array ? hex(value) : value));
  const seen: string[] = [];
  let inChunk = false;
  for (const output of outputs) {
    if (output.type === 'write') continue;
    const isChunk = output.type === 'messageChunk';
    const text = isChunk ? (typeof output.data === 'string' ? output.data : hex(output.data)) : line(output);
    seen.push(inChunk && isChunk ? `${seen.pop()}${text}` : text);
    inChunk = isChunk;
  }
  return [...seen, hex(written(outputs)), connection.state].join('\n');
}

const MEMORY: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  'an array of its own': (each) => each.slice(),
  'a Buffer of its own': (each) => {
    const buffer = Buffer.allocUnsafeSlow(each.length);
    buffer.set(each);
    return buffer;
  },
  'a Buffer in shared memory': (each) => {
    const buffer = Buffer.alloc(8_192, 0xee).subarray(77, 77 + each.length);
    buffer.set(each);
    return buffer;
  },
};

const OPTIONS: Readonly<Record<string, OpenedOptions>> = {
  'as by default': {},
  'for frames up to 64 bytes': { limits: { frameBytes: 64 } },
  'for messages up to 64 bytes': { limits: { messageBytes: 64 } },
  'for messages of two frames': { limits: { fragments: 2 } },
  'for messages of no frame': { limits: { fragments: 0 } },
  'with compression': { extensions: [permessageDeflate({ deflate: zlibDeflate })] },
};

const first = fc.constantFrom(0x81, 0x82, 0x81, 0x82, 0x01, 0x02, 0x80, 0x00, 0x88, 0x89, 0x8a, 0xc1, 0x83, 0x92);
const payload = fc.oneof(
  fc.constantFrom(0, 1, 2, 63, 64, 65, 124, 125, 126).map((length) => new Uint8Array(length).fill(0x61)),
  fc.constantFrom(bytes('03 e8'), bytes('c3'), bytes('c3 a9'), bytes('ff')),
  fc.uint8Array({ maxLength: 12 }),
);
/** Mostly messages of the peer; now and then masked or not against the rule, or with a byte more or less. */
const chunkFor = (role: Role): fc.Arbitrary<Uint8Array> => {
  const right = role === 'server' ? KEY : undefined;
  const wrong = role === 'server' ? undefined : KEY;
  const key = fc.constantFrom(right, right, right, right, right && bytes('00 00 00 00'), wrong);
  return fc.tuple(first, payload, key, fc.integer({ min: -8, max: 8 })).map(([byte, data, mask, change]) => {
    const whole = frame(byte, data, mask);
    return change === -8 ? whole.slice(0, -1) : change === 8 ? join([whole, bytes('82')]) : whole;
  });
};

test('a frame that goes on in other chunks means the same, though its pieces are others', () => {
  const chunks = [bytes('81 80 37 fa 21 3d 82'), bytes('92 82 37 fa 21 3d 34 12'), bytes('81 82 37 fa 21 3d 34 12')];
  const cut = chunks.flatMap((each) => [each.slice(0, 1), each.slice(1)]);
  const whole = outcome(
    'server',
    { messages: 'chunks' },
    chunks.map((each) => each.slice()),
  );
  expect(whole).toBe(outcome('server', { messages: 'chunks' }, cut));
});

describe.each(Object.entries(MEMORY))('in %s', (_, put) => {
  const cases = Object.entries(OPTIONS).flatMap(([name, options]) =>
    (['server', 'client'] as const).map((role) => [role, name, options] as const),
  );
  test.each(cases)('for a %s, %s', (role, __, options) => {
    fc.assert(
      fc.property(fc.array(chunkFor(role), { maxLength: 6 }), (chunks) => {
        const cut = chunks.flatMap((each) => [each.slice(0, 1), each.slice(1)]);
        expect(outcome(role, options, chunks.map(put))).toBe(outcome(role, options, cut));
      }),
    );
  });
});
