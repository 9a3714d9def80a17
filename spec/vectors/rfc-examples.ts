/** The examples of RFC 6455 §5.7, byte for byte (FR14). */
import { stays, type Vector } from './vector.ts';

const BYTES_256 = '5a'.repeat(256);
const BYTES_65536 = '5a'.repeat(65_536);

export const RFC_EXAMPLES: readonly Vector[] = [
  stays('§5.7 FR14', 'a single-frame unmasked text message', ['81 05 48 65 6c 6c 6f'], [['text', 'Hello']], {
    asIs: true,
    receiver: 'client',
  }),
  stays('§5.7 FR14', 'a single-frame masked text message', ['81 85 37 fa 21 3d 7f 9f 4d 51 58'], [['text', 'Hello']], {
    asIs: true,
    receiver: 'server',
  }),
  stays('§5.7 FR14', 'a fragmented unmasked text message', ['01 03 48 65 6c', '80 02 6c 6f'], [['text', 'Hello']], {
    asIs: true,
    receiver: 'client',
  }),
  stays('§5.7 FR14', 'an unmasked Ping request', ['89 05 48 65 6c 6c 6f'], [['ping', '48656c6c6f']], {
    asIs: true,
    receiver: 'client',
    written: ['8a 05 48 65 6c 6c 6f'],
  }),
  stays('§5.7 FR14', 'a masked Pong response', ['8a 85 37 fa 21 3d 7f 9f 4d 51 58'], [['pong', '48656c6c6f']], {
    asIs: true,
    receiver: 'server',
  }),
  stays(
    '§5.7 FR14',
    '256 bytes of binary message in a single frame',
    [`82 7e 01 00 ${BYTES_256}`],
    [['binary', BYTES_256]],
  ),
  stays(
    '§5.7 FR14',
    '64 KiB of binary message in a single frame',
    [`82 7f 00 00 00 00 00 01 00 00 ${BYTES_65536}`],
    [['binary', BYTES_65536]],
  ),
];
