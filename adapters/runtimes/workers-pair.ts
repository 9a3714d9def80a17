/** A Worker's answer that hands over the connection: one end of a `WebSocketPair` for the client, the other for us. */
import type { Payload } from '../../core/index.ts';

/** As much of workerd's WebSocket as is needed: programs on Workers bring its types. */
export interface WorkersWebSocket {
  binaryType?: string;
  accept(): void;
  send(data: string | Payload): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: string, listener: (event: object) => void): void;
}

declare const WebSocketPair: new () => { readonly 0: WorkersWebSocket; readonly 1: WorkersWebSocket };

/** The response that accepts, and the socket that it opens, which delivers nothing before this task is over. */
export function openPair(fields: readonly (readonly [string, string])[]): {
  readonly response: Response;
  readonly socket: WorkersWebSocket;
} {
  const { 0: webSocket, 1: socket } = new WebSocketPair();
  socket.binaryType = 'arraybuffer'; // otherwise bytes come as a Blob where the compatibility date is recent
  socket.accept();
  const headers = new Headers();
  for (const [name, value] of fields) headers.append(name, value);
  const init = { status: 101, headers, webSocket };
  return { response: new Response(null, init), socket };
}
