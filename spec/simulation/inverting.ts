/** An extension that was made up: it inverts bytes, of some messages or of all. */
import type { Extension, ExtensionCodec } from '../../core/index.ts';

const inverted = (bytes: Uint8Array): Uint8Array => bytes.map((byte) => byte ^ 0xff);

/** @param reserved - the RSV bit that marks inverted messages; 0 inverts every one. */
export function inverting(reserved: number): Extension {
  const codec: ExtensionCodec = {
    encode: (payload) => (reserved !== 0 && payload.length % 2 === 1 ? undefined : inverted(payload)),
    decode: (piece, _last, sink) => sink(inverted(piece)),
  };
  return {
    name: 'x-inverting',
    reserved,
    offer: () => [[]],
    agree: () => codec,
    accept: () => ({ params: [], codec }),
  };
}
