/**
 * The shortest way in: a message of up to 125 bytes in one frame that fills its chunk, as most do that a socket gives at once.
 *
 * Nothing has to be kept for it, and a Buffer of Node's is taken as it is. It judges nothing: whatever is different, every fault too, goes
 * the way of the steps.
 */
import { Opcode } from '../codes.ts';
import type { FrameSink } from './frame-sink.ts';
import { maskAll, unmaskedCopy } from './mask.ts';

/** So many bytes V8 holds within its heap: memory of their own costs less there than a view of the chunk's. */
const HEAP_BYTES = 64;

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
  const copied = masked && length <= HEAP_BYTES;
  sink.message?.(opcode, copied ? unmaskedCopy(chunk, length) : behind(chunk, start, opcode));
  return true;
}

/** The payload of `chunk`, in place; for the application a copy, where a view would keep a buffer alive that is more than four times as large. */
function behind(chunk: Uint8Array, start: number, opcode: number): Uint8Array {
  const { buffer } = chunk;
  const offset = (buffer.byteLength === chunk.length ? 0 : chunk.byteOffset) + start; // asking for it costs 14 ns
  const length = chunk.length - start;
  const bytes = new Uint8Array(buffer, offset, length); // a Buffer's `subarray` would be a Buffer
  if (start > 2) maskAll(bytes, (chunk[2]! << 24) | (chunk[3]! << 16) | (chunk[4]! << 8) | chunk[5]!, buffer, offset);
  return opcode === Opcode.binary && length * 4 < buffer.byteLength ? bytes.slice() : bytes;
}
