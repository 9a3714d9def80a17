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

try {
  for await (const message of connection.streams()) console.log(message.kind, await lengthOf(message));
} catch (error) {
  if (error instanceof IncompleteMessage) console.error('the connection ended in the middle', error.cause);
}
