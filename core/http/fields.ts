/**
 * The fields of a head, looked up without case (RFC 9110 §5.1).
 *
 * An ordered list and never an object: the peer chooses the names, and `__proto__` is one of them.
 */

import type { Fields } from '../events.ts';
import { isToken } from './lists.ts';

export type Field = readonly [name: string, value: string];

/** Fields as a host gives them: pairs in order, such as a Headers object or a Map, or a record. */
export type FieldInit = Iterable<Field> | Readonly<Record<string, string>>;

export const fieldPairs = (init: FieldInit): Field[] =>
  Symbol.iterator in init ? [...(init as Iterable<Field>)] : Object.entries(init);

/** Whether a field may stand in a head: a token, and a value without control characters (RFC 9110 §5.1, §5.5). */
export const isField = (name: string, value: string): boolean =>
  typeof value === 'string' && isToken(name) && isFieldValue(value);

/** Whether `text` may stand in a line: bytes as characters, and of the control characters only HTAB (§5.5). */
export const isFieldValue = (text: string): boolean => /^[\t -~\x80-\xff]*$/.test(text);

export class FieldList implements Fields {
  readonly #pairs: readonly Field[];

  constructor(pairs: readonly Field[]) {
    this.#pairs = pairs;
  }

  get(name: string): string | undefined {
    return this.all(name)[0];
  }

  all(name: string): readonly string[] {
    const wanted = name.toLowerCase();
    let values: string[] | undefined;
    for (const [each, value] of this.#pairs) {
      // The lengths first: they tell nearly all names apart, and lower case costs.
      if (each.length === wanted.length && each.toLowerCase() === wanted) {
        values ??= [];
        values.push(value);
      }
    }
    return values ?? NONE;
  }

  [Symbol.iterator](): Iterator<Field> {
    return this.#pairs[Symbol.iterator]();
  }
}

/** What all fields that are not there share; it is read only. */
const NONE: readonly string[] = [];
