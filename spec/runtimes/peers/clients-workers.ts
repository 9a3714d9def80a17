import { reconnecting, WebSocket, WebSocketStream } from '../../../adapters/workers.ts';
import { useReconnecting, useWebSocket, useWebSocketStream } from './clients.ts';

export default {
  async fetch(request: { text(): Promise<string> }): Promise<unknown> {
    const url = await request.text();
    return Response.json([
      await useWebSocket(WebSocket, url),
      await useWebSocketStream(WebSocketStream, url),
      await useReconnecting(reconnecting, `${url}counting`),
    ]);
  },
};
