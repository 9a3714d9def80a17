/** A server, from its first connection to its end. */
import {
  type Ended,
  type Listener,
  type ListenOptions,
  type Message,
  type NodeServer,
  serve,
  type WebSocketConnection,
  type WebSocketServerOptions,
} from 'sansocket/node';

interface User {
  readonly name: string;
}

const options: WebSocketServerOptions<User> & ListenOptions = {
  port: 8081,
  subprotocols: ['chat'],
  upgrade: ({ url }) => ({ data: { name: url.searchParams.get('name') ?? 'nobody' } }),
  open: (connection) => connection.send(`hello, ${connection.data.name}`),
  message: answer,
  close: ({ data }, { code }) => console.log(data.name, 'left with', code),
};

async function answer(connection: WebSocketConnection<User>, message: Message): Promise<void> {
  if (!connection.send(message)) await connection.drained();
}

const server: NodeServer<User> = await serve(options);
const where: Omit<Listener, 'close'> = server;
console.log(where.url, where.port);

process.once('SIGTERM', async () => {
  const ended: Ended = await server.close({ grace: 1_000 });
  console.log(`${ended.closed} connections ended in order, ${ended.cut} were cut off`);
});
