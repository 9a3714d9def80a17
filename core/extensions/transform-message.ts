/** A message as extensions make it, each applied to what the one before made of it (RFC 6455 §9.1). */
import { UsageError } from '../errors.ts';
import type { AgreedExtension, MessageOptions, PieceEncoder } from './extension.ts';

/** Is shown a message, or a piece of it, that is transformed. */
type Watch = (payload: Uint8Array, last: boolean) => void;

/**
 * Returns what `payload` becomes, and the RSV bits of those that have transformed it. What is not `payload` itself
 * belongs to the connection.
 */
export function transformMessage(
  agreed: readonly AgreedExtension[],
  payload: Uint8Array,
  options: MessageOptions,
  watch?: Watch | undefined,
): { readonly transformed: Uint8Array; readonly reserved: number } {
  let transformed = payload;
  let bits = 0;
  for (const { reserved, codec } of agreed) {
    const bytes = codec.encode(transformed, options);
    if (bytes === undefined) continue;
    transformed = bytes;
    bits |= reserved;
  }
  if (bits !== 0) watch?.(payload, true);
  return { transformed, reserved: bits };
}

/** What makes of a message's pieces those that go out, and the RSV bits of its first frame. */
export interface TransformedPieces {
  readonly encode: PieceEncoder;
  readonly reserved: number;
}

/**
 * Begins a message that goes out piece by piece.
 *
 * @throws {UsageError} where an extension has to transform every message, and can only do so with the whole.
 */
export function transformPieces(
  agreed: readonly AgreedExtension[],
  options: MessageOptions,
  watch?: Watch | undefined,
): TransformedPieces {
  if (agreed.some(({ reserved, codec }) => reserved === 0 && codec.encodePieces === undefined)) {
    throw new UsageError('an extension needs whole messages');
  }
  let encode: PieceEncoder = (piece) => piece;
  let bits = 0;
  for (const { reserved, codec } of agreed) {
    const next = codec.encodePieces?.(options);
    if (next === undefined) continue;
    const before = encode;
    encode = (piece, last) => {
      const made = before(piece, last);
      return made.length > 0 || last ? next(made, last) : made;
    };
    bits |= reserved;
  }
  if (watch === undefined || bits === 0) return { encode, reserved: bits };
  const watched: PieceEncoder = (piece, last) => {
    watch(piece, last);
    return encode(piece, last);
  };
  return { encode: watched, reserved: bits };
}
