/** What a host gives a connection: where the outputs go, limits, deadlines, and ports to clock and chance. */
import type { Output } from './events.ts';
import type { Extension, MessageOptions } from './extensions/extension.ts';
import type { GetRandomValues } from './framing/masking-keys.ts';
import type { Deadlines, Limits } from './limits.ts';
import type { DecodeAscii } from './messages/text.ts';
import type { Sha1 } from './opening/accept-key.ts';
import type { ClientRequest } from './opening/client-opening.ts';

interface CommonOptions {
  /** Takes every output, in order; may call the connection back at once. */
  readonly output: (output: Output) => void;
  /**
   * What to offer, or to accept, in the order of preference (RFC 6455 §9.1), such as `permessageDeflate`. Default: none. A server whose `accept`
   * gives a ready value of Sec-WebSocket-Extensions has none of them for that connection.
   */
  readonly extensions?: readonly Extension[] | undefined;
  /** Bounds on what the peer can make us hold or do; what is not said keeps its default. */
  readonly limits?: Partial<Limits> | undefined;
  /** Durations in milliseconds after which the peer is given up, and between Pings; what is not said keeps its default. */
  readonly deadlines?: Partial<Deadlines> | undefined;
  /**
   * How messages come: `'whole'`, as one `message` event each, or in `'chunks'`, as they arrive, with
   * `messageStart`, `messageChunk` and `messageEnd`. Default `'whole'`. The limits `messageBytes`, `frameBytes` and
   * `fragments` hold in both; set them to `Infinity` for messages without an end in sight.
   */
  readonly messages?: 'whole' | 'chunks' | undefined;
  /** A clock that never goes back, in milliseconds; only for measuring latency. */
  readonly now?: (() => number) | undefined;
  /**
   * The host's SHA-1 of a text of ASCII, in base64 with padding, for the accept key (RFC 6455 §4.2.2). Default: a
   * portable one, some four times as slow.
   */
  readonly sha1?: Sha1 | undefined;
  /**
   * The host's own way to make a string of ASCII bytes, where it is faster than its `TextDecoder`: `undefined` leaves the bytes to that, because
   * others are among them, or because they are too few, or too many for a string. It must not keep them. Messages in chunks are not asked for.
   * Default: none.
   */
  readonly decodeAscii?: DecodeAscii | undefined;
}

/** The options of the connection of a client. */
export interface ClientOptions extends CommonOptions {
  /** Which options these are. */
  readonly role: 'client';
  /** What to ask the server for. */
  readonly request: ClientRequest;
  /** Fills an array with unpredictable bytes: `crypto.getRandomValues` (RFC 6455 §4.1, §5.3). */
  readonly getRandomValues: GetRandomValues;
}

/** The options of the connection of a server. */
export interface ServerOptions extends CommonOptions {
  /** Which options these are. */
  readonly role: 'server';
  /** Whether requests for something other than a WebSocket become `request` events, too. Default: refused. */
  readonly plainRequests?: boolean | undefined;
}

/** The options of a connection; `role` tells which they are. */
export type ConnectionOptions = ClientOptions | ServerOptions;

/** How one message is to be sent. */
export interface SendOptions extends MessageOptions {
  /** The bytes become the connection's: neither copied nor to be touched again. Worth it above some 16 KiB. Default: false. */
  readonly transfer?: boolean | undefined;
}
