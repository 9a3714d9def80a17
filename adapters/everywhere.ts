/** What the entry of each runtime exports besides its own `serve` and `connect`. */
export { PreparedMessage } from '../core/index.ts';
export type { Accept } from './interfaces/admission.ts';
export { type BroadcastOptions, broadcast } from './interfaces/broadcast.ts';
export { type ClientOptions, HandshakeError } from './interfaces/client.ts';
export type { CompressionOptions, ExtensionOptions } from './interfaces/compression.ts';
export { type Handlers, ReceiveTimeout, type WebSocketConnection } from './interfaces/connection.ts';
export { type HttpAnswer, httpError } from './interfaces/http-error.ts';
export type { Message } from './interfaces/inbox.ts';
export { IncompleteMessage, type StreamedMessage } from './interfaces/message-streams.ts';
export type { Origins } from './interfaces/origin.ts';
export type { MessagePieces } from './interfaces/send-stream.ts';
export type { Ended, WebSocketServerOptions } from './interfaces/server.ts';
export type { ServerRequest } from './interfaces/server-request.ts';
export type { TrustedProxies } from './interfaces/trusted-proxies.ts';
export type { Listener, Remote } from './listener.ts';
export { TransportError, type TransportFailure } from './transport-error.ts';
