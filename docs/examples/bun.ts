/** Server, client and the classes of browsers on Bun. */
import {
  connect,
  type DialOptions,
  type ListeningServer,
  type ListenOptions,
  type RoundaboutOptions,
  reconnecting,
  serve,
  WebSocket,
  WebSocketStream,
} from 'sansocket/bun';

const listening: ListenOptions = { port: 8081 };
const server: ListeningServer = await serve({ ...listening, message: (each, message) => each.send(message) });

const options: DialOptions = { socketPath: '/run/chat.sock' };
const connection = await connect('ws://localhost/', options);
connection.send('hello');
console.log(await connection.receive());

new WebSocket(server.url).onopen = () => console.log('open');
console.log((await new WebSocketStream(server.url).opened).protocol);

const roundabout: RoundaboutOptions = { proxy: 'socks5://127.0.0.1:1080' };
reconnecting('wss://example.com/news', { connect: roundabout, message: (message) => console.log(message) });
