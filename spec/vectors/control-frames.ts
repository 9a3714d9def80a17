/** Ping, Pong and what is common to control frames (RFC 6455 §5.5; rows CF1–CF8, G15). */
import { closes, fails, failsAtLastByte, stays, type Vector } from './vector.ts';

const LONG = '78'.repeat(125);
const octets = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => (from + i).toString(16).padStart(2, '0')).join('');
/** Every octet there is, in payloads a control frame can have. */
const ALL_OCTETS = [octets(0, 125), octets(125, 250), octets(250, 256)];
const TEN = ['00', '01', '02', '03', '04', '05', '06', '07', '08', '09'];
const withLength = (first: string, payload: string): string =>
  `${first} ${(payload.length / 2).toString(16).padStart(2, '0')} ${payload}`;

export const CONTROL_FRAMES: readonly Vector[] = [
  ...['88', '89', '8a'].flatMap((first) => [
    failsAtLastByte(
      'CF1 FR7',
      `a control frame longer than 125 bytes: ${first} 7e`,
      [`${first} 7e`],
      'control-frame-too-long',
      1002,
    ),
    failsAtLastByte(
      'CF1 FR7',
      `a control frame longer than 125 bytes: ${first} 7f`,
      [`${first} 7f`],
      'control-frame-too-long',
      1002,
    ),
    fails(
      'CF1',
      `a whole control frame of 126 bytes: ${first}`,
      [`${first} 7e 00 7e ${'03'.repeat(126)}`],
      'control-frame-too-long',
      1002,
    ),
  ]),
  ...['08', '09', '0a'].flatMap((first) => [
    failsAtLastByte('CF2 FR7', `a control frame without FIN: ${first}`, [first], 'control-frame-fragmented', 1002),
    fails(
      'CF2',
      `a control frame without FIN and its continuation: ${first}`,
      [`${first} 00`, '80 00'],
      'control-frame-fragmented',
      1002,
    ),
    fails(
      'CF2',
      `a control frame without FIN inside a message: ${first}`,
      ['01 01 61', `${first} 00`, '80 00'],
      'control-frame-fragmented',
      1002,
    ),
  ]),
  stays(
    'CF3 G15',
    'a Ping between fragments is answered at once',
    ['01 01 61', '89 01 78', '80 01 62'],
    [
      ['ping', '78'],
      ['text', 'ab'],
    ],
    { written: ['8a 01 78'] },
  ),
  stays(
    'G15',
    'Ping and Pong between fragments',
    ['01 01 61', '89 00', '8a 00', '80 01 62'],
    [
      ['ping', ''],
      ['pong', ''],
      ['text', 'ab'],
    ],
    { written: ['8a 00'] },
  ),
  ...['', '00', LONG, ...ALL_OCTETS].map((payload) =>
    stays(
      'CF4',
      `a Pong has the payload of its Ping: ${payload.length / 2} bytes from ${payload.slice(0, 2)}`,
      [withLength('89', payload)],
      [['ping', payload]],
      {
        written: [withLength('8a', payload)],
      },
    ),
  ),
  stays(
    'CF5',
    'ten Pings get ten Pongs while nothing waits',
    TEN.map((each) => `89 01 ${each}`),
    TEN.map((each) => ['ping', each]),
    { written: TEN.map((each) => `8a 01 ${each}`) },
  ),
  stays(
    'CF6 B10',
    'Pongs nobody asked for',
    ['8a 00', withLength('8a', LONG), '81 01 61'],
    [
      ['pong', ''],
      ['pong', LONG],
      ['text', 'a'],
    ],
  ),
  stays('CF7', 'a Ping behind our Close gets no Pong', ['89 01 78'], [['ping', '78']], {
    closeSent: true,
  }),
  stays(
    'CF4 D15',
    'control frames of different lengths, each cut behind its header',
    ['89 01 61', '89 02 62 63', '8a 03 64 65 66', '89 01 67', '89 00'],
    [
      ['ping', '61'],
      ['ping', '6263'],
      ['pong', '646566'],
      ['ping', '67'],
      ['ping', ''],
    ],
    { written: ['8a 01 61', '8a 02 62 63', '8a 01 67', '8a 00'] },
  ),
  closes('CF8 CC8 G10', 'a Ping behind the Close is ignored', ['88 02 03 e8', '89 01 78'], [1000, ''], '88 02 03 e8'),
];
