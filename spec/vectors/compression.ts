/** permessage-deflate on the wire (RFC 7692 §6, §7.2; rows C and PD). */
import { closes, fails, failsAtLastByte, type Seen, stays, type Vector, waits } from './vector.ts';

const HELLO: Seen = ['text', 'Hello'];
const EMPTY: Seen = ['text', ''];
/** "Hello" as one block, and what means "Hello" where that is in the window (RFC 7692 §7.2.3.1, §7.2.3.2). */
const DEFLATED = 'c1 07 f2 48 cd c9 c9 07 00';
const AGAIN = 'c1 05 f2 00 11 00 00';
/** The same with a final block (§7.2.3.4). */
const FINAL = 'c1 08 f3 48 cd c9 c9 07 00 00';

const invalid = (rows: string, title: string, ...wire: readonly string[]): Vector =>
  fails(rows, title, wire, 'deflate-data-invalid', 1007);

/** RSV bits but for RSV1, as they stand in a frame's first byte. */
const OTHERS = [0x10, 0x20, 0x30, 0x50, 0x60, 0x70];
const byte = (value: number): string => value.toString(16).padStart(2, '0');

const AGREED: readonly Vector[] = [
  stays('C7 PD14', 'one block (§7.2.3.1)', [DEFLATED], [HELLO]),
  stays('PD14 PD18', 'what refers to the message before (§7.2.3.2)', [DEFLATED, AGAIN], [HELLO, HELLO]),
  stays('PD14', 'a block that is not compressed (§7.2.3.3)', ['c1 0b 00 05 00 fa ff 48 65 6c 6c 6f 00'], [HELLO]),
  stays('C7 PD14 PD16', 'a final block (§7.2.3.4)', [FINAL], [HELLO]),
  stays('PD14', 'two blocks (§7.2.3.5)', ['c1 0d f2 48 05 00 00 00 ff ff ca c9 c9 07 00'], [HELLO]),
  fails('UT8', 'a text that is not UTF-8 once it is inflated', ['c1 07 00 01 00 fe ff ff 00'], 'text-not-utf8', 1007),
  stays('PD13', 'two fragments', ['41 03 f2 48 cd', '80 04 c9 c9 07 00'], [HELLO]),
  stays('C13', 'a Ping between fragments', ['41 03 f2 48 cd', '89 00', '80 04 c9 c9 07 00'], [['ping', ''], HELLO], {
    written: ['8a 00'],
  }),
  stays('C11', 'a fragment for the last header alone', ['41 06 f2 48 cd c9 c9 07', '80 01 00'], [HELLO]),
  stays('C11', 'an empty last fragment', ['41 07 f2 48 cd c9 c9 07 00', '80 00'], [HELLO]),
  stays('C11', 'an empty first fragment', ['41 00', '00 00', '80 07 f2 48 cd c9 c9 07 00'], [HELLO]),
  stays(
    'C12 PD12',
    'what was not compressed is not in the window',
    [DEFLATED, '81 03 61 62 63', AGAIN],
    [HELLO, ['text', 'abc'], HELLO],
  ),
  stays(
    'PD18',
    'a Ping and a Pong leave the window as it was',
    [DEFLATED, '89 00', '8a 00', AGAIN],
    [HELLO, ['ping', ''], ['pong', ''], HELLO],
    { written: ['8a 00'] },
  ),
  stays(
    'C10',
    'frames that are not compressed behind one that is',
    [DEFLATED, '82 02 ff fe', '89 01 78', DEFLATED],
    [HELLO, ['binary', 'fffe'], ['ping', '78'], HELLO],
    { written: ['8a 01 78'] },
  ),
  stays(
    'C9 PD15',
    'messages that are empty leave the window as it was',
    [DEFLATED, 'c1 00', 'c1 01 00', 'c1 02 03 00', 'c1 02 02 00', AGAIN],
    [HELLO, EMPTY, EMPTY, EMPTY, EMPTY, HELLO],
  ),
  stays('C9', 'an empty message of two fragments', ['41 00', '80 00', 'c2 00'], [EMPTY, ['binary', '']]),
  stays('C8 PD16', 'a message behind a final block', [FINAL, DEFLATED], [HELLO, HELLO]),
  stays('C8 PD16 PD18', 'what refers to before a final block', [FINAL, AGAIN], [HELLO, HELLO]),
  stays(
    'C25 PD16',
    'several final blocks are all of them',
    ['c1 0f f3 48 cd c9 c9 07 00 f3 48 cd c9 c9 07 00 00'],
    [['text', 'HelloHello']],
  ),
  stays(
    'PD16',
    'a final block in the first of two fragments',
    ['41 07 f3 48 cd c9 c9 07 00', '80 07 f2 48 cd c9 c9 07 00'],
    [['text', 'HelloHello']],
  ),
  stays('PD16', 'an empty final block at the beginning', ['c1 09 03 00 f2 48 cd c9 c9 07 00'], [HELLO]),
  stays(
    'PD16',
    'a final block whose last byte has the header of the empty block in it',
    ['c1 07 f3 48 cd c9 c9 07 00', AGAIN],
    [HELLO, HELLO],
  ),
  stays(
    'C7',
    'a final block of more than 4 KiB',
    [`c2 7e 10 07 01 01 10 fe ef ${'61'.repeat(4_097)} 00`],
    [['binary', '61'.repeat(4_097)]],
  ),
  stays(
    'C2 PD20',
    'what becomes as long as the limit',
    [DEFLATED, '41 03 f2 48 cd', '80 04 c9 c9 07 00'],
    [HELLO, HELLO],
    {
      limits: { messageBytes: 5 },
    },
  ),
  fails('C2 PD20', 'what becomes longer than the limit', [DEFLATED], 'message-too-big', 1009, {
    limits: { messageBytes: 4 },
  }),
  fails(
    'C2 PD20',
    'fragments that become longer than the limit',
    ['41 03 f2 48 cd', '80 04 c9 c9 07 00'],
    'message-too-big',
    1009,
    {
      limits: { messageBytes: 4 },
    },
  ),
  waits('C24', 'a message that does not end before the transport', ['41 03 f2 48 cd']),
  closes('CF16', 'a Close inside a compressed message', ['41 03 f2 48 cd', '88 02 03 e8'], [1000, ''], '88 02 03 e8'),
  invalid('C23', 'what is no DEFLATE', 'c1 03 ff ff ff'),
  invalid('C24 PD17', 'a message that is cut within a block', 'c1 03 f2 48 cd'),
  invalid('C24 PD17', 'a message that is cut before its last header', 'c1 06 f2 48 cd c9 c9 07'),
  invalid('C24 PD17', 'a message that is cut within a stored block', 'c1 07 00 05 00 fa ff 48 65'),
  invalid('C24 PD17', 'a message of fragments that is cut within a block', '41 03 f2 48 cd', '80 00'),
  invalid('C26 PD16', 'bytes behind a final block', 'c1 0b f3 48 cd c9 c9 07 00 de ad be ef'),
  invalid('C26 PD16', 'bytes behind a final block, in a frame of their own', '41 07 f3 48 cd c9 c9 07 00', '80 01 ff'),
  invalid('C11', 'the tail that belongs away', 'c1 0b f2 48 cd c9 c9 07 00 00 00 ff ff'),
  invalid(
    'C11',
    'the tail that belongs away, in a frame of its own',
    '41 07 f2 48 cd c9 c9 07 00',
    '80 04 00 00 ff ff',
  ),
  invalid('PD19', 'a reference to before the first byte', AGAIN),
  fails('UT3', 'what becomes no UTF-8', ['c1 07 00 01 00 fe ff ff 00'], 'text-not-utf8', 1007),
  ...['c0', '40'].map((first) =>
    failsAtLastByte(
      'C14 PD11',
      `RSV1 on a continuation: ${first}`,
      ['41 03 f2 48 cd', first],
      'reserved-bits-set',
      1002,
    ),
  ),
  ...[0x88, 0x89, 0x8a].flatMap((first) =>
    [0x40, ...OTHERS].map((bits) =>
      failsAtLastByte(
        'C16 PD11',
        `RSV bits on a control frame: ${byte(first | bits)}`,
        [byte(first | bits)],
        'reserved-bits-set',
        1002,
      ),
    ),
  ),
  ...[0x81, 0x82, 0x01].flatMap((first) =>
    OTHERS.map((bits) =>
      failsAtLastByte(
        'C16',
        `RSV bits of nobody: ${byte(first | bits)}`,
        [byte(first | bits)],
        'reserved-bits-set',
        1002,
      ),
    ),
  ),
].map((vector) => ({ ...vector, deflate: {} }));

const ALONE: readonly Vector[] = [
  stays(
    'PD7 PD8',
    'messages that refer to none before, without context takeover',
    [DEFLATED, DEFLATED],
    [HELLO, HELLO],
  ),
  fails(
    'PD7 PD8',
    'a reference to the message before, without context takeover',
    [DEFLATED, AGAIN],
    'deflate-data-invalid',
    1007,
    {
      seen: [HELLO],
    },
  ),
].map((vector) => ({ ...vector, deflate: { serverNoContextTakeover: true, clientNoContextTakeover: true } }));

export const COMPRESSION: readonly Vector[] = [
  ...AGREED,
  ...ALONE,
  failsAtLastByte('C15 C16 PD22', 'RSV1 without the extension', ['c1'], 'reserved-bits-set', 1002),
];
