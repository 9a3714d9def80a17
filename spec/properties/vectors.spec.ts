/** Every wire vector, in both roles, with both engines, however it is cut. */
import { describe, expect, test } from 'vitest';
import { nodeDeflate } from '../../adapters/runtimes/node-deflate.ts';
import { portableDeflate } from '../../adapters/runtimes/portable-deflate.ts';
import { checkVector } from '../support/split.ts';
import { FRAME_VECTORS } from '../vectors/frames.ts';

describe.each(Object.entries(FRAME_VECTORS))('%s', (_, vectors) => {
  test.each(vectors.map((vector) => [`${vector.title} (${vector.rows})`, vector] as const))('%s', (_title, vector) => {
    expect(checkVector(vector, [nodeDeflate, portableDeflate])).toBeGreaterThan(0);
  });
});
