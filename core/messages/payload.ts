/** What a program may send, and the bytes it means. */
import { encoder } from '../bytes/utf8.ts';
import { UsageError } from '../errors.ts';

/** Bytes in any of the forms the language has. */
export type Payload = ArrayBufferView | ArrayBufferLike;

/**
 * The bytes of `data`: a string's UTF-8, or a view of exactly those bytes it covers, whatever the size of
 * its elements.
 *
 * @throws {UsageError} for anything else, and for memory that was transferred away.
 */
export function toBytes(data: string | Payload): Uint8Array {
  if (typeof data === 'string') return encoder.encode(data);
  if (data instanceof Uint8Array && data.length > 0) return data;
  try {
    if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    // By its tag, since a buffer may come from another realm, and not every host has the shared kind.
    if (/^\[object (Shared)?ArrayBuffer]$/.test(Object.prototype.toString.call(data))) return new Uint8Array(data);
  } catch {
    throw new UsageError('the memory of this payload is gone');
  }
  throw new UsageError(
    `a payload is a string, an ArrayBuffer or a view on one, not ${data === null ? 'null' : typeof data}`,
  );
}

const CONTROL_BYTES = 125; // the longest payload of a control frame (RFC 6455 §5.5)

/** @throws {UsageError} as `toBytes`, and for more than fits into a control frame. */
export function toControlBytes(data: string | Payload): Uint8Array {
  const payload = toBytes(data);
  if (payload.length <= CONTROL_BYTES) return payload;
  throw new UsageError(`a control frame has at most ${CONTROL_BYTES} bytes, not ${payload.length}`);
}
