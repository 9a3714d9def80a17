/** Header fields as a program gives them: what cannot be one is its mistake, found before the connection is told anything. */
import { type FieldInit, UsageError } from '../../core/index.ts';
import { nameOf } from './option-kinds.ts';

/**
 * The fields of `init`, in order.
 *
 * @throws {UsageError} for what has no fields; and whatever an iterable of the program throws.
 */
export function headerPairs(init: FieldInit = []): [name: string, value: string][] {
  if (typeof init !== 'object' || init === null) {
    throw new UsageError(`headers are an object, such as { 'X-A': 'b' }, not ${nameOf(init)}`);
  }
  const pairs: unknown[] = Symbol.iterator in init ? [...(init as Iterable<unknown>)] : Object.entries(init);
  return pairs.map((pair) => {
    if (!Array.isArray(pair)) throw new UsageError(`a header is a pair of its name and its value, not ${nameOf(pair)}`);
    return [pair[0], pair[1]];
  });
}
