/** Messages piece by piece, in both directions, at the pace of the slower side. */
import { createReadStream } from 'node:fs';
import { connect, IncompleteMessage, type MessagePieces, type StreamedMessage } from 'sansocket/node';

const connection = await connect('ws://127.0.0.1:8081/', {
  messages: 'chunks',
  limits: { messageBytes: Infinity, frameBytes: Infinity, fragments: Infinity },
});

const pieces: MessagePieces = createReadStream('large.bin');
await connection.sendStream(pieces);

async function lengthOf(message: StreamedMessage): Promise<number> {
  let length = 0;
  for await (const piece of message) length += piece.length;
  return length;
}

/** Into the same memory again and again, so that a message of any length leaves no garbage. */
async function sumOf(message: StreamedMessage): Promise<number> {
  const memory = new Uint8Array(65_536);
  let sum = 0;
  for (let length = -1; length !== 0; ) {
    length = await message.readInto(memory);
    for (const byte of memory.subarray(0, length)) sum += byte;
  }
  return sum;
}

try {
  for await (const message of connection.streams()) {
    console.log(message.kind, message.kind === 'text' ? await lengthOf(message) : await sumOf(message));
  }
} catch (error) {
  if (error instanceof IncompleteMessage) console.error('the connection ended in the middle', error.cause);
}
