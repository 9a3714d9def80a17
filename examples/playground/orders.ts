/** What the page of the playground asks its server to do, and what it hears: JSON, an object a message. */

/** One end of a connection. */
export type Side = 'client' | 'server';

export type Order =
  /** A client of this process, or a place for one of the browser's own. */
  | { readonly type: 'open'; readonly browser: boolean; readonly subprotocol: string; readonly compression: boolean }
  | { readonly type: 'text'; readonly client: number; readonly side: Side; readonly text: string }
  /** So many bytes, which do not compress. */
  | { readonly type: 'bytes'; readonly client: number; readonly side: Side; readonly count: number }
  | { readonly type: 'ping'; readonly client: number; readonly side: Side }
  | {
      readonly type: 'close';
      readonly client: number;
      readonly side: Side;
      readonly code: number;
      readonly reason: string;
    }
  /** Puts the bytes of a violation on the wire, as if `side` had sent them. */
  | { readonly type: 'break'; readonly client: number; readonly side: Side; readonly violation: string }
  /** Both ends lose their transport. */
  | { readonly type: 'cut'; readonly client: number };

export interface PlayedClient {
  readonly id: number;
  readonly browser: boolean;
}

export type News =
  /** Those that are there, the oldest first. */
  | { readonly type: 'clients'; readonly clients: readonly PlayedClient[] }
  /** A client is there; one of the browser's own is to connect to `url`. */
  | { readonly type: 'opened'; readonly client: number; readonly url: string; readonly browser: boolean }
  | { readonly type: 'error'; readonly message: string };

/** An entry of `violations.json`, which is made from the vectors of the specification (`npm run lifecycle`). */
export interface Violation {
  readonly id: string;
  readonly rule: string;
  readonly clause: string;
  readonly title: string;
  /** What the connection fails with. */
  readonly closeCode: number;
  /** What breaks it, in hexadecimal, by who receives it. */
  readonly wire: Readonly<Partial<Record<Side, string>>>;
}

/** The path of a client, by which its two ends are told from others. */
export const pathOf = (client: number): string => `/echo/${client}`;
