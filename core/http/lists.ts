/**
 * The syntax of field values that are lists (RFC 9110 §5.6.1) or offers of extensions (RFC 6455 §9.1).
 *
 * Values are lists joined in the order of their field lines. Every pattern here is anchored, and no two of its
 * repetitions can match the same character, so the work grows with the length only.
 */

import { ProtocolError } from '../errors.ts';

/** One element of Sec-WebSocket-Extensions. A parameter without a value has `true`. */
export interface ExtensionElement {
  readonly name: string;
  readonly params: readonly (readonly [name: string, value: string | true])[];
}

/** Whether `text` is a token (RFC 9110 §5.6.2). */
export const isToken = (text: string): boolean => TOKEN.test(text);

/** The elements of a list that has no quoted strings; empty ones do not count (RFC 9110 §5.6.1.2). */
export function listElements(values: readonly string[]): readonly string[] {
  if (values.length === 0) return NONE;
  const elements: string[] = [];
  for (const value of values) {
    for (const part of value.split(',')) {
      const element = trimOws(part);
      if (element !== '') elements.push(element);
    }
  }
  return elements;
}

/** Whether a list has `wanted`, which is lower-case, among its elements, without regard to ASCII case. */
export const listHas = (values: readonly string[], wanted: string): boolean =>
  values.some((value) => is(value, wanted)) || listElements(values).some((element) => is(element, wanted));

/** The lengths first: they tell nearly all elements apart, and lower case costs. */
const is = (text: string, wanted: string): boolean => text.length === wanted.length && text.toLowerCase() === wanted;

/**
 * The elements of Sec-WebSocket-Extensions; empty ones do not count. Space is allowed between any two parts, for the
 * ABNF implies it (RFC 6455 §4.3), and a quoted value must be a token once it is unquoted (§9.1).
 *
 * @param limit - how many elements there may be.
 * @throws {ProtocolError} `extensions-malformed`.
 */
export function parseExtensions(values: readonly string[], limit: number): readonly ExtensionElement[] {
  const elements: ExtensionElement[] = [];
  for (const value of values) {
    let at = 0;
    const next = (pattern: RegExp): RegExpExecArray | null => {
      pattern.lastIndex = at;
      const match = pattern.exec(value);
      if (match !== null) at = pattern.lastIndex;
      return match;
    };
    do {
      const name = next(NAME)?.[1];
      if (name !== undefined) {
        const params: [string, string | true][] = [];
        for (let match = next(PARAM); match !== null; match = next(PARAM)) {
          const key = match[1] as string; // a group that is not optional
          params.push([key, match[2] ?? match[3]?.replaceAll('\\', '') ?? true]);
        }
        elements.push({ name, params });
      }
      if (elements.length > limit || next(SEPARATOR) === null) {
        throw new ProtocolError('extensions-malformed', `expected at most ${limit} extensions: name; param=value`);
      }
    } while (at < value.length);
  }
  return elements;
}

/** `text` without the spaces and tabs around it, and nothing else: String.trim knows many more (RFC 9110 §5.6.3). */
export function trimOws(text: string, from = 0, to: number = text.length): string {
  let start = from;
  let end = to;
  while (start < end && isOws(text.charCodeAt(start))) start++;
  while (start < end && isOws(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

const NONE: readonly string[] = [];

const isOws = (code: number): boolean => code === 0x20 || code === 0x09;

const TCHAR = "[!#$%&'*+.^_`|~\\w-]";
const TOKEN = new RegExp(`^${TCHAR}+$`);
const NAME = new RegExp(`[ \\t]*(${TCHAR}+)`, 'y');
const PARAM = new RegExp(`[ \\t]*;[ \\t]*(${TCHAR}+)(?:[ \\t]*=[ \\t]*(?:(${TCHAR}+)|"((?:\\\\?${TCHAR})+)"))?`, 'y');
const SEPARATOR = /[ \t]*(?:,|$)/y;
