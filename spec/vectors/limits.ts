/** Limits, each on both sides of its border, and decided by the header (RFC 6455 §10.4; rows A7, A16, B1, B3, B5–B7, FR8, CF14). */
import { failsAtLastByte, stays, type Vector, waits } from './vector.ts';

const repeat = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);
const a = (count: number): string => '61'.repeat(count);
const text = (count: number): readonly ['text', string] => ['text', 'a'.repeat(count)];

const MESSAGE = { messageBytes: 100 };
const FRAME = { frameBytes: 100 };
const FRAGMENTS = { fragments: 16 };

export const LIMITS: readonly Vector[] = [
  waits('B8', 'a frame of as many bytes as the default limit', ['82 7f 00 00 00 00 04 00 00 00']),
  failsAtLastByte('B8', 'a frame of one byte more', ['82 7f 00 00 00 00 04 00 00 01'], 'frame-too-big', 1009),
  stays('A16', 'a frame below the limit of messages', [`81 63 ${a(99)}`], [text(99)], { limits: MESSAGE }),
  stays('A16', 'a frame at the limit of messages', [`81 64 ${a(100)}`], [text(100)], { limits: MESSAGE }),
  failsAtLastByte('A16 FR8', 'a frame above the limit of messages', ['81 65'], 'message-too-big', 1009, {
    limits: MESSAGE,
  }),
  stays('A16', 'a frame below the limit of frames', [`81 63 ${a(99)}`], [text(99)], { limits: FRAME }),
  stays('A16', 'a frame at the limit of frames', [`81 64 ${a(100)}`], [text(100)], { limits: FRAME }),
  failsAtLastByte('A16 FR8', 'a frame above the limit of frames', ['81 65'], 'frame-too-big', 1009, { limits: FRAME }),
  failsAtLastByte('A16', 'a frame above both limits', ['81 65'], 'frame-too-big', 1009, {
    limits: { ...FRAME, ...MESSAGE },
  }),
  failsAtLastByte('FR8', 'a frame of 16-bit length above the limit', ['82 7e 03 e9'], 'frame-too-big', 1009, {
    limits: { frameBytes: 1_000 },
  }),
  failsAtLastByte(
    'FR8 FR7',
    'the first byte of a length tells that it is above the limit',
    ['82 7e 04'],
    'frame-too-big',
    1009,
    {
      limits: { frameBytes: 1_000 },
    },
  ),
  stays('A16', 'fragments that reach the limit', [`01 32 ${a(50)}`, `80 32 ${a(50)}`], [text(100)], {
    limits: MESSAGE,
  }),
  stays('A16', 'fragments that reach the limit, and an empty one', [`01 64 ${a(100)}`, '80 00'], [text(100)], {
    limits: MESSAGE,
  }),
  failsAtLastByte('A16 CF14', 'fragments that exceed the limit', [`01 32 ${a(50)}`, '80 33'], 'message-too-big', 1009, {
    limits: MESSAGE,
  }),
  failsAtLastByte(
    'B6 CF14',
    'two fragments below the limit that exceed it',
    [`01 3c ${a(60)}`, '00 3c'],
    'message-too-big',
    1009,
    { limits: MESSAGE },
  ),
  failsAtLastByte(
    'B5 B7 CF14',
    'full fragments until the total exceeds the limit',
    [`02 64 ${a(100)}`, `00 64 ${a(100)}`, `00 64 ${a(100)}`, '00 64'],
    'message-too-big',
    1009,
    {
      limits: { frameBytes: 100, messageBytes: 399 },
    },
  ),
  stays(
    'B5',
    'full fragments while the total does not',
    [`01 64 ${a(100)}`, `00 64 ${a(100)}`, `80 64 ${a(100)}`],
    [text(300)],
    {
      limits: { frameBytes: 100, messageBytes: 300 },
    },
  ),
  failsAtLastByte('A7', 'a total that would wrap a counter', ['01 01 61', '00 7f 01'], 'message-too-big', 1009),
  failsAtLastByte(
    'A7 A11',
    'a total that would wrap a counter, without limits',
    ['01 01 61', '00 7f 01'],
    'frame-too-big',
    1009,
    {
      limits: { frameBytes: Infinity, messageBytes: Infinity },
    },
  ),
  stays('A16', 'the total is that of one message', [`81 64 ${a(100)}`, `81 64 ${a(100)}`], [text(100), text(100)], {
    limits: MESSAGE,
  }),
  stays('A16', 'control frames have their own limit', [`81 01 ${a(1)}`, `89 0a ${a(10)}`], [text(1), ['ping', a(10)]], {
    limits: { frameBytes: 5, messageBytes: 5 },
    written: [`8a 0a ${a(10)}`],
  }),
  stays('B1', 'as many fragments as the limit', ['01 01 61', ...repeat(14, '00 01 61'), '80 01 61'], [text(16)], {
    limits: FRAGMENTS,
  }),
  failsAtLastByte(
    'B1 B2',
    'a fragment more than the limit',
    ['01 01 61', ...repeat(15, '00 01 61'), '00'],
    'too-many-fragments',
    1009,
    { limits: FRAGMENTS },
  ),
  failsAtLastByte('B3', 'empty fragments count', ['01 00', ...repeat(15, '00 00'), '80'], 'too-many-fragments', 1009, {
    limits: FRAGMENTS,
  }),
  stays(
    'B3',
    'control frames are no fragments',
    ['01 00', ...repeat(20, '8a 00'), '80 00'],
    [...repeat(20, ['pong', ''] as const), text(0)],
    {
      limits: FRAGMENTS,
    },
  ),
];
