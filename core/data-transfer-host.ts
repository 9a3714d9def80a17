/** What the transfer of data needs of its connection. */
import type { Close } from './framing/close-payload.ts';
import type { Inlet, Reads } from './inlet.ts';
import type { LifecycleStep } from './lifecycle-steps.ts';
import type { Deadlines, Limits } from './limits.ts';
import type { DecodeAscii } from './messages/text.ts';
import type { Outlet } from './outlet.ts';

/** Somebody who watches a connection, and must neither throw nor call it; told without a `this`. */
export interface Watcher {
  /** A step of the lifecycle, before its effects. */
  readonly stepped: (step: LifecycleStep) => void;
  /**
   * A message that extensions transform on its way out, before its frames: as a whole, or in pieces until the `last`. The bytes are not to be
   * kept. Of all others the frames show the payload as it is.
   */
  readonly transformed: (payload: Uint8Array, last: boolean) => void;
}

export interface TransferHost {
  readonly watcher: Watcher | undefined;
  readonly outlet: Outlet;
  readonly limits: Limits;
  readonly deadlines: Deadlines;
  readonly now: (() => number) | undefined;
  /** How messages are delivered. */
  readonly messages: 'whole' | 'chunks';
  readonly decodeAscii: DecodeAscii | undefined;
  readonly inlet: Pick<Inlet, 'paused'>;
  /** How the state takes bytes: a frame may have ended the connection. */
  reads(): Reads;
  /** Whether it lets frames out (RFC 6455 §5.5.1: none behind our Close). */
  readonly state: { readonly sends: boolean };
  /** The peer's Close came. */
  closeReceived(close: Close): void;
}
