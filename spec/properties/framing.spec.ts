/** Frames survive the wire, wherever the chunks are cut. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OutputGatherer } from '../../core/bytes/output-gatherer.ts';
import { isControl } from '../../core/codes.ts';
import { FrameDecoder } from '../../core/framing/frame-decoder.ts';
import { FrameEncoder } from '../../core/framing/frame-encoder.ts';
import { MaskingKeys } from '../../core/framing/masking-keys.ts';
import { chunked, chunkSizes, payload } from '../support/arbitraries.ts';
import { pseudoRandom } from '../support/opened.ts';
import { frames, hex, join } from '../support/wire.ts';

interface Frame {
  readonly first: number;
  readonly payload: Uint8Array;
}

const dataFrame = fc.record({ first: fc.constantFrom(0x00, 0x01, 0x02, 0x80, 0x81, 0x82, 0xc1, 0x42, 0xf2), payload });
const controlFrame = fc.record({
  first: fc.constantFrom(0x88, 0x89, 0x8a),
  payload: fc.uint8Array({ maxLength: 125 }),
});
const frame: fc.Arbitrary<Frame> = fc.oneof(dataFrame, controlFrame);

function encode(list: readonly Frame[], masked: boolean, owned: boolean): Uint8Array {
  const output = new OutputGatherer();
  const encoder = new FrameEncoder(output, masked ? MaskingKeys.of(pseudoRandom(5)) : undefined);
  for (const each of list) encoder.encode(each.first, each.payload.slice(), owned);
  return join(output.take());
}

function decode(chunks: readonly Uint8Array[], masked: boolean): Frame[] {
  const decoded: Frame[] = [];
  let first = 0;
  let pieces: Uint8Array[] = [];
  const decoder = new FrameDecoder(
    {
      dataFrame(fin, opcode, reserved) {
        first = (fin ? 0x80 : 0) | reserved | opcode;
        return Infinity;
      },
      payload(bytes, start, end, left) {
        pieces.push(bytes.slice(start, end));
        if (left > 0) return;
        decoded.push({ first, payload: join(pieces) });
        pieces = [];
      },
      controlFrame(opcode, data) {
        expect(isControl(opcode)).toBe(true);
        decoded.push({ first: 0x80 | opcode, payload: data });
      },
    },
    masked,
    Infinity,
  );
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      const next = decoder.decode(chunk, at, chunk.length);
      expect(next).toBeGreaterThan(at); // it gets on with every call (B9)
      at = next;
    }
  }
  return decoded;
}

const legible = (list: readonly Frame[]): string[] =>
  list.map((each) => `${each.first.toString(16)} ${hex(each.payload)}`);

describe.each([
  ['masked', true],
  ['unmasked', false],
])('%s frames', (_, masked) => {
  test('are read as they were written, wherever the chunks are cut (A12, A15, FR12)', () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 4 }), chunkSizes, fc.boolean(), (list, sizes, owned) => {
        const wire = encode(list, masked, owned);
        expect(legible(decode(chunked(wire, sizes), masked))).toEqual(legible(list));
      }),
      { numRuns: 150 },
    );
  });

  test('are what another reader of RFC 6455 §5.2 takes them for', () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 4 }), fc.boolean(), (list, owned) => {
        const read = frames(encode(list, masked, owned));
        expect(legible(read)).toEqual(legible(list));
        expect(read.every(({ key }) => (key !== undefined) === masked)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});
