/** What the conformance suite is run on: an adapter, as far as it moves bytes. */
import type { Host, TransportUser } from '../driver.ts';
import type { Remote } from '../listener.ts';

/** An adapter, as the suite sees it. */
export interface Subject {
  /** The runtime's time and chance. */
  readonly host: Host;
  /**
   * Connects, and drives `user` over the transport until that is over.
   *
   * @param url - with scheme ws, or wss where the adapter speaks TLS.
   * @returns nothing, where `user` is started at once; else a promise that rejects where there is no transport.
   */
  dial(url: string, user: TransportUser): void | Promise<void>;
  /** A URL where nobody listens: connecting there must fail. */
  readonly nowhere: string;
}

/** Drives a transport that arrived. */
export type Attend = (remote: Remote) => TransportUser;

/** One thing that must hold. */
export interface Case {
  readonly title: string;
  /** Rejects with what is wrong. */
  run(subject: Subject, server: string): Promise<void>;
}

/** How a case went; `error` is what was wrong, or `undefined`. */
export interface Result {
  readonly title: string;
  readonly error: string | undefined;
  readonly milliseconds: number;
}
