/**
 * sansocket: a WebSocket connection as a pure, synchronous state machine (RFC 6455).
 *
 * Bytes go in, events and instructions come out. Adapters for runtimes are in `sansocket/node` and others.
 */
export { CloseCode, mayBeSent, Opcode } from './codes.ts';
export { Connection } from './connection.ts';
export type { Watcher } from './data-transfer-host.ts';
export { InflateError, ProtocolError, UsageError, type Violation } from './errors.ts';
export type {
  Closed,
  Event,
  Fields,
  Instruction,
  MessageKind,
  Open,
  OpeningRequest,
  OpeningResponse,
  Output,
} from './events.ts';
export type { Deflate, Deflater, DeflaterOptions, Inflater, InflaterOptions } from './extensions/deflate-port.ts';
export type {
  Extension,
  ExtensionCodec,
  ExtensionParams,
  MessageOptions,
  PieceEncoder,
} from './extensions/extension.ts';
export { type DeflateOptions, permessageDeflate } from './extensions/permessage-deflate.ts';
export type { GetRandomValues } from './framing/masking-keys.ts';
export type { FieldInit } from './http/fields.ts';
export type { LifecycleStep, Phase } from './lifecycle-steps.ts';
export type { LifecycleEvent, Role } from './lifecycle-terms.ts';
export { DEFAULT_DEADLINES, DEFAULT_LIMITS, type Deadlines, type Limits } from './limits.ts';
export type { Payload } from './messages/payload.ts';
export { PreparedMessage } from './messages/prepared-message.ts';
export type { ClientRequest } from './opening/client-opening.ts';
export type { Acceptance, Answer, ParsedRequest } from './opening/server-opening.ts';
export type { ClientOptions, ConnectionOptions, SendOptions, ServerOptions } from './options.ts';
