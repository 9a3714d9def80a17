/** What is behind a connection, and gives it its messages. */
import type { Driver } from '../driver.ts';
import type { Remote } from '../listener.ts';
import type { Reader } from './inbox.ts';
import type { StreamedMessage } from './message-streams.ts';

/** What a connection stands on, and where its messages wait for a program that takes them one by one. */
export interface MessageSource {
  readonly driver: Driver;
  /** Who the peer is. */
  readonly remote: Remote;
  /**
   * Gives `reader` the next message, perhaps at once; `loops` where it reads on, or calls `done`, once it is done with it.
   *
   * @throws {UsageError} where messages come in chunks.
   */
  read(reader: Reader, loops?: boolean): void;
  /** Who reads is done with the last message. */
  done(): void;
  /** The program waits for the end: a handler that does has nothing to answer. */
  awaitEnd(): void;
  /** Forgets a reader that has not read yet. */
  leave(reader: Reader): void;
  /** @throws {UsageError} where messages come whole. */
  streams(): AsyncGenerator<StreamedMessage, undefined, undefined>;
}
