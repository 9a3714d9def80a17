/** The wire vectors, inside whatever runtime this is. */
import { checkVector } from '../../support/split.ts';
import { FRAME_VECTORS } from '../../vectors/frames.ts';

/** What went wrong, and how many vectors there were. */
export function runVectors(): { readonly count: number; readonly failures: readonly string[] } {
  const failures: string[] = [];
  const vectors = Object.values(FRAME_VECTORS).flat();
  for (const vector of vectors) {
    try {
      checkVector(vector, false);
    } catch (error) {
      failures.push(`${vector.title}: ${String(error)}`);
    }
  }
  return { count: vectors.length, failures };
}
