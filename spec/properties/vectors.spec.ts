/** Every wire vector, in both roles, however it is cut. */
import { describe, expect, test } from 'vitest';
import { checkVector } from '../support/split.ts';
import { FRAME_VECTORS } from '../vectors/frames.ts';

describe.each(Object.entries(FRAME_VECTORS))('%s', (_, vectors) => {
  test.each(vectors.map((vector) => [`${vector.title} (${vector.rows})`, vector] as const))('%s', (_title, vector) => {
    expect(checkVector(vector)).toBeGreaterThan(0);
  });
});
