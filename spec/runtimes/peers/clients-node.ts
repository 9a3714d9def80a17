import { reconnecting, WebSocket, WebSocketStream } from '../../../adapters/node.ts';
import { useReconnecting, useWebSocket, useWebSocketStream } from './clients.ts';

const [url = ''] = process.argv.slice(2);
console.log(
  JSON.stringify([
    await useWebSocket(WebSocket, url),
    await useWebSocketStream(WebSocketStream, url),
    await useReconnecting(reconnecting, `${url}counting`),
  ]),
);
process.exit();
