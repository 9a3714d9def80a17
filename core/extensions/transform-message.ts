/** A message as extensions make it, each applied to what the one before made of it (RFC 6455 §9.1). */
import type { AgreedExtension, MessageOptions } from './extension.ts';

/**
 * Returns what `payload` becomes, and the RSV bits of those that have transformed it. What is not `payload` itself
 * belongs to the connection.
 */
export function transformMessage(
  agreed: readonly AgreedExtension[],
  payload: Uint8Array,
  options: MessageOptions,
): { readonly transformed: Uint8Array; readonly reserved: number } {
  let transformed = payload;
  let bits = 0;
  for (const { reserved, codec } of agreed) {
    const bytes = codec.encode(transformed, options);
    if (bytes === undefined) continue;
    transformed = bytes;
    bits |= reserved;
  }
  return { transformed, reserved: bits };
}
