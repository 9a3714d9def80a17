/** Sends what a source yields as one message, no faster than the network takes it. */
import { type Connection, type MessageOptions, type Payload, UsageError } from '../../core/index.ts';

/** What yields the pieces of a message; a `ReadableStream` is one. */
export type MessagePieces = AsyncIterable<string | Payload> | Iterable<string | Payload>;

/** How one message is to be streamed. */
export interface StreamOptions extends MessageOptions {
  /** Whether it is text; bytes of the source are UTF-8 then. Default: as the first piece is. */
  readonly text?: boolean | undefined;
}

/**
 * @param options - as those of `WebSocketConnection.sendStream`.
 * @param drained - resolves once there is room again.
 * @returns whether the message was sent to its end.
 */
export async function sendStream(
  connection: Connection,
  source: MessagePieces,
  options: StreamOptions,
  drained: () => Promise<void>,
): Promise<boolean> {
  let isText = options.text;
  let begun = false;
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  const begin = (): boolean => {
    begun = connection.sendStart(isText ? 'text' : 'binary', options);
    return begun;
  };
  if (typeof source === 'string' || ArrayBuffer.isView(source)) throw new UsageError('that is a message: `send` it');
  try {
    if (isText !== undefined && !begin()) return false;
    for await (const piece of source) {
      if (isText === undefined) {
        isText = typeof piece === 'string';
        if (!begin()) return false;
      }
      let data = piece;
      if (isText && typeof data !== 'string') {
        decoder ??= new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
        data = decoder.decode(data as ArrayBuffer, { stream: true });
      }
      if (connection.sendChunk(data) < 0) return false; // leaving the loop tells the source
      await drained();
    }
    if (isText === undefined && !begin()) return false;
    const rest = decoder?.decode();
    if (rest !== undefined && rest !== '') connection.sendChunk(rest);
    return connection.sendEnd() >= 0;
  } catch (error) {
    // A message that was begun cannot be taken back, and must not look complete.
    if (begun) connection.close(1011, 'a message could not be finished');
    throw error;
  }
}
