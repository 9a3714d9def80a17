/** Bytes as text, and the one fault they can have (RFC 6455 §8.1). */
import { fatal, lenient } from '../bytes/utf8.ts';
import { ProtocolError } from '../errors.ts';

/** The host's quick way: the string that bytes of ASCII are, or `undefined`, and then `TextDecoder` decodes them. */
export type DecodeAscii = (bytes: Uint8Array) => string | undefined;

/**
 * Decodes leniently first, and judges only what contains U+FFFD, which is what stands for a fault: every host decodes
 * as fast so, and Deno 3 to 12 times as fast as with a decoder that is fatal.
 *
 * @throws {ProtocolError} for bytes that are not UTF-8, or are longer than a string may be.
 */
export function decodeText(bytes: Uint8Array, ascii?: DecodeAscii): string {
  const quick = ascii?.(bytes);
  if (quick !== undefined) return quick;
  let text: string;
  try {
    text = lenient.decode(bytes);
  } catch {
    // Each host throws something else; but who forgives all faults can only fail for want of room.
    throw new ProtocolError('message-too-big', 'a text message is longer than a string can be');
  }
  if (!text.includes('\ufffd')) return text;
  try {
    return fatal.decode(bytes);
  } catch {
    throw notUtf8();
  }
}

export const notUtf8 = (): ProtocolError => new ProtocolError('text-not-utf8', 'a text message is not UTF-8');
