/** Messages of several frames (RFC 6455 §5.4; rows G1, G2, CF9–CF16, H1, A7). */
import { closes, fails, failsAtLastByte, type Seen, stays, type Vector, waits } from './vector.ts';

const repeat = <T>(count: number, ...items: readonly T[]): T[] => Array.from({ length: count }, () => items).flat();

const FRAGMENTS = 4;
const texts = (count: number, data: string): Seen[] => repeat(count, ['text', data] as const);

export const FRAGMENTATION: readonly Vector[] = [
  ...(['81', '82', '01', '02'] as const).flatMap((second) => [
    failsAtLastByte(
      'G1 CF9 FR7',
      `a new message (${second}) inside a text`,
      ['01 01 61', second],
      'continuation-expected',
      1002,
    ),
    failsAtLastByte(
      'G1 CF9 FR7',
      `a new message (${second}) inside a binary message`,
      ['02 01 61', second],
      'continuation-expected',
      1002,
    ),
  ]),
  fails('G1 CF9', 'a new whole message inside a text', ['01 01 61', '81 01 62'], 'continuation-expected', 1002),
  fails(
    'G1 CF9',
    'a new message behind a Ping inside a text',
    ['01 01 61', '89 00', '82 01 62'],
    'continuation-expected',
    1002,
    {
      seen: [['ping', '']],
      written: ['8a 00'],
    },
  ),
  fails('G1 CF9', 'a new message inside an empty fragment', ['01 00', '81 00'], 'continuation-expected', 1002),
  ...['80', '00'].flatMap((first) => [
    failsAtLastByte('G2 CF10 FR7', `a continuation of nothing: ${first}`, [first], 'continuation-unexpected', 1002),
    failsAtLastByte(
      'G2 CF10',
      `a continuation of a finished message: ${first}`,
      ['81 01 61', first],
      'continuation-unexpected',
      1002,
      {
        seen: [['text', 'a']],
      },
    ),
    failsAtLastByte(
      'G2 CF10',
      `a continuation of a finished fragmented message: ${first}`,
      ['02 01 61', '80 00', first],
      'continuation-unexpected',
      1002,
      {
        seen: [['binary', '61']],
      },
    ),
  ]),
  fails('G2 CF10', 'a whole continuation of nothing', ['80 01 61'], 'continuation-unexpected', 1002),
  stays('CF11', 'a text of empty fragments', ['01 00', '00 00', '80 00'], [['text', '']]),
  stays('CF11', 'a binary message of empty fragments', ['02 00', '00 00', '80 00'], [['binary', '']]),
  stays('CF11', 'an empty first fragment', ['01 00', '80 05 48 65 6c 6c 6f'], [['text', 'Hello']]),
  stays('CF11', 'an empty fragment in the middle', ['01 02 48 65', '00 00', '80 03 6c 6c 6f'], [['text', 'Hello']]),
  stays('CF11', 'an empty last fragment', ['01 05 48 65 6c 6c 6f', '80 00'], [['text', 'Hello']]),
  stays('CF12', 'the first frame says what the message is: text', ['01 01 61', '80 02 c3 a9'], [['text', 'a\u00e9']]),
  stays('CF12 UT9', 'the first frame says what the message is: binary', ['02 01 ff', '80 01 61'], [['binary', 'ff61']]),
  stays(
    'CF13',
    'a message of one byte in each frame',
    ['01 01 48', '00 01 65', '00 01 6c', '00 01 6c', '80 01 6f'],
    [['text', 'Hello']],
  ),
  stays(
    'CF13',
    'fragments longer than what was kept before',
    ['02 01 00', `00 7e 01 2c ${'5a'.repeat(300)}`, `80 7e 13 88 ${'a5'.repeat(5_000)}`],
    [['binary', `00${'5a'.repeat(300)}${'a5'.repeat(5_000)}`]],
  ),
  waits('CF15 H3', 'a message that does not end before the transport', ['01 01 61']),
  waits('CF15 H3', 'a frame that does not end before the transport', ['81 05 48 65 6c']),
  waits('CF15 H3', 'a Ping that does not end before the transport', ['89 05 48 65 6c']),
  stays(
    'H3',
    'messages just before the end of the transport',
    ['81 01 61', '82 01 62'],
    [
      ['text', 'a'],
      ['binary', '62'],
    ],
  ),
  closes('CF16', 'a Close inside a message', ['01 01 61', '88 02 03 e8'], [1000, ''], '88 02 03 e8'),
  stays(
    'H1',
    'fragments are counted for each message: whole ones',
    repeat(10 * FRAGMENTS, '81 01 61'),
    texts(10 * FRAGMENTS, 'a'),
    {
      limits: { fragments: FRAGMENTS },
    },
  ),
  stays(
    'H1',
    'fragments are counted for each message: fragmented ones',
    repeat(10, '01 01 61', '00 01 62', '80 01 63'),
    texts(10, 'abc'),
    { limits: { fragments: FRAGMENTS } },
  ),
  closes(
    'H4',
    'a hundred messages before a Close',
    [...repeat(100, '81 01 61'), '88 02 03 e8'],
    [1000, ''],
    '88 02 03 e8',
    {
      seen: texts(100, 'a'),
    },
  ),
];
