/** Limits and deadlines: what is not said keeps its default, and what no connection can have throws. */
import {
  Connection,
  type ConnectionOptions,
  DEFAULT_DEADLINES,
  DEFAULT_LIMITS,
  type Deadlines,
  type Limits,
  UsageError,
} from 'sansocket';

const limits: Partial<Limits> = { messageBytes: DEFAULT_LIMITS.messageBytes / 4, fragments: 1_000 };
const deadlines: Partial<Deadlines> = { opening: 5_000, ping: DEFAULT_DEADLINES.ping / 2, pong: 5_000 };

export function make(output: ConnectionOptions['output']): Connection | undefined {
  try {
    return new Connection({ role: 'server', limits, deadlines, output });
  } catch (error) {
    if (error instanceof UsageError) console.error(error.message);
    return undefined;
  }
}
