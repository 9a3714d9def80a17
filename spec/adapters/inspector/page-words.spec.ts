/** What the inspector's page makes of the bytes of a frame, of numbers, and of what is typed into a filter. */
import { describe, expect, it } from 'vitest';
import { howItCame, wordsOf } from '../../../adapters/inspector/page/entry-words.ts';
import { connectionFilter, entryFilter } from '../../../adapters/inspector/page/filter.ts';
import { age, bytes, clock, latency, roughly, stateName, tone } from '../../../adapters/inspector/page/formats.ts';
import { headerBits } from '../../../adapters/inspector/page/header-bits.ts';
import { asHex, asJson, asText, fromBase64 } from '../../../adapters/inspector/page/payload-view.ts';
import type { MessageEntry, TimelineEntry } from '../../../adapters/inspector/protocol.ts';
import { connection, frame } from '../../support/fake-hub.ts';

const fields = (header: string): string[] => headerBits(header).map(({ name, bits }) => `${name} ${bits}`);
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('the header of a frame', () => {
  it('is told bit by bit (RFC 6455 §5.2)', () => {
    expect(fields('c105')).toEqual([
      ...['FIN 1', 'RSV1 1', 'RSV2 0', 'RSV3 0', 'opcode 0001', 'MASK 0'],
      'length 0000101',
    ]);
  });

  it('has a longer length and a masking key where there are some', () => {
    expect(fields('82fe010037fa213d').slice(5)).toEqual([
      'MASK 1',
      'length 1111110',
      'extended length 0000000100000000',
      'masking key 00110111111110100010000100111101',
    ]);
    const [extended] = headerBits('827f0000000000010000').slice(-1);
    expect(extended?.meaning).toBe('65,536 B');
  });

  it('names reserved opcodes, and says what there is of a header that was cut', () => {
    expect(headerBits('83').at(-1)).toEqual({ name: 'opcode', bits: '0011', meaning: 'reserved 3' });
    expect(headerBits('')).toEqual([]);
  });
});

describe('a payload', () => {
  it('is text, with what is no UTF-8 replaced', () => {
    expect(asText(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61, 0xff))).toBe('\ufeffa\ufffd');
    expect(asText(fromBase64('w6k='))).toBe('é');
  });

  it('is JSON where it is, and nothing else is', () => {
    expect(asJson(utf8('{"a":[1]}'))).toBe('{\n  "a": [\n    1\n  ]\n}');
    expect(asJson(utf8('{"a":[1'))).toBeUndefined();
  });

  it('is sixteen bytes a line in hexadecimal', () => {
    const lines = asHex(utf8('0123456789abcdef\n')).split('\n');
    expect(lines).toEqual([
      '0000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  0123456789abcdef',
      `0010  0a${' '.repeat(21)}  ${' '.repeat(23)}  .`,
    ]);
  });
});

describe('an entry', () => {
  const step = {
    ...{ seq: 1, connection: 1, at: 0, kind: 'step', from: 'open', event: 'violationFound', to: 'closing.failed' },
    effects: ['reportError', 'sendClose'],
  } as TimelineEntry;
  const message = {
    ...{ seq: 2, connection: 1, at: 0, kind: 'message', direction: 'in', text: true, length: 1_000, wireLength: 250 },
    ...{ frame: 1, frames: 2, compressed: true, payload: 'e30=', cut: false },
  } as MessageEntry & TimelineEntry;
  const close = frame(3, '\x03\xea', { opcode: 8, close: { code: 1002, name: 'protocolError', reason: 'no' } });

  it('says what it is in a line', () => {
    expect(wordsOf(step)).toMatchObject({ kind: 'violationFound', tone: 'bad' });
    expect(wordsOf(step).text).toBe('open → failed / reportError, sendClose');
    expect(wordsOf(close)).toMatchObject({ kind: 'close', flags: 'FIN', text: '1002 protocol error “no”' });
    expect(wordsOf(frame(4, 'x\ny', { rsv1: true }))).toMatchObject({ flags: 'FIN RSV1', text: 'compressed · x y' });
    expect(wordsOf(frame(5, 'ab', { opcode: 2, complete: false }))).toMatchObject({ text: 'incomplete · 61 62' });
  });

  it('says how a message came, compressed and inflated', () => {
    expect(howItCame(message)).toBe('2 frames, 250 B → 1.0 kB (25 %)');
    expect(howItCame({ ...message, direction: 'out', frames: 1 })).toBe('1 frame, 1.0 kB → 250 B (25 %)');
  });

  it.each([
    ['in', true],
    ['out', false],
    ['frame text', true],
    ['frames', true],
    ['message', false],
    ['ping', false],
    ['Grüße', true],
    ['grüße -fin', false],
    ['-ping -out', true],
    ['>26', true],
    ['>27', false],
    ['<27', false],
    ['#1', true],
    ['#2', false],
    ['', true],
  ])('passes the filter "%s": %s', (typed, passes) => {
    expect(entryFilter(typed)(frame(1, 'Grüße, 世界 <b>🌍</b>'))).toBe(passes);
  });

  it('has a size only where it has bytes', () => {
    expect(['<5', '>0', 'step', 'in'].map((typed) => entryFilter(typed)(step))).toEqual([false, false, true, false]);
  });
});

it.each([
  ['#7', true],
  ['#70', false],
  ['open server', true],
  ['client', false],
  ['/CHAT/7', true],
])('a connection passes the filter "%s": %s', (typed, passes) => {
  expect(connectionFilter(typed)(connection(7))).toBe(passes);
});

it('numbers are short', () => {
  expect([0, 999, 1_000, 99_940, 99_960, 999_600, 1_234_567].map(bytes)).toEqual([
    ...['0 B', '999 B', '1.0 kB', '99.9 kB', '100 kB', '1.0 MB', '1.2 MB'],
  ]);
  expect([0, 9_999, 12_345, 987_654, 1_234_567].map(roughly)).toEqual(['0', '9,999', '12K', '988K', '1.2M']);
  expect([-5, 9_900, 11_400, 150_000, 9_000_000, 200_000_000].map(age)).toEqual([
    ...['0.0 s', '9.9 s', '11 s', '3 min', '3 h', '2 d'],
  ]);
  expect([null, 0.415, 12.6].map(latency)).toEqual(['–', '0.41 ms', '13 ms']);
  expect(clock(new Date(2020, 0, 1, 7, 5, 9, 42).getTime())).toBe('07:05:09.042');
});

it('states are called by their last name, and coloured by where they are', () => {
  expect(['open', 'closing.closeSent'].map(stateName)).toEqual(['open', 'closeSent']);
  expect(['connecting.deciding', 'open', 'closing.draining', 'closing.failed', 'closed'].map(tone)).toEqual([
    ...['opening', 'open', 'closing', 'bad', 'closed'],
  ]);
});
