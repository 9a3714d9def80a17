/** One message to many connections, framed once, and compressed once for each set of parameters they have agreed on. */
import { type Payload, PreparedMessage, UsageError } from '../../core/index.ts';
import type { WebSocketConnection } from './connection.ts';

/** How one message is sent to many connections. */
export interface BroadcastOptions {
  /**
   * What becomes of a connection with more than 64 KiB waiting to be written.
   *
   * - `'wait'` (default): it gets the message, too, and the promise waits until it has room. To wait for that promise
   *   before the next message is to go at the pace of the slowest.
   * - `'skip'`: it does not get this message.
   * - `'drop'`: it is ended at once, without a closing handshake, for its peer does not read.
   */
  readonly slow?: 'wait' | 'skip' | 'drop' | undefined;
  /** Whether the message may be compressed, where that was agreed on. Default: true. */
  readonly compress?: boolean | undefined;
}

const SLOW: readonly string[] = ['wait', 'skip', 'drop'];

/** Bytes that may wait before a connection is slow; the same at which its `send` asks to stop. */
const SLOW_BYTES = 65_536;

/**
 * Sends `message` to each of `connections`, before it returns. Those that are closing or closed are passed over, and those in the
 * middle of a streamed message.
 *
 * @param message - bytes are copied; a prepared message brings its own `compress`.
 * @returns to how many it was sent, once those that are to be waited for have room or have ended; it never rejects.
 * @throws {UsageError} for data of another type, or for another `slow`.
 */
export function broadcast(
  connections: Iterable<WebSocketConnection<unknown>>,
  message: string | Payload | PreparedMessage,
  { slow = 'wait', compress }: BroadcastOptions = {},
): Promise<number> {
  if (!SLOW.includes(slow)) throw new UsageError(`the option "slow" is one of ${SLOW.join(', ')}, not ${String(slow)}`);
  const prepared = message instanceof PreparedMessage ? message : new PreparedMessage(message, { compress });
  const waits: Promise<void>[] = [];
  let sent = 0;
  // A program may add and remove connections while one of them is dropped.
  for (const connection of slow === 'drop' ? [...connections] : connections) {
    if (connection.phase !== 'open') continue;
    if (slow !== 'wait' && connection.bufferedAmount > SLOW_BYTES) {
      if (slow === 'drop') connection.terminate();
      continue;
    }
    try {
      const goOn = connection.sendPrepared(prepared);
      sent++;
      if (!goOn && slow === 'wait') waits.push(connection.drained());
    } catch (error) {
      if (!(error instanceof UsageError)) throw error; // a streamed message is under way there, and nothing may go between its parts
    }
  }
  return waits.length === 0 ? Promise.resolve(sent) : Promise.all(waits).then(() => sent);
}
