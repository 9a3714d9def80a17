/** The fields of the opening handshake that both sides write, and those that an application adds to them. */

import { quote, UsageError } from '../errors.ts';
import { type Field, type FieldInit, fieldPairs } from '../http/fields.ts';

/**
 * The fields of a request or response that upgrades which not every one has (RFC 6455 §4.1, §4.2.2).
 *
 * Without a value there is no field: an empty Sec-WebSocket-Protocol or -Extensions makes some peers fail.
 *
 * @throws {UsageError} as `applicationFields`.
 */
export function handshakeFields(subprotocols: string, extensions: string, added: FieldInit | undefined): Field[] {
  const fields: Field[] = [];
  if (subprotocols !== '') fields.push(['Sec-WebSocket-Protocol', subprotocols]);
  if (extensions !== '') fields.push(['Sec-WebSocket-Extensions', extensions]);
  if (added !== undefined) fields.push(...applicationFields(added));
  return fields;
}

/**
 * The pairs of `init`, none of which is one that the opening handshake, or HTTP's framing, writes itself.
 *
 * @throws {UsageError} naming the first that is.
 */
export function applicationFields(init: FieldInit = []): Field[] {
  const pairs = fieldPairs(init);
  for (const [name] of pairs) {
    if (RESERVED.test(name)) throw new UsageError(`a field the connection writes itself: ${quote(name)}`);
  }
  return pairs;
}

const RESERVED = /^(?:host|upgrade|connection|content-length|transfer-encoding|sec-websocket-.*)$/i;
