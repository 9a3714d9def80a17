/**
 * The shortest way in: a message of up to 125 bytes in one frame that fills its chunk, as most do that a socket gives at once.
 *
 * Nothing has to be kept for it, and a Buffer of Node's is taken as it is. It judges nothing: whatever is different, every fault too, goes
 * the way of the steps.
 */
import { Opcode } from '../codes.ts';
import type { FrameSink } from './frame-sink.ts';
import { unmaskAlone } from './mask.ts';

/**
 * Unmasks the message and hands it to `sink`, where `chunk` is one and `sink` takes messages so.
 *
 * @returns whether it did; nothing has changed otherwise.
 * @throws {ProtocolError} where the message is text and not UTF-8.
 */
export function takeMessage(chunk: Uint8Array, sink: FrameSink, masked: boolean, frameBytes: number): boolean {
  const start = masked ? 6 : 2;
  const length = chunk.length - start;
  if (length < 0 || length > 125 || length > frameBytes || length > (sink.room ?? -1)) return false;
  const opcode = chunk[0]! - 0x80; // FIN, and no RSV1-3
  if ((opcode !== Opcode.text && opcode !== Opcode.binary) || chunk[1] !== length + (masked ? 0x80 : 0)) return false;
  if (masked) unmaskAlone(chunk, start);
  sink.message?.(opcode, chunk, start);
  return true;
}
