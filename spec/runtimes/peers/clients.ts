/** What a program does with the other clients of an entry: each says, as JSON, how it went. */
import type { ReconnectingOptions } from '../../../adapters/interfaces/reconnecting.ts';
import type { WebSocketStream, WebSocketStreamConstructor } from '../../../adapters/interfaces/websocket-stream.ts';
import type { WebSocketConstructor } from '../../../adapters/interfaces/websocket-types.ts';

/** Opens, sends, receives and closes with the class `WebSocket`. */
export function useWebSocket<Options>(WebSocket: WebSocketConstructor<Options>, url: string): Promise<string[]> {
  return new Promise((resolve) => {
    const told: string[] = [];
    const socket = new WebSocket(url, ['echo']);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      told.push(`open ${socket.protocol}`);
      socket.send('text');
      socket.send(Uint8Array.of(1, 2, 3));
    };
    socket.onmessage = ({ data }) => {
      told.push(typeof data === 'string' ? data : `bytes ${new Uint8Array(data)}`);
      if (typeof data !== 'string') socket.close(4000, 'bye');
    };
    socket.onerror = () => told.push('error');
    socket.onclose = ({ code, reason, wasClean }) => resolve([...told, `close ${code} ${reason} ${wasClean}`]);
  });
}

/** What `useWebSocket` has to say. */
export const USED_WEBSOCKET: readonly string[] = ['open echo', 'text', 'bytes 1,2,3', 'close 4000 bye true'];

/** The same with the class `WebSocketStream`. */
export async function useWebSocketStream<Options>(
  WebSocketStream: WebSocketStreamConstructor<Options>,
  url: string,
): Promise<string[]> {
  return useStream(new WebSocketStream(url));
}

async function useStream(stream: WebSocketStream): Promise<string[]> {
  const { readable, writable } = await stream.opened;
  const [reader, writer] = [readable.getReader(), writable.getWriter()];
  await writer.write('text');
  const { value } = await reader.read();
  stream.close({ closeCode: 4001, reason: 'bye' });
  const { closeCode, reason } = await stream.closed;
  const { done } = await reader.read();
  return [String(value), `closed ${closeCode} ${reason}`, `done ${done}`];
}

/** What `useWebSocketStream` has to say. */
export const USED_STREAM: readonly string[] = ['text', 'closed 4001 bye', 'done true'];

/** Sends, is lost, comes back, sends again, and is closed; the server answers with the number of the connection. */
export function useReconnecting(
  reconnecting: (
    url: () => Promise<string>,
    options: ReconnectingOptions,
  ) => { send(message: string): unknown; close(): void },
  url: string,
): Promise<string[]> {
  return new Promise((resolve) => {
    const told: string[] = [];
    const client = reconnecting(async () => url, {
      backoff: { first: 1 },
      open: (attempt) => told.push(`open ${attempt}`),
      message(message) {
        told.push(String(message));
        if (message === '2') client.close();
        else client.send('lose me');
      },
      lost: ({ code }, delay) => {
        told.push(`lost ${code}`);
        if (delay !== undefined) client.send('which?');
      },
      end: ({ code }) => resolve([...told, `end ${code}`]),
    });
    client.send('which?');
  });
}

/** What `useReconnecting` has to say. */
export const USED_RECONNECTING: readonly string[] = [
  ...['open 1', '1', 'lost 1012', 'open 2', '2', 'lost 1000', 'end 1000'],
];
