/** Close frames (RFC 6455 §5.5.1, §7; rows CC, G5, G6, G9–G11, H2, H14, A14, D15). */
import { closes, fails, failsAtLastByte, stays, type Vector } from './vector.ts';

const hex = (code: number): string => code.toString(16).padStart(4, '0');

const ALLOWED = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999];
const FORBIDDEN = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 32_768, 65_535];

const LONGEST_REASON = '\u00e9'.repeat(61).concat('a');
const LONGEST_REASON_HEX = 'c3a9'.repeat(61).concat('61');

export const CLOSING: readonly Vector[] = [
  failsAtLastByte('CC1 G5', 'a payload of one byte', ['88 01 03'], 'close-payload-too-short', 1002),
  ...FORBIDDEN.map((code) =>
    failsAtLastByte(
      'CC2 G6 A14',
      `the code ${code} may not be sent`,
      [`88 02 ${hex(code)}`],
      'close-code-not-allowed',
      1002,
    ),
  ),
  fails('CC2', 'a forbidden code with a reason', ['88 05 03 ed 62 79 65'], 'close-code-not-allowed', 1002),
  ...ALLOWED.map((code) =>
    closes('CC2 CC5', `the code ${code} is echoed`, [`88 02 ${hex(code)}`], [code, ''], `88 02 ${hex(code)}`),
  ),
  closes('CC5 CC10 H14', 'an empty Close is answered by an empty one', ['88 00'], [1005, ''], '88 00'),
  failsAtLastByte('CC3 G9', 'a reason that is not UTF-8', ['88 03 03 e8 ff'], 'close-reason-not-utf8', 1007),
  failsAtLastByte('CC3', 'a reason that ends within a character', ['88 04 03 e8 e2 82'], 'close-reason-not-utf8', 1007),
  failsAtLastByte('CC3', 'a reason with a surrogate', ['88 05 03 e8 ed a0 80'], 'close-reason-not-utf8', 1007),
  closes(
    'CC3',
    'the longest reason, of 123 bytes',
    [`88 7d 03 e8 ${LONGEST_REASON_HEX}`],
    [1000, LONGEST_REASON],
    `88 7d 03 e8 ${LONGEST_REASON_HEX}`,
  ),
  closes(
    'CC3 UT7',
    'a reason that begins with a byte order mark',
    ['88 05 03 e8 ef bb bf'],
    [1000, '\ufeff'],
    '88 05 03 e8 ef bb bf',
  ),
  closes(
    'H2',
    'a Close with a reason, however it is cut',
    ['88 05 0f a0 62 79 65'],
    [4000, 'bye'],
    '88 05 0f a0 62 79 65',
  ),
  closes(
    'CC16',
    'a reason is told as it is, control characters too',
    ['88 08 03 e8 1b 5b 32 4a 0d 0a'],
    [1000, '\u001b[2J\r\n'],
    '88 08 03 e8 1b 5b 32 4a 0d 0a',
  ),
  closes(
    'D15',
    'a longer reason, however it is cut',
    ['88 0c 03 e8 30 31 32 33 34 35 36 37 38 39'],
    [1000, '0123456789'],
    '88 0c 03 e8 30 31 32 33 34 35 36 37 38 39',
  ),
  closes(
    'G10 CC8',
    'a message and a Ping behind the Close are ignored',
    ['88 02 03 e8', '81 01 61', '89 00'],
    [1000, ''],
    '88 02 03 e8',
  ),
  closes('G10 CC8', 'a fault behind the Close is ignored', ['88 02 03 e8', 'ff ff'], [1000, ''], '88 02 03 e8'),
  closes('G11 H14', 'the first of two Closes counts', ['88 02 03 e8', '88 02 03 e9'], [1000, ''], '88 02 03 e8'),
  closes('G11 H14', 'a message before the Close is delivered', ['81 01 61', '88 02 03 e9'], [1001, ''], '88 02 03 e9', {
    seen: [['text', 'a']],
  }),

  closes('CC11 G11', 'Closes that cross are not answered', ['88 02 03 e9'], [1001, ''], '', { closeSent: true }),
  closes('CC11 CC10', 'an empty Close crosses ours', ['88 00'], [1005, ''], '', { closeSent: true }),
  closes(
    'CC7',
    'messages before the peer\u2019s Close are delivered',
    ['81 01 61', '82 01 62', '88 02 0f a0'],
    [4000, ''],
    '',
    {
      closeSent: true,
      seen: [
        ['text', 'a'],
        ['binary', '62'],
      ],
    },
  ),
  stays('CC7', 'messages are delivered while the peer\u2019s Close is awaited', ['81 01 61'], [['text', 'a']], {
    closeSent: true,
  }),
  fails('CC13', 'a fault while the peer\u2019s Close is awaited', ['81 01 61', '83 00'], 'opcode-reserved', 1002, {
    closeSent: true,
    seen: [['text', 'a']],
  }),
  fails('CC13 CC1', 'a Close that is wrong while it is awaited', ['88 01 03'], 'close-payload-too-short', 1002, {
    closeSent: true,
  }),
  fails(
    'CC13',
    'messages before a fault are delivered, those behind it are not',
    ['81 01 61', '89 00', '83 00', '81 01 62'],
    'opcode-reserved',
    1002,
    {
      seen: [
        ['text', 'a'],
        ['ping', ''],
      ],
      written: ['8a 00'],
    },
  ),
];
