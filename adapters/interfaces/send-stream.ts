/** Sends what a source yields as one message, no faster than the network takes it. */
import { type Connection, type MessageOptions, type Payload, UsageError } from '../../core/index.ts';
import { nameOf } from './option-kinds.ts';

/** What yields the pieces of a message; a `ReadableStream` is one. */
export type MessagePieces = AsyncIterable<string | Payload> | Iterable<string | Payload>;

/** How one message is to be streamed. */
export interface StreamOptions extends MessageOptions {
  /** Whether it is text; bytes of the source are UTF-8 then. Default: as the first piece is. */
  readonly text?: boolean | undefined;
}

/** The way out. */
interface Outflow {
  /** Bytes that wait, as of now. */
  readonly bufferedAmount: number;
  /** Resolves once there is room again. */
  drained(): Promise<void>;
}

/** A program without types may have given anything. */
const isIterable = (source: unknown): boolean =>
  typeof source === 'object' && source !== null && (Symbol.asyncIterator in source || Symbol.iterator in source);

/** What is sent from memory that is used again; a frame of it is more than may wait. */
const PART_BYTES = 65_536;

/**
 * @param options - as those of `WebSocketConnection.sendStream`.
 * @param copies - whether memory can be used again once nothing waits.
 * @returns whether the message was sent to its end.
 */
export async function sendStream(
  connection: Connection,
  source: MessagePieces,
  options: StreamOptions,
  outflow: Outflow,
  copies: boolean,
): Promise<boolean> {
  let isText = options.text;
  let begun = false;
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  const begin = (): boolean => {
    begun = connection.sendStart(isText ? 'text' : 'binary', options);
    return begun;
  };
  let memory: Uint8Array | undefined;
  /** Sends `bytes` from the same memory again and again: a copy of each would be garbage as long as the message. */
  const sendParts = async (bytes: Uint8Array): Promise<number> => {
    let waiting = 0;
    let at = 0;
    for (; bytes.length - at >= PART_BYTES && waiting >= 0; at += PART_BYTES) {
      memory ??= new Uint8Array(PART_BYTES);
      memory.set(bytes.subarray(at, at + PART_BYTES));
      const before = outflow.bufferedAmount;
      waiting = connection.sendChunk(memory, { transfer: true });
      await outflow.drained();
      // Where an extension has made something shorter of it, nobody else has it.
      if (waiting - before >= PART_BYTES && outflow.bufferedAmount > 0) memory = undefined;
    }
    return waiting < 0 || at === bytes.length ? waiting : connection.sendChunk(bytes.subarray(at));
  };
  if (typeof source === 'string' || ArrayBuffer.isView(source)) throw new UsageError('that is a message: `send` it');
  if (!isIterable(source)) throw new UsageError(`pieces are what an iterable yields, not ${nameOf(source)}`);
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
      const waiting =
        copies && data instanceof Uint8Array && data.length >= PART_BYTES
          ? await sendParts(data)
          : connection.sendChunk(data);
      if (waiting < 0) return false; // leaving the loop tells the source
      await outflow.drained();
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
