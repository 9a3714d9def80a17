/** What a wire vector says: the frames a peer sends on an open connection, and all that may come of them. */
import type { DeflateOptions, Limits, Role, Violation } from '../../core/index.ts';

/** An event for the application; binary data and payloads are hex. */
export type Seen = readonly [type: 'text' | 'binary' | 'ping' | 'pong', data: string];

export interface Vector {
  /** The rows of the table of facts, or the clauses, that it stands for. */
  readonly rows: string;
  readonly title: string;
  /** Frames in hex, complete or not. Unless `asIs`, they are unmasked, and a harness masks them for a server. */
  readonly wire: readonly string[];
  readonly asIs?: boolean;
  /** Who receives it; both roles in turn where this is absent. */
  readonly receiver?: Role;
  readonly limits?: Partial<Limits>;
  /** With permessage-deflate, agreed on by two sides that both have these options. */
  readonly deflate?: Omit<DeflateOptions, 'deflate'>;
  /** Whether we sent a Close with 1000 before the first byte comes. */
  readonly closeSent?: boolean;
  readonly seen: readonly Seen[];
  /** Frames we write before any Close of ours; without masking. */
  readonly written: readonly string[];
  readonly ending: Ending;
}

type Ending =
  /** The connection stays open; `unfinished` where a frame or a message still is, and no other may follow. */
  | { readonly type: 'open'; readonly unfinished?: boolean }
  /** It fails (RFC 6455 §7.1.7); `atLastByte` where not one byte before the last shows the fault. */
  | {
      readonly type: 'fails';
      readonly violation: Violation;
      readonly closeCode: number;
      readonly atLastByte?: boolean;
    }
  /** The peer's Close is answered by the frame `reply`. */
  | { readonly type: 'closes'; readonly code: number; readonly reason: string; readonly reply: string };

type More = Partial<Omit<Vector, 'rows' | 'title' | 'wire' | 'ending'>>;

const NOTHING = { seen: [], written: [] };

/** Frames after which the connection is as open as before. */
export const stays = (
  rows: string,
  title: string,
  wire: readonly string[],
  seen: readonly Seen[],
  more?: More,
): Vector => ({
  ...NOTHING,
  rows,
  title,
  wire,
  seen,
  ending: { type: 'open' },
  ...more,
});

/** Frames that end in the middle of a frame or a message. */
export const waits = (rows: string, title: string, wire: readonly string[], more?: More): Vector => ({
  ...NOTHING,
  rows,
  title,
  wire,
  ending: { type: 'open', unfinished: true },
  ...more,
});

/** Frames that fail the connection. */
export const fails = (
  rows: string,
  title: string,
  wire: readonly string[],
  violation: Violation,
  closeCode: number,
  more?: More,
): Vector => ({ ...NOTHING, rows, title, wire, ending: { type: 'fails', violation, closeCode }, ...more });

/** Frames that fail the connection with their very last byte, and not before. */
export const failsAtLastByte = (
  rows: string,
  title: string,
  wire: readonly string[],
  violation: Violation,
  closeCode: number,
  more?: More,
): Vector => ({
  ...NOTHING,
  rows,
  title,
  wire,
  ending: { type: 'fails', violation, closeCode, atLastByte: true },
  ...more,
});

/** Frames with a Close, which is answered by `reply`; that is '' where ours was sent before. */
export const closes = (
  rows: string,
  title: string,
  wire: readonly string[],
  [code, reason]: readonly [code: number, reason: string],
  reply: string,
  more?: More,
): Vector => ({ ...NOTHING, rows, title, wire, ending: { type: 'closes', code, reason, reply }, ...more });
