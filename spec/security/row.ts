/** One row of the table of what must not happen to a WebSocket library, and how it stands here. */

/** How a row stands: tests have its id in their titles, or it says why there are none. */
export type Status = 'test' | { readonly notApplicable: string } | { readonly skipped: string };

export interface Row {
  readonly id: string;
  /** What must hold. */
  readonly says: string;
  /** Advisories on implementations where it did not. */
  readonly seen?: string;
  /** Default: `'test'`. */
  readonly status?: Status;
  /** The runtimes where it does not apply, and why: in all others, tests of it run inside. */
  readonly notIn?: Readonly<Partial<Record<Runtime, string>>>;
}

export const RUNTIMES = ['Node', 'Deno', 'Bun', 'workerd'] as const;
export type Runtime = (typeof RUNTIMES)[number];

export interface Section {
  readonly title: string;
  readonly rows: readonly Row[];
}

export const NO_HTTP2: Status = { notApplicable: 'there is no WebSocket over HTTP/2 here (RFC 8441)' };
