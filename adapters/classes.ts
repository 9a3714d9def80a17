/** What the entry of a runtime exports besides its own classes of the WebSockets Standard. */
export { CloseEvent } from './interfaces/close-event.ts';
export { type WebSocketCloseInfo, WebSocketError } from './interfaces/websocket-error.ts';
export type { WebSocketOpenInfo, WebSocketStreamOptions } from './interfaces/websocket-stream.ts';
export type { WebSocketEventMap } from './interfaces/websocket-types.ts';
