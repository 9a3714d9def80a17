/** The classes of browsers, with what no browser has as the last argument. */
import {
  type ClientOptions,
  CloseEvent,
  serve,
  WebSocket,
  type WebSocketCloseInfo,
  WebSocketError,
  type WebSocketEventMap,
  type WebSocketOpenInfo,
  WebSocketStream,
  type WebSocketStreamOptions,
} from 'sansocket/node';

const socket = new WebSocket('wss://example.com/', ['chat'], { headers: { Authorization: 'Bearer secret' } });
socket.binaryType = 'arraybuffer';
socket.onmessage = ({ data }) => console.log(data);
socket.onerror = ({ error }: WebSocketEventMap['error']) => console.error(error); // browsers do not tell
socket.addEventListener('close', (event) => console.log(event instanceof CloseEvent, event.code, event.wasClean));

const options: WebSocketStreamOptions<ClientOptions> = { protocols: ['chat'], signal: AbortSignal.timeout(5_000) };
const stream = new WebSocketStream('wss://example.com/', options);
const { readable, writable }: WebSocketOpenInfo = await stream.opened;
await readable.pipeTo(writable).catch((error: unknown) => {
  if (error instanceof WebSocketError) console.log(error.closeCode, error.reason);
});
const info: WebSocketCloseInfo = { closeCode: 4_000, reason: 'enough' };
stream.close(info);

/** The connections of a server as streams. */
await serve({
  async open(connection) {
    const { readable, writable } = await WebSocketStream.from(connection).opened;
    void readable.pipeTo(writable);
  },
});
