/** Where a connection gets its messages from. */
import type { Reader } from './inbox.ts';
import type { StreamedMessage } from './message-streams.ts';

/** Where messages wait for a program that takes them one by one. */
export interface MessageSource {
  /**
   * Gives `reader` the next message, perhaps at once.
   *
   * @throws {UsageError} where messages come in chunks.
   */
  read(reader: Reader): void;
  /** Forgets a reader that has not read yet. */
  leave(reader: Reader): void;
  /** @throws {UsageError} where messages come whole. */
  streams(): AsyncGenerator<StreamedMessage, undefined, undefined>;
}
