/** An extension of your own: it adds one to each octet, and takes it away again. */
import type { Extension, ExtensionCodec, ExtensionParams, PieceEncoder } from 'sansocket';

const rotate = (bytes: Uint8Array, by: number): Uint8Array => bytes.map((octet) => octet + by);

const encodePiece: PieceEncoder = (piece) => rotate(piece, 1);

const codec: ExtensionCodec = {
  encode: (payload) => rotate(payload, 1),
  encodePieces: () => encodePiece,
  decode: (piece, _last, sink) => sink(rotate(piece, -1)),
};

const params: ExtensionParams = [['by', '1']];

/** For the option `extensions` of connections, servers and clients. */
export const rotating: Extension = {
  name: 'x-rotating',
  reserved: 0x20, // RSV2 marks its messages
  offer: () => [params],
  agree: () => codec,
  accept: () => ({ params, codec }),
};
