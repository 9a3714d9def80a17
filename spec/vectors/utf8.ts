/** Text (RFC 6455 §5.6, §8.1; RFC 3629; rows UT). What is wrong is found at the first impossible byte (UT4). */
import { fails, failsAtLastByte, stays, type Vector } from './vector.ts';

const count = (hex: string): number => hex.replaceAll(' ', '').length / 2;
const size = (length: number): string => length.toString(16).padStart(2, '0');
const text = (hex: string): string => `81 ${size(count(hex))} ${hex}`;

/** Not UTF-8, and the last byte shows it first. */
const IMPOSSIBLE = [
  ...['80', 'bf', 'c0', 'c1', 'f5', 'f8', 'fc', 'fe', 'ff'],
  ...['e0 80', 'e0 9f', 'ed a0', 'ed bf', 'f0 80', 'f0 8f', 'f4 90', 'f4 bf'],
  ...['c3 00', 'c3 c3', 'c3 7f', 'c3 c0', 'e2 28', 'e2 82 28', 'f0 9f 28', 'f0 9f 98 28', 'f0 9f 98 c0'],
  ...[
    '61 62 63 80',
    'e2 82 ac 80',
    'c3 a9 bf',
    'ce ba e1 bd b9 cf 83 ce bc ce b5 f4 90',
    'ce ba e1 bd b9 cf 83 ce bc ce b5 ed a0',
  ],
];

/** Not UTF-8, as whole texts (UT1). */
const INVALID = [
  ...[
    '80',
    'bf',
    'c0 80',
    'c0 af',
    'c1 bf',
    'e0 80 af',
    'e0 9f bf',
    'f0 80 80 af',
    'f0 8f bf bf',
    'ed a0 80',
    'ed bf bf',
  ],
  ...[
    'ed a0 80 ed b0 80',
    'f4 90 80 80',
    'f5 80 80 80',
    'f8 88 80 80 80',
    'fc 84 80 80 80 80',
    'fe',
    'ff',
    'fe fe ff ff',
  ],
];

/** Whole texts that end within a character (UT5). */
const INCOMPLETE = ['c3', 'e2', 'e2 82', 'f0', 'f0 9f', 'f0 9f 98', '61 c3', 'e0 a0', 'ed 9f', 'f4 8f bf'];

/** The edges of what is valid (UT2). */
const VALID: readonly (readonly [hex: string, text: string])[] = [
  ['00', '\u0000'],
  ['7f', '\u007f'],
  ['c2 80', '\u0080'],
  ['df bf', '\u07ff'],
  ['e0 a0 80', '\u0800'],
  ['ed 9f bf', '\ud7ff'],
  ['ee 80 80', '\ue000'],
  ['ef bf bd', '\ufffd'],
  ['ef bf be', '\ufffe'],
  ['ef bf bf', '\uffff'],
  ['f0 90 80 80', '\u{10000}'],
  ['f4 8f bf bf', '\u{10ffff}'],
  ['f1 80 80 80', '\u{40000}'],
  ['f3 bf bf bf', '\u{fffff}'],
  ['ce ba e1 bd b9 cf 83 ce bc ce b5', '\u03ba\u1f79\u03c3\u03bc\u03b5'],
];

export const UTF8: readonly Vector[] = [
  ...INVALID.map((hex) => fails('UT1', `a text that is not UTF-8: ${hex}`, [text(hex)], 'text-not-utf8', 1007)),
  ...INVALID.map((hex) =>
    fails(
      'UT1',
      `a fragmented text that is not UTF-8: ${hex}`,
      ['01 01 61', `80 ${size(count(hex))} ${hex}`],
      'text-not-utf8',
      1007,
    ),
  ),
  ...INCOMPLETE.map((hex) =>
    failsAtLastByte('UT1 UT5', `a text that ends within a character: ${hex}`, [text(hex)], 'text-not-utf8', 1007),
  ),
  ...INCOMPLETE.map((hex) =>
    failsAtLastByte(
      'UT5',
      `a fragmented text that ends within a character: ${hex}`,
      [`01 ${size(count(hex))} ${hex}`, '80 00'],
      'text-not-utf8',
      1007,
    ),
  ),
  ...IMPOSSIBLE.map((hex) =>
    failsAtLastByte(
      'UT4',
      `fails before the frame ends: ${hex}`,
      [`81 ${size(count(hex) + 8)} ${hex}`],
      'text-not-utf8',
      1007,
    ),
  ),
  ...IMPOSSIBLE.map((hex) =>
    failsAtLastByte(
      'UT4',
      `fails before the message ends: ${hex}`,
      [`01 ${size(count(hex))} ${hex}`],
      'text-not-utf8',
      1007,
    ),
  ),
  fails(
    'UT4',
    'a long text that fails in its middle',
    [`81 15 ce ba e1 bd b9 cf 83 ce bc ce b5 f4 90 80 80 65 64 69 74 65 64`],
    'text-not-utf8',
    1007,
  ),
  ...VALID.map(([hex, expected]) => stays('UT2', `a text at an edge: ${hex}`, [text(hex)], [['text', expected]])),
  ...VALID.map(([hex, expected]) =>
    stays(
      'UT2 UT3',
      `a text at an edge, in fragments of a byte: ${hex}`,
      ['01 00', ...hex.split(' ').map((byte) => `00 01 ${byte}`), '80 00'],
      [['text', expected]],
    ),
  ),
  stays('UT3', 'a character over three fragments', ['01 01 e2', '00 01 82', '80 01 ac'], [['text', '\u20ac']]),
  stays(
    'UT3',
    'a character over fragments with Pings between',
    ['01 01 f0', '89 00', '00 02 9f 98', '89 01 01', '80 01 80'],
    [
      ['ping', ''],
      ['ping', '01'],
      ['text', '\u{1f600}'],
    ],
    { written: ['8a 00', '8a 01 01'] },
  ),
  fails('UT6', 'the next message cannot complete a character', ['81 02 e2 82', '81 01 ac'], 'text-not-utf8', 1007),
  stays(
    'UT6',
    'each message begins anew',
    ['81 02 c3 a9', '81 02 c3 a9', '01 01 c3', '80 01 a9', '81 02 c3 a9'],
    [
      ['text', '\u00e9'],
      ['text', '\u00e9'],
      ['text', '\u00e9'],
      ['text', '\u00e9'],
    ],
  ),
  stays(
    'UT7',
    'a byte order mark is data',
    ['81 03 ef bb bf', '01 01 ef', '80 02 bb bf'],
    [
      ['text', '\ufeff'],
      ['text', '\ufeff'],
    ],
  ),
  stays(
    'UT9',
    'a binary message need not be UTF-8',
    ['82 01 ff', '02 02 c3 28', '80 01 80'],
    [
      ['binary', 'ff'],
      ['binary', 'c32880'],
    ],
  ),
];
