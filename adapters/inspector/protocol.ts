/**
 * What the hub and the page of the inspector say to each other: JSON, one object a text message, over our own WebSocket.
 *
 * The page is at `http://127.0.0.1:PORT/TOKEN/` and connects to `socket` relative to itself; without the token of the
 * path there is nothing. Its files are those of the folder `page` beside this file as built
 * (`dist/adapters/inspector/page`): `index.html`, and what it loads, by relative addresses. The hub begins with `hello`, then sends a `batch` at most every 50 ms and only where something
 * has changed. Until the page says what it watches, batches have connections and no entries.
 *
 * Every time is in milliseconds since 1970, with fractions.
 */
import type { Role } from '../../core/index.ts';

/** Raised by every change that an older page would misread. */
export const INSPECTOR_VERSION = 1;

/** What the hub says. */
export type HubMessage = Hello | Batch | PayloadAnswer;

/** What the page says. Anything else closes the page's connection with 1008. */
export type PageMessage =
  /**
   * Which connections the page wants entries of; replaces what was said before. Those newly watched begin with the
   * entries that were kept of them, so that a page sees what happened before it was opened.
   */
  | { readonly type: 'watch'; readonly connections: readonly number[] | 'all' }
  /** No batches until `resume`. What cannot be kept until then is counted in `dropped`. */
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  /** Asks for all that is kept of the payload, or of the head, of an entry whose `cut` is true. */
  | { readonly type: 'payload'; readonly seq: number };

/** The first message. */
export interface Hello {
  readonly type: 'hello';
  readonly version: typeof INSPECTOR_VERSION;
  readonly process: {
    readonly pid: number;
    /** Such as `Node.js 22.11.0`. */
    readonly runtime: string;
    /** The program's file, without its folders, or `''`. */
    readonly program: string;
    readonly started: number;
  };
}

/** What has changed since the last batch. */
export interface Batch {
  readonly type: 'batch';
  readonly at: number;
  /** Those that are new or have changed, whole; in the first batch all. */
  readonly connections: readonly ConnectionSummary[];
  /** Those that the hub has forgotten: a while after they closed, or where there are too many. */
  readonly gone: readonly number[];
  /** Of the connections watched, by `seq`; those of a connection newly watched may be older than what was sent before. */
  readonly entries: readonly TimelineEntry[];
  /** Entries of the connections watched that were left out since the last batch, because there were too many. */
  readonly dropped: number;
  /** Connections of this process that were left out so far, because there were too many at a time. */
  readonly untracked: number;
}

/** A connection as it stands. */
export interface ConnectionSummary {
  /** Never used again in this process. */
  readonly id: number;
  readonly role: Role;
  /** The state of the chart, as a path: such as `connecting.deciding`, `open` or `closing.closeSent`. */
  readonly state: string;
  /** The peer's address, or `''`. */
  readonly peer: string;
  /** The Host field of the request, or `''` before one. */
  readonly host: string;
  /** The request's target without its query, or `''` before one. */
  readonly path: string;
  /** The subprotocol agreed on, or `''`. */
  readonly protocol: string;
  /** The extensions agreed on, as they stand in the response, or `''`. */
  readonly extensions: string;
  /** When its transport was there. */
  readonly startedAt: number;
  /** When the opening handshake was done; `null` where it is not. */
  readonly openedAt: number | null;
  /** How it ended; `null` while it has not. */
  readonly closed: {
    readonly at: number;
    readonly code: number;
    readonly reason: string;
    readonly clean: boolean;
    /** The code of our own Close, or `null` where we sent none or one without a code. */
    readonly sent: number | null;
  } | null;
  /** The whole of the transport, heads and headers included. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly messagesIn: number;
  readonly messagesOut: number;
  readonly framesIn: number;
  readonly framesOut: number;
  /** Milliseconds that the last keepalive Ping took; `null` before one was answered. */
  readonly latency: number | null;
  /** Bytes written that the network has not taken. */
  readonly queuedBytes: number;
  /** The rule that the peer broke, or `null`. */
  readonly violation: {
    /** The stable name, such as `masking-wrong`. */
    readonly code: string;
    readonly message: string;
    /** Such as `RFC 6455 §5.1`. */
    readonly clause: string;
  } | null;
}

/** Something that happened to a connection. */
export type TimelineEntry = {
  /** Counts the entries of the process, from 1. */
  readonly seq: number;
  readonly connection: number;
  readonly at: number;
} & (FrameEntry | MessageEntry | HeadEntry | StepEntry | EventEntry);

/** The beginning of what passed. */
export interface Preview {
  /** In base64; of a frame unmasked, and compressed where the frame is. At most 128 bytes; in `payload`, at most 1,024. */
  readonly payload: string;
  /** Whether more is kept, to be asked for with `payload`. */
  readonly cut: boolean;
}

/** A frame on the wire (RFC 6455 §5.2). */
export interface FrameEntry extends Preview {
  readonly kind: 'frame';
  readonly direction: 'in' | 'out';
  readonly fin: boolean;
  /** Of a message's first frame: it is compressed (RFC 7692 §6). */
  readonly rsv1: boolean;
  readonly rsv2: boolean;
  readonly rsv3: boolean;
  readonly opcode: number;
  readonly masked: boolean;
  /** Bytes of payload that the header announces. */
  readonly length: number;
  /** The header as it stood on the wire, masking key included, in hexadecimal. */
  readonly header: string;
  /** Whether it passed whole; not so where the connection failed in its middle. */
  readonly complete: boolean;
  /** What a Close frame says (RFC 6455 §5.5.1); `code` is 1005 where it has none. */
  readonly close?: { readonly code: number; readonly name: string; readonly reason: string };
}

/** A message that was compressed or came in several frames: what the frames alone do not show. */
export interface MessageEntry extends Preview {
  readonly kind: 'message';
  readonly direction: 'in' | 'out';
  readonly text: boolean;
  /** Bytes of the whole message, inflated. */
  readonly length: number;
  /** Bytes of payload of its frames on the wire: less than `length` where it was compressed. */
  readonly wireLength: number;
  /** The `seq` of its last frame. */
  readonly frame: number;
  readonly frames: number;
  readonly compressed: boolean;
}

/** A head of the opening handshake (RFC 6455 §4); its secrets are replaced by `•••`. */
export interface HeadEntry extends Preview {
  readonly kind: 'head';
  readonly direction: 'in' | 'out';
  /** Bytes of the whole head. */
  readonly length: number;
}

/** A step of the lifecycle: a transition of the chart. */
export interface StepEntry {
  readonly kind: 'step';
  /** Paths of states; the same twice where the event changed nothing. */
  readonly from: string;
  readonly event: string;
  readonly to: string;
  /** What it demanded, in this order. */
  readonly effects: readonly string[];
}

/** Something else that the connection was told, or told its program. */
export interface EventEntry {
  readonly kind: 'event';
  /**
   * - `violation`: the peer broke a rule; `detail` is its message and clause.
   * - `ended`, `transportClosed`: of the transport, `detail` being its error, or `''`.
   * - `deadline`: one has passed.
   * - `pause`, `resume`: of reading, so that the network holds the peer back.
   * - `latency`: a keepalive Ping was answered; `detail` is the milliseconds.
   * - `closed`: the end; `detail` is the code, and the reason.
   */
  readonly event: 'violation' | 'ended' | 'transportClosed' | 'deadline' | 'pause' | 'resume' | 'latency' | 'closed';
  readonly detail: string;
}

/** All that is kept of a payload or a head. */
export interface PayloadAnswer {
  readonly type: 'payload';
  readonly seq: number;
  /** In base64; `null` where the entry is forgotten. */
  readonly payload: string | null;
}
