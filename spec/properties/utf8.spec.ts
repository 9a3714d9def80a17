/** The UTF-8 validator is TextDecoder's, and fails as early as can be (UT4, UT12). */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Utf8Validator } from '../../core/messages/utf8-validator.ts';
import { chunked, chunkSizes } from '../support/arbitraries.ts';
import { opened } from '../support/opened.ts';
import { endsWhole } from '../support/utf8.ts';
import { frame, join } from '../support/wire.ts';

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes);
  } catch {
    return undefined;
  }
}

/** What may make a beginning valid: with up to three of these behind it, any unfinished character is finished. */
const CONTINUATIONS = [0x80, 0x90, 0xa0, 0xbf].flatMap((first) => [[first], [first, 0x80], [first, 0x80, 0x80]]);

const canBeContinued = (bytes: Uint8Array): boolean =>
  [[], ...CONTINUATIONS].some((more) => decode(join([bytes, Uint8Array.from(more)])) !== undefined);

/** Valid text with a byte of it changed, cut off or added: near the border between right and wrong. */
const nearlyUtf8 = fc
  .tuple(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.nat(120),
    fc.constantFrom(
      0x00,
      0x7f,
      0x80,
      0x8f,
      0x90,
      0x9f,
      0xa0,
      0xbf,
      0xc0,
      0xc1,
      0xc2,
      0xe0,
      0xed,
      0xef,
      0xf0,
      0xf4,
      0xf5,
      0xff,
    ),
    fc.constantFrom('as it is', 'changed', 'cut off', 'longer'),
  )
  .map(([text, at, byte, how]) => {
    const bytes = new TextEncoder().encode(text);
    if (how === 'as it is') return bytes;
    if (how === 'cut off') return bytes.slice(0, at % (bytes.length + 1));
    if (how === 'longer') return join([bytes, Uint8Array.of(byte)]);
    if (bytes.length > 0) bytes[at % bytes.length] = byte;
    return bytes;
  });

const anyBytes = fc.oneof(nearlyUtf8, fc.uint8Array({ maxLength: 12 }));

test('what is complete is what TextDecoder takes, wherever it is cut (UT12)', () => {
  fc.assert(
    fc.property(anyBytes, chunkSizes, (bytes, sizes) => {
      const validator = new Utf8Validator();
      const valid = chunked(bytes, sizes).every((chunk) => validator.push(chunk, 0, chunk.length));
      expect(valid && endsWhole(validator)).toBe(decode(bytes) !== undefined);
    }),
    { numRuns: 2_000 },
  );
});

test('it fails at the first byte that no continuation could make valid, and not before', () => {
  fc.assert(
    fc.property(anyBytes, (bytes) => {
      const validator = new Utf8Validator();
      for (let at = 0; at < bytes.length; at++) {
        const valid = validator.push(bytes, at, at + 1);
        expect(valid).toBe(canBeContinued(bytes.subarray(0, at + 1)));
        if (!valid) return;
      }
    }),
    { numRuns: 1_000 },
  );
});

test('a text reaches the program as TextDecoder has it, in any fragments with Pings between, or not at all (UT3, D18)', () => {
  fc.assert(
    fc.property(anyBytes, chunkSizes, chunkSizes, (bytes, fragmentSizes, sizes) => {
      const { connection, outputs } = opened('client');
      const fragments = [new Uint8Array(0), ...chunked(bytes, fragmentSizes)];
      const wire = join(
        fragments.flatMap((fragment, i) => [
          frame((i === 0 ? 1 : 0) | (i === fragments.length - 1 ? 0x80 : 0), fragment),
          frame(0x89, Uint8Array.of(i)),
        ]),
      );
      for (const chunk of chunked(wire, sizes)) connection.receive(chunk);
      const texts = outputs.flatMap((output) => (output.type === 'message' ? [output.data] : []));
      const expected = decode(bytes);
      expect(texts).toEqual(expected === undefined ? [] : [expected]);
      expect(connection.state).toBe(expected === undefined ? 'closing.failed' : 'open');
    }),
    { numRuns: 500 },
  );
});
