/**
 * The shortest way in: a message of up to 125 bytes in one masked frame that fills its chunk, as most of a client's do.
 *
 * Nothing has to be kept for it, and a Buffer of Node's is taken as it is. It judges nothing: whatever is different, every fault too, goes
 * the way of the steps.
 */
import { Opcode } from '../codes.ts';
import type { FrameSink } from './frame-sink.ts';
import { unmaskAlone } from './mask.ts';

/** FIN and opcode, length, masking key. */
const HEADER_BYTES = 6;

/**
 * Unmasks the message and hands it to `sink`, where `chunk` is one and `sink` takes messages so.
 *
 * @returns whether it did; nothing has changed otherwise.
 * @throws {ProtocolError} where the message is text and not UTF-8.
 */
export function takeMessage(chunk: Uint8Array, sink: FrameSink, frameBytes: number): boolean {
  const length = chunk.length - HEADER_BYTES;
  if (length < 0 || length > 125 || length > frameBytes || length > (sink.room ?? -1)) return false;
  const opcode = chunk[0]! - 0x80; // FIN, and no RSV1-3
  if ((opcode !== Opcode.text && opcode !== Opcode.binary) || chunk[1] !== 0x80 + length) return false;
  unmaskAlone(chunk, HEADER_BYTES);
  sink.message?.(opcode, chunk, HEADER_BYTES);
  return true;
}
