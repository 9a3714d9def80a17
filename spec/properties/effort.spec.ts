/** What a byte that comes costs, counted and not timed: the same however many there are, and however they are cut (E9). */
import { afterEach, expect, test, vi } from 'vitest';
import { applyMask } from '../../core/framing/mask.ts';
import { Utf8Validator } from '../../core/messages/utf8-validator.ts';
import { opened } from '../support/opened.ts';
import { endsWhole } from '../support/utf8.ts';
import { watched, watchedWords } from '../support/watched.ts';
import { bytes, frame, join } from '../support/wire.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const KEY = bytes('37fa213d');
const KIB = 1_024;

test.each([128, 1_000, 4_096, 65_551])('%i bytes are unmasked by four at a step, each once (E9)', (length) => {
  const words = watchedWords();
  const data = watched(new Uint8Array(length));
  applyMask(data.memory, 0, length, 0x37fa213d, 1);
  expect([words.views, words.read, words.written]).toEqual([1, Math.floor(length / 4), Math.floor(length / 4)]);
  expect(data.touched).toBe((length % 4) * 2); // what is left
});

test.each([1, 7, 4_096])(
  'each byte of text is looked at once in pieces of %i, and no further than a fault (E9)',
  (piece) => {
    const text = new TextEncoder().encode('aä€😀'.repeat(1_000));
    const data = watched(text);
    const validator = new Utf8Validator();
    for (let at = 0; at < text.length; at += piece) {
      expect(validator.push(data.memory, at, Math.min(at + piece, text.length))).toBe(true);
    }
    expect([data.touched, endsWhole(validator)]).toEqual([text.length, true]);
    const wrong = watched(join([bytes('61ff'), text]));
    expect(new Utf8Validator().push(wrong.memory, 0, wrong.memory.length)).toBe(false);
    expect(wrong.touched).toBe(2);
  },
);

test('ASCII is looked at by the word, and hardly twice where other characters are between (E9)', () => {
  for (const [text, most] of [
    ['a'.repeat(4_096), 0.27],
    ...Array.from({ length: 40 }, (_, i): [string, number] => [`${'a'.repeat(i)}ä`.repeat(100), 1.9]),
  ] as const) {
    const words = watchedWords();
    const data = watched(new TextEncoder().encode(text));
    expect(new Utf8Validator().push(data.memory, 0, data.memory.length)).toBe(true);
    vi.unstubAllGlobals();
    expect(words.views).toBeLessThanOrEqual(1);
    expect((words.read + data.touched) / data.memory.length).toBeLessThanOrEqual(most);
  }
});

/** Bytes that went through each kind of work until `count` bytes of text were a message. */
function workFor(count: number, wire: (text: Uint8Array) => Uint8Array[]): Record<string, number> {
  const text = new TextEncoder().encode('aä€😀'.repeat(count / 10));
  const chunks = wire(text);
  const { connection, outputs } = opened('server', { limits: { fragments: Infinity } });
  const typed = Object.getPrototypeOf(Uint8Array.prototype) as Uint8Array;
  const words = watchedWords();
  const set = vi.spyOn(typed, 'set');
  const slice = vi.spyOn(typed, 'slice');
  const validated = vi.spyOn(Utf8Validator.prototype, 'push');
  const decoded = vi.spyOn(TextDecoder.prototype, 'decode');
  for (const chunk of chunks) connection.receive(chunk);
  const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0);
  const work = {
    masked: words.written * 4,
    copied:
      sum(set.mock.calls.map(([source]) => source.length)) +
      sum(slice.mock.results.map(({ value }) => (value as Uint8Array).length)),
    validated: sum(validated.mock.calls.map(([, start, end]) => end - start)),
    decoded: sum(decoded.mock.calls.map(([given]) => (given as Uint8Array | undefined)?.byteLength ?? 0)),
  };
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  expect(outputs.filter(({ type }) => type === 'message')).toEqual([
    { type: 'message', data: new TextDecoder().decode(text) },
  ]);
  return work;
}

const inPieces = (data: Uint8Array, size: number): Uint8Array[] =>
  Array.from({ length: Math.ceil(data.length / size) }, (_, i) => data.slice(i * size, (i + 1) * size));
const whole = (text: Uint8Array): Uint8Array => frame(0x81, text, KEY);
const fragments = (text: Uint8Array): Uint8Array[] =>
  inPieces(text, 160).map((piece, i, { length }) =>
    frame((i === length - 1 ? 0x80 : 0) | (i === 0 ? 0x01 : 0), piece, KEY),
  );

test.each<[string, (text: Uint8Array) => Uint8Array[], { copied: number; validated: number }]>([
  ['in one chunk', (text) => [whole(text)], { copied: 0, validated: 0 }],
  ['in chunks of a kibibyte', (text) => inPieces(whole(text), KIB), { copied: 2, validated: 1 }],
  ['in fragments, a chunk each', fragments, { copied: 2, validated: 1 }],
  ['in fragments, all in one chunk', (text) => [join(fragments(text))], { copied: 2, validated: 1 }],
])('a message %s is unmasked, validated, copied and decoded so often and no more (E9)', (_, wire, most) => {
  for (const count of [100, 200, 400].map((kib) => kib * 1_000)) {
    const { masked = 0, copied = 0, validated = 0, decoded = 0 } = workFor(count, wire);
    expect(masked).toBeGreaterThan(count * 0.9); // the others one by one, at the ends of pieces
    expect(masked).toBeLessThanOrEqual(count);
    expect([validated, decoded]).toEqual([most.validated * count, count]);
    expect(copied).toBeLessThanOrEqual(most.copied * count);
  }
});
