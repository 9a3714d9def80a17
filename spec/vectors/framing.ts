/** Frame headers: length, masking, reserved bits, opcodes (RFC 6455 §5.2; rows A, FR, G3, G4, D12). */
import { fails, failsAtLastByte, stays, type Vector, waits } from './vector.ts';

const size = (length: number, digits: number): string => length.toString(16).padStart(digits, '0');
const header = (first: string, length: number): string =>
  length < 126
    ? `${first} ${size(length, 2)}`
    : length < 65_536
      ? `${first} 7e ${size(length, 4)}`
      : `${first} 7f ${size(length, 16)}`;
const payload = (length: number): string => Array.from({ length }, (_, i) => size((i * 31 + 97) % 251, 2)).join('');

const NO_LIMITS = { frameBytes: Infinity, messageBytes: Infinity };

/** Lengths with the highest bit set (A2, A4, FR2). */
const OUT_OF_RANGE = ['80 00 00 00 00 00 00 00', 'ff ff ff ff ff ff ff ff', '80', 'ff'];

/** Lengths no memory holds (A1, A3, FR3, FR4). */
const HUGE: readonly (readonly [rows: string, what: string, length: string])[] = [
  ['A1', 'the upper 32 bits are not 0', '00 80 00 00 00 00 00 01'],
  ['A3 A5 A6 FR3', '2^63 - 1', '7f ff ff ff ff ff ff ff'],
  ['A3 FR3', '2^53', '00 20 00 00 00 00 00 00'],
  ['A3 FR3', '2^53 + 1', '00 20 00 00 00 00 00 01'],
];

const NOT_MINIMAL: readonly (readonly [what: string, wire: string])[] = [
  ['5 in 16 bits', '82 7e 00 05 48 65 6c 6c 6f'],
  ['125 in 16 bits', `82 7e 00 7d ${payload(125)}`],
  ['0 in 16 bits', '82 7e 00 00'],
  ['5 in 64 bits', '82 7f 00 00 00 00 00 00 00 05 48 65 6c 6c 6f'],
  ['126 in 64 bits', `82 7f 00 00 00 00 00 00 00 7e ${payload(126)}`],
  ['65535 in 64 bits', '82 7f 00 00 00 00 00 00 ff ff'],
];

/** First bytes with RSV bits, each behind what makes it due otherwise. */
const RESERVED_BITS: readonly (readonly string[])[] = [
  ...['c1', 'a1', '91', 'f1', 'c2', 'a2', '92', 'f2', '41', '42'].map((first) => [first]),
  ...['c8', 'a8', '98', 'f8', 'c9', 'a9', '99', 'f9', 'ca', 'aa', '9a', 'fa'].map((first) => [first]),
  ...['c0', 'a0', '90', '40'].map((first) => ['01 01 61', first]),
];

const RESERVED_OPCODES = ['3', '4', '5', '6', '7', 'b', 'c', 'd', 'e', 'f'].flatMap((opcode) => [
  `8${opcode}`,
  `0${opcode}`,
]);

/** Sizes on both sides of every border of the length field (A12). */
const SIZES = [0, 1, 2, 124, 125, 126, 127, 128, 254, 255, 256, 257, 65_534, 65_535, 65_536, 65_537, 70_000];

export const FRAMING: readonly Vector[] = [
  ...SIZES.map((length) =>
    stays(
      'A12 FR1',
      `a binary message of ${length} bytes`,
      [`${header('82', length)} ${payload(length)}`],
      [['binary', payload(length)]],
    ),
  ),
  ...SIZES.map((length) =>
    stays(
      'A12 FR1',
      `a text message of ${length} bytes`,
      [`${header('81', length)} ${'61'.repeat(length)}`],
      [['text', 'a'.repeat(length)]],
    ),
  ),
  stays(
    'A15 B4',
    'a frame of 1 MiB',
    [`${header('82', 1_048_576)} ${'5a'.repeat(1_048_576)}`],
    [['binary', '5a'.repeat(1_048_576)]],
  ),

  ...OUT_OF_RANGE.map((length) =>
    fails('A2 A4 A5 FR2', `a length of 64 bits: ${length}`, [`82 7f ${length}`], 'length-out-of-range', 1002),
  ),
  failsAtLastByte('A2 FR2 FR7', 'its first byte tells', ['82 7f 80'], 'length-out-of-range', 1002),
  fails(
    'A2 A11',
    'a length of 64 bits without limits',
    ['82 7f 80 00 00 00 00 00 00 00'],
    'length-out-of-range',
    1002,
    {
      limits: NO_LIMITS,
    },
  ),
  ...HUGE.flatMap(([rows, what, length]) => [
    fails(rows, `a huge length: ${what}`, [`82 7f ${length}`], 'frame-too-big', 1009),
    fails(`${rows} A11`, `a huge length without limits: ${what}`, [`82 7f ${length}`], 'frame-too-big', 1009, {
      limits: NO_LIMITS,
    }),
  ]),
  fails('A3', 'a huge length: 2^53 - 1', ['82 7f 00 1f ff ff ff ff ff ff'], 'frame-too-big', 1009),
  waits(
    'A3 A11',
    'a length of 2^53 - 1 without limits is believed and nothing is allocated',
    ['82 7f 00 1f ff ff ff ff ff ff'],
    {
      limits: NO_LIMITS,
    },
  ),
  fails(
    'FR4',
    'a length is not cut to 32 bits',
    ['82 7f 00 00 00 01 00 00 00 05 48 65 6c 6c 6f'],
    'frame-too-big',
    1009,
  ),
  waits('A10', 'a long payload that is announced and does not come', ['82 7f 00 00 00 00 7f ff ff ff'], {
    limits: { frameBytes: 2 ** 31, messageBytes: 2 ** 31 },
  }),

  ...NOT_MINIMAL.map(([what, wire]) =>
    fails('FR1', `a length that is not minimal: ${what}`, [wire], 'length-not-minimal', 1002),
  ),
  failsAtLastByte('FR1 FR7', 'a length that is not minimal, in 16 bits', ['82 7e 00 7d'], 'length-not-minimal', 1002),
  failsAtLastByte(
    'FR1 FR7',
    'a length that is not minimal, in 64 bits',
    ['82 7f 00 00 00 00 00 00'],
    'length-not-minimal',
    1002,
  ),

  ...RESERVED_BITS.map((wire) =>
    failsAtLastByte('FR5 FR7', `RSV bits: ${wire.at(-1)}`, wire, 'reserved-bits-set', 1002),
  ),
  ...RESERVED_BITS.map((wire) =>
    fails(
      'FR5',
      `RSV bits in a whole frame: ${wire.at(-1)}`,
      [...wire.slice(0, -1), `${wire.at(-1)} 00`],
      'reserved-bits-set',
      1002,
    ),
  ),
  ...RESERVED_OPCODES.map((first) =>
    failsAtLastByte('D12 FR6 FR7', `a reserved opcode: ${first}`, [first], 'opcode-reserved', 1002),
  ),
  ...RESERVED_OPCODES.map((first) =>
    fails(
      'D12 FR6',
      `a reserved opcode in a whole frame: ${first}`,
      [`${first} 05 48 65 6c 6c 6f`],
      'opcode-reserved',
      1002,
    ),
  ),
  fails('D9 FR5 FR6', 'an opcode that is reserved and has RSV bits', ['ff ff'], 'opcode-reserved', 1002, {
    asIs: true,
  }),

  fails('G8 G7', 'the Close of a client that fails is masked', ['83 00'], 'opcode-reserved', 1002, {
    receiver: 'client',
  }),
  ...['80', '81', '82', '88', '89', '8a'].flatMap((first) => {
    const before = first === '80' ? ['01 00'] : [];
    const masked = first === '80' ? ['01 80 00 00 00 00'] : [];
    return [
      failsAtLastByte(
        'G3 FR10 FR7',
        `a masked frame to a client: ${first} 80`,
        [...before, `${first} 80`],
        'masking-wrong',
        1002,
        {
          asIs: true,
          receiver: 'client',
        },
      ),
      fails(
        'G3 FR10',
        `a whole masked frame to a client: ${first} 82`,
        [...before, `${first} 82 11 22 33 44 12 ca`],
        'masking-wrong',
        1002,
        {
          asIs: true,
          receiver: 'client',
        },
      ),
      failsAtLastByte(
        'G4 FR9 FR7',
        `an unmasked frame to a server: ${first} 00`,
        [...masked, `${first} 00`],
        'masking-wrong',
        1002,
        {
          asIs: true,
          receiver: 'server',
        },
      ),
      fails(
        'G4 FR9',
        `a whole unmasked frame to a server: ${first} 02`,
        [...masked, `${first} 02 03 e8`],
        'masking-wrong',
        1002,
        {
          asIs: true,
          receiver: 'server',
        },
      ),
    ];
  }),
  fails('G4', 'an unmasked text frame to a server', ['81 01 61'], 'masking-wrong', 1002, {
    asIs: true,
    receiver: 'server',
  }),
  failsAtLastByte('FR7', 'masking is judged before the length', ['82 ff'], 'masking-wrong', 1002, {
    asIs: true,
    receiver: 'client',
  }),
  stays('FR13', 'a masking key of zeros', ['81 81 00 00 00 00 61'], [['text', 'a']], {
    asIs: true,
    receiver: 'server',
  }),
  stays(
    'FR12',
    'each frame is unmasked with its own key, from its first octet on',
    ['01 83 37 fa 21 3d 7f 9f 4d', '00 81 01 02 03 04 6d', '80 85 a1 b2 c3 d4 ce 92 b4 bb d3'],
    [['text', 'Hello wor']],
    { asIs: true, receiver: 'server' },
  ),
];
