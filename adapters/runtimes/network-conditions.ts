/** What a network in memory is like, and what can happen to it. */

/** How bytes pass in one direction. */
export interface WayOptions {
  /** Milliseconds from the writer to the reader. Default 0: with the clock's next `settle`. */
  readonly latency?: number | undefined;
  /** Bytes the network takes ahead of the reader, at least 1; what is more waits in `queued`. Default 65,536. */
  readonly capacity?: number | undefined;
  /** How many of the bytes that have arrived make the next chunk, at least 1. Default: up to 65,536. */
  readonly chunk?: ((available: number) => number) | undefined;
}

/** What can happen to one direction. */
export interface Faults {
  /** Nothing passes any more, not even a reset, and nobody is told: the peer's power is cut. */
  stall(): void;
  /** Ends a stall; nothing was lost. */
  release(): void;
  /**
   * Once `bytes` in all have passed, loses what follows: the reader meets an end (`end`), or both sides a
   * reset (`reset`).
   */
  cut(bytes: number, how: 'end' | 'reset'): void;
}

/** How each direction of a link passes bytes. */
export interface LinkOptions {
  /** From the client to the server. */
  readonly toServer?: WayOptions | undefined;
  /** From the server to the client. */
  readonly toClient?: WayOptions | undefined;
}
