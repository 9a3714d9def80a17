/** What takes the frames. Data payload comes in pieces, a control frame whole. */
export interface FrameSink {
  /**
   * The first byte of a data frame's header.
   *
   * @param reserved - RSV1–3 as they stand in the byte: 0x40, 0x20, 0x10.
   * @returns how many bytes of payload the frame may have.
   * @throws {ProtocolError} where such a frame may not come now.
   */
  dataFrame(fin: boolean, opcode: number, reserved: number): number;
  /**
   * Unmasked payload of the current data frame, `bytes[start, end)`; a piece may be empty.
   *
   * @param left - bytes of the frame still to come; the frame ends with the piece that leaves 0.
   */
  payload(bytes: Uint8Array, start: number, end: number, left: number): void;
  /** How long a message may be that comes whole, as one frame in one piece, to `message`; not there where none may come so now. */
  readonly room?: number;
  /** Instead of `dataFrame` and `payload`: an unmasked message; binary ones may be handed to the application as they are. */
  message?(opcode: number, bytes: Uint8Array): void;
  /** A whole control frame; `payload` is a copy. */
  controlFrame(opcode: number, payload: Uint8Array): void;
}
