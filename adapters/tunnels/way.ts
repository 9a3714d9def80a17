/** How a client gets to its server, as far as every runtime knows it. */
import type { DialDeadlines } from './deadlines.ts';

/** Ways to a server. */
export interface WayOptions {
  /**
   * A name or an address to connect to, instead of the URL's. What the server is asked for, and what its certificate
   * must be for, stays the URL's.
   */
  readonly host?: string | undefined;
  /** A port to connect to, instead of the URL's. */
  readonly port?: number | undefined;
  /** Each phase has its own: these until there is a transport, then `opening` for the handshake over it, … */
  readonly deadlines?: Partial<DialDeadlines> | undefined;
}
