/** Every wire vector for an open connection, by subject. */
import { CLOSING } from './closing.ts';
import { COMPRESSION } from './compression.ts';
import { CONTROL_FRAMES } from './control-frames.ts';
import { FRAGMENTATION } from './fragmentation.ts';
import { FRAMING } from './framing.ts';
import { LIMITS } from './limits.ts';
import { RFC_EXAMPLES } from './rfc-examples.ts';
import { UTF8 } from './utf8.ts';
import type { Vector } from './vector.ts';

export const FRAME_VECTORS: Readonly<Record<string, readonly Vector[]>> = {
  'the examples of RFC 6455 §5.7': RFC_EXAMPLES,
  framing: FRAMING,
  'control frames': CONTROL_FRAMES,
  fragmentation: FRAGMENTATION,
  limits: LIMITS,
  'UTF-8': UTF8,
  closing: CLOSING,
  compression: COMPRESSION,
};
