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
    let values: readonly string[] = NONE;
    for (const [each, value] of this.#pairs) {
      if (!sameName(each, name)) continue;
      values = values === NONE ? [value] : [...values, value]; // mostly one, and `push` would make room for 17
    }
    return values;
  }

  [Symbol.iterator](): Iterator<Field> {
    return this.#pairs[Symbol.iterator]();
  }
}

/** Without regard to ASCII case, and without a string in lower case for each of the names that are looked through. */
function sameName(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    // Letters differ by 0x20 where only their case does, and so do `^` and `~`.
    if (left !== right && ((left | 0x20) !== (right | 0x20) || (left | 0x20) < 0x61 || (left | 0x20) > 0x7a))
      return false;
  }
  return true;
}

/** What all fields that are not there share; it is read only. */
const NONE: readonly string[] = [];
