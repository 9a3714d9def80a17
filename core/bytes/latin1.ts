/**
 * Bytes as text, one character for each: what heads are written in, with 0x80–0xff opaque (RFC 9110 §5.5).
 *
 * `TextDecoder('latin1')` is windows-1252 by the Encoding Standard and would change 27 of these bytes.
 */
import { lenient } from './utf8.ts';

export function decodeLatin1(bytes: Uint8Array, from = 0, to: number = bytes.length): string {
  // As UTF-8 first, the fastest decoder there is: it is right unless a byte above 0x7f made a longer or a broken
  // sequence, which shortens the text or leaves a replacement character in it.
  const ascii = lenient.decode(bytes.subarray(from, to));
  if (ascii.length === to - from && !ascii.includes('\ufffd')) return ascii;
  let text = '';
  for (let i = from; i < to; i++) text += String.fromCharCode(bytes[i]!);
  return text;
}

/** The bytes of `text`, none of whose characters is above U+00FF. */
export function encodeLatin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  writeLatin1(text, bytes, 0);
  return bytes;
}

/** Writes the bytes of `text` to `bytes` from `offset` on, where there is room for them. */
export function writeLatin1(text: string, bytes: Uint8Array, offset: number): void {
  for (let i = 0; i < text.length; i++) bytes[offset + i] = text.charCodeAt(i);
}
