/** Writes a head of HTTP/1.1 (RFC 9112 §2.1). What would end a line, or is no byte, is never written. */

import { joined } from '../bytes/joined.ts';
import { encodeLatin1 } from '../bytes/latin1.ts';
import { quote, UsageError } from '../errors.ts';
import { type Field, isField, isFieldValue } from './fields.ts';

/**
 * The text of a head, whose characters are its bytes.
 *
 * @param startLine - without its CRLF.
 * @throws {UsageError} naming the first line that may not stand in a head.
 */
function headText(startLine: string, fields: Iterable<Field>): string {
  if (!isFieldValue(startLine)) throw new UsageError(`not a start line: ${quote(startLine)}`);
  return `${startLine}\r\n${fieldLines(fields)}\r\n`;
}

/** The lines of `fields`, each with its CRLF. @throws {UsageError} as `headText`. */
export function fieldLines(fields: Iterable<Field>): string {
  let lines = '';
  for (const [name, value] of fields) {
    if (!isField(name, value)) throw new UsageError(`not a field: ${quote(`${name}: ${value}`)}`);
    lines += `${name}: ${value}\r\n`;
  }
  return lines;
}

/**
 * A head as bytes.
 *
 * @param body - bytes to follow the head in the same array.
 * @throws {UsageError} as `headText`.
 */
export function writeHead(startLine: string, fields: Iterable<Field>, body?: Uint8Array): Uint8Array {
  const bytes = encodeLatin1(headText(startLine, fields));
  return body === undefined ? bytes : joined(bytes, body, 0, body.length);
}
