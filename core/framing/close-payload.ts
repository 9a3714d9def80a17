/** The payload of a Close frame: nothing, or a code and a reason (RFC 6455 §5.5.1, §7.4). */
import { encoder, fatal } from '../bytes/utf8.ts';
import { CloseCode, mayBeSent } from '../codes.ts';
import { ProtocolError, UsageError } from '../errors.ts';

/** What a Close frame says. `code` is 1005 where its payload is empty (RFC 6455 §7.1.5). */
export interface Close {
  readonly code: number;
  readonly reason: string;
}

/** The Close without a payload. */
export const NO_STATUS: Close = { code: CloseCode.noStatus, reason: '' };

/** The longest reason in bytes: a control frame has 125, the code takes 2 (RFC 6455 §5.5). */
const REASON_BYTES = 123;

/** @throws {ProtocolError} where the peer's payload breaks a rule. */
export function decodeClose(payload: Uint8Array): Close {
  const [high, low] = payload;
  if (high === undefined) return NO_STATUS;
  if (low === undefined)
    throw new ProtocolError('close-payload-too-short', 'a Close payload has no byte or at least 2');
  const code = high * 256 + low;
  if (!mayBeSent(code)) throw new ProtocolError('close-code-not-allowed', `Close code ${code} may not be sent`);
  try {
    return { code, reason: fatal.decode(payload.subarray(2)) };
  } catch {
    throw new ProtocolError('close-reason-not-utf8', 'a Close reason is not UTF-8');
  }
}

/**
 * Checks and encodes what our Close is to say.
 *
 * @throws {UsageError} for a code that may not be sent, a reason that is no string or has no code, or one of more than 123
 *   bytes: it is never cut, since that could cut a character.
 */
export function encodeClose({ code, reason }: Close): Uint8Array {
  if (typeof reason !== 'string') throw new UsageError('a Close reason is a string');
  const text = encoder.encode(reason);
  if (code === CloseCode.noStatus && text.length === 0) return text;
  if (!mayBeSent(code)) throw new UsageError(`Close code ${code} may not be sent`);
  if (text.length > REASON_BYTES)
    throw new UsageError(`a Close reason has at most ${REASON_BYTES} bytes, not ${text.length}`);
  const payload = new Uint8Array(2 + text.length);
  payload[0] = code >>> 8;
  payload[1] = code;
  payload.set(text, 2);
  return payload;
}
