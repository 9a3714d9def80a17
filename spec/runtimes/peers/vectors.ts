/** The wire vectors, inside whatever runtime this is: whole, byte by byte and in two at every place. */
import type { Deflate } from '../../../core/index.ts';
import { checkRequest, checkResponse } from '../../support/openings.ts';
import { checkVector } from '../../support/split.ts';
import { FRAME_VECTORS } from '../../vectors/frames.ts';
import { OPENING_REQUESTS } from '../../vectors/opening-requests.ts';
import { OPENING_RESPONSES } from '../../vectors/opening-responses.ts';

/** What went wrong, and how many vectors there were; each about compression was tried with each engine. */
export function runVectors(engines: readonly Deflate[]): {
  readonly count: number;
  readonly failures: readonly string[];
} {
  const failures: string[] = [];
  let count = 0;
  const run = <V extends { readonly title: string }>(vectors: readonly V[], check: (vector: V) => unknown): void => {
    count += vectors.length;
    for (const vector of vectors) {
      try {
        check(vector);
      } catch (error) {
        failures.push(`${vector.title}: ${String(error)}`);
      }
    }
  };
  run(Object.values(FRAME_VECTORS).flat(), (vector) => checkVector(vector, engines, 1));
  run(OPENING_REQUESTS, checkRequest);
  run(OPENING_RESPONSES, checkResponse);
  return { count, failures };
}
