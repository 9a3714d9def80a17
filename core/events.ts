/** Everything that comes out of a connection, in the order in which the host must act on it. */
import type { ProtocolError } from './errors.ts';

/** The fields of a head, in the order they came; names are compared without case (RFC 9110 §5.1). */
export interface Fields extends Iterable<readonly [name: string, value: string]> {
  /** The value of the first field of that name; `undefined` where there is none. */
  get(name: string): string | undefined;
  /** The values of every field of that name, in order. */
  all(name: string): readonly string[];
}

/** A client's request, judged by RFC 6455 §4.2.1. Text of the peer: escape it before it reaches a log. */
export interface OpeningRequest {
  /** Whether it asks for a WebSocket. If not, only `respond` answers it. */
  readonly upgrade: boolean;
  /** The method, in its own case: `GET`, where `upgrade` is true. */
  readonly method: string;
  /** The path and query: always origin-form, starting with `/` (RFC 9112 §3.2). */
  readonly target: string;
  /** The Host field, or the authority of an absolute-form target. */
  readonly host: string;
  /** The Origin field; `undefined` where the client sent none (RFC 6455 §10.2). */
  readonly origin: string | undefined;
  /** What the client offers, in its order of preference (RFC 6455 §11.3.4). */
  readonly subprotocols: readonly string[];
  readonly fields: Fields;
}

/** A server's response that is not 101 (RFC 6455 §4.1). */
export interface OpeningResponse {
  readonly status: number;
  readonly reason: string;
  readonly fields: Fields;
  /** As much of the body as the limit `responseBodyBytes` keeps. */
  readonly body: Uint8Array;
}

/** Whether a message is UTF-8 text or any bytes (RFC 6455 §5.6). */
export type MessageKind = 'text' | 'binary';

/** Something that happened, for the application. */
export type Event =
  /** Server: a request is complete and waits for `accept`, `refuse` or `respond` (RFC 6455 §4.2.2). */
  | { readonly type: 'request'; readonly request: OpeningRequest }
  /** Client: the server answered with something other than 101. `closed` follows (RFC 6455 §4.1). */
  | { readonly type: 'refused'; readonly response: OpeningResponse }
  | Open
  /** A whole message: text as a string, binary as bytes that belong to the application (RFC 6455 §6.2). */
  | { readonly type: 'message'; readonly data: string | Uint8Array }
  /** With `messages: 'chunks'`: a message begins, and what comes of it follows (RFC 6455 §5.4). */
  | { readonly type: 'messageStart'; readonly kind: MessageKind }
  /**
   * The next bytes of it, as they came and never none; of a text, a string of whole characters. What belongs to
   * a text that turns out not to be UTF-8 has been delivered up to there: `error` follows (RFC 6455 §8.1).
   */
  | { readonly type: 'messageChunk'; readonly data: string | Uint8Array }
  /** The message is complete. */
  | { readonly type: 'messageEnd' }
  /** A Ping; its Pong is already on the way (RFC 6455 §5.5.2). */
  | { readonly type: 'ping'; readonly payload: Uint8Array }
  /** A Pong. `latency`, in milliseconds, where it answers a keepalive Ping and the host has a clock. */
  | { readonly type: 'pong'; readonly payload: Uint8Array; readonly latency: number | undefined }
  /** The peer broke a rule; the connection fails (RFC 6455 §7.1.7). At most once. */
  | { readonly type: 'error'; readonly error: ProtocolError }
  | Closed;

/** The opening handshake is done. */
export interface Open {
  readonly type: 'open';
  /** The subprotocol agreed on, or `''` (RFC 6455 §4.1). */
  readonly subprotocol: string;
  /** The extensions agreed on, as they stand in the response, or `''` (RFC 6455 §9.1). */
  readonly extensions: string;
  /** The fields of the peer's head: of the response for a client, of the request for a server. */
  readonly fields: Fields;
}

/** The last event of a connection, exactly once. */
export interface Closed {
  readonly type: 'closed';
  /** The peer's Close code; 1005 where it sent none, 1006 where it sent no Close (RFC 6455 §7.1.5). */
  readonly code: number;
  /** The peer's Close reason (RFC 6455 §7.1.6). Text of the peer: escape it before it reaches a log. */
  readonly reason: string;
  /** Whether both Close frames passed, as far as is known, before the transport ended (RFC 6455 §7.1.4). */
  readonly clean: boolean;
  /** The Close we sent, if any, whichever side began. */
  readonly sent: { readonly code: number; readonly reason: string } | undefined;
  /** The violation of the `error` event, or what the transport reported; `undefined` where nothing failed. */
  readonly error: unknown;
}

/** Something the host must do to the transport. */
export type Instruction =
  /** Write these bytes, in order. They stay unchanged and may be kept until the network has taken them. */
  | { readonly type: 'write'; readonly chunks: readonly Uint8Array[] }
  /** Nothing more will be written: half-close the transport once everything is written. */
  | { readonly type: 'end' }
  /** Destroy the transport without waiting for the peer. */
  | { readonly type: 'abort' }
  /** Stop reading from the transport: bytes would only wait here. */
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  /** Call `expire()` after `milliseconds`; replaces the last deadline. `undefined`: none runs. */
  | { readonly type: 'deadline'; readonly milliseconds: number | undefined };

/** Everything a connection puts out: what happened, and what to do. */
export type Output = Event | Instruction;
