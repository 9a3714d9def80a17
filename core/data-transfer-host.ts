/** What the transfer of data needs of its connection. */
import type { Close } from './framing/close-payload.ts';
import type { Inlet, Reads } from './inlet.ts';
import type { Deadlines, Limits } from './limits.ts';
import type { Outlet } from './outlet.ts';

export interface TransferHost {
  readonly outlet: Outlet;
  readonly limits: Limits;
  readonly deadlines: Deadlines;
  readonly now: (() => number) | undefined;
  /** How messages are delivered. */
  readonly messages: 'whole' | 'chunks';
  readonly inlet: Pick<Inlet, 'paused'>;
  /** How the state takes bytes: a frame may have ended the connection. */
  reads(): Reads;
  /** Whether the state lets frames out (RFC 6455 §5.5.1: none behind our Close). */
  maySend(): boolean;
  /** The peer's Close came. */
  closeReceived(close: Close): void;
}
