/**
 * An extension of one's own: a CRC-32 behind each message, so that the receiver sees what came differently than it was sent.
 *
 * Given to both sides as `extensions: [messageChecksum]`. Behind compression it sums what goes onto the wire.
 */
import { type Extension, type ExtensionCodec, type PieceEncoder, ProtocolError } from 'sansocket';

const CHECKSUM_BYTES = 4;

export const messageChecksum: Extension = {
  name: 'message-checksum',
  reserved: 0x20, // RSV2 marks the messages that have a checksum
  offer: () => [[]],
  agree: (params) => (params.length === 0 ? codec() : undefined),
  accept: (params) => (params.length === 0 ? { params, codec: codec() } : undefined),
};

function codec(): ExtensionCodec {
  let sum = 0;
  /** The last bytes that came: the checksum, unless more come. */
  let held: Uint8Array = new Uint8Array(0);
  return {
    encode: (payload) => summing()(payload, true),
    encodePieces: summing,
    decode(piece, last, sink) {
      const bytes = joined(held, piece);
      const end = Math.max(0, bytes.length - CHECKSUM_BYTES);
      const body = bytes.subarray(0, end);
      held = bytes.slice(end);
      sum = crc32(body, sum);
      if (end > 0) sink(body);
      if (!last) return;
      if (held.length < CHECKSUM_BYTES || new DataView(held.buffer).getUint32(0) !== sum) {
        throw new ProtocolError('extension-data-invalid', 'the checksum of a message is missing or wrong');
      }
      sum = 0;
      held = held.subarray(0, 0);
    },
  };
}

function summing(): PieceEncoder {
  let sum = 0;
  return (piece, last) => {
    sum = crc32(piece, sum);
    if (!last) return piece;
    const checksum = new Uint8Array(CHECKSUM_BYTES);
    new DataView(checksum.buffer).setUint32(0, sum);
    return joined(piece, checksum);
  };
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(one.length + other.length);
  bytes.set(one);
  bytes.set(other, one.length);
  return bytes;
}

/** CRC-32 as gzip has it (RFC 1952 §8), of `bytes` behind what gave `sum`. */
function crc32(bytes: Uint8Array, sum: number): number {
  let crc = ~sum;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
