/** A Worker that echoes on inbound TCP, tells another server of each message, and asks a third one. */
import {
  connect,
  type DialOptions,
  DialTimeout,
  reconnecting,
  serve,
  WebSocket,
  WebSocketStream,
  type WorkersServer,
  type WorkersSocket,
} from 'sansocket/workers';

const server: WorkersServer = serve({
  async message(connection, message) {
    connection.send(message);
    const other = await connect('wss://example.com/log');
    other.send(message);
    await other.close();
  },
});

export default {
  connect: (socket: WorkersSocket): Promise<void> => server.connect(socket),
};

/** With the classes of browsers, over TCP. */
export async function ask(question: string): Promise<string> {
  const { readable, writable } = await new WebSocketStream('wss://example.com/answers').opened;
  await writable.getWriter().write(question);
  const { value } = await readable.getReader().read();
  return String(value);
}

export const asEvents = (): WebSocket => new WebSocket('wss://example.com/news', 'events');

/** For as long as what it was made for. */
export const news = (tell: (item: unknown) => void): (() => void) => {
  const client = reconnecting('wss://example.com/news', { json: tell });
  return () => client.close();
};

/** Through a proxy, with a deadline for each phase. */
export async function isReachable(url: string): Promise<boolean> {
  const way: DialOptions = { proxy: 'socks5://127.0.0.1:1080', deadlines: { connecting: 3_000, tunnel: 3_000 } };
  try {
    await (await connect(url, way)).close();
    return true;
  } catch (error) {
    if (error instanceof DialTimeout) return false;
    throw error;
  }
}
