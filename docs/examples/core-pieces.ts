/** A message whose length is not known when it begins, and one that goes to many connections. */
import { type Connection, type MessageKind, type MessageOptions, PreparedMessage } from 'sansocket';

const kind: MessageKind = 'text';
const options: MessageOptions = { compress: false };

export function sendLines(connection: Connection, lines: Iterable<string>): void {
  if (!connection.sendStart(kind, options)) return; // it is closing
  for (const line of lines) connection.sendChunk(`${line}\n`);
  connection.sendEnd();
}

export function sendToAll(connections: Iterable<Connection>, text: string): void {
  const message = new PreparedMessage(text, options);
  for (const connection of connections) connection.sendPrepared(message);
}
