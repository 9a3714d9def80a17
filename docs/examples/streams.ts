/** Over any pair of web streams of bytes. */
import {
  classesOver,
  connect,
  type Place,
  type ReadableBytes,
  type Remote,
  type StandardClasses,
  type StreamPair,
  type StreamServer,
  serve,
  type WritableBytes,
} from 'sansocket/streams';

const toServer = new TransformStream<Uint8Array, Uint8Array>();
const toClient = new TransformStream<Uint8Array, Uint8Array>();
const pair = (readable: ReadableBytes, writable: WritableBytes): StreamPair => ({ readable, writable });

const server: StreamServer = serve({ message: (connection, message) => connection.send(message) });
const remote: Remote = { address: '192.0.2.1', secure: true };
void server.accept(pair(toServer.readable, toClient.writable), remote);

const connection = await connect(pair(toClient.readable, toServer.writable), 'ws://in-memory/');
connection.send('hello');
console.log(await connection.receive());

// The classes of browsers, over whatever brings streams.
const dial = async ({ hostname, port }: Place): Promise<StreamPair> => {
  console.log(`to ${hostname}:${port}`);
  return pair(toClient.readable, toServer.writable);
};
const { WebSocket, WebSocketStream }: StandardClasses = classesOver(dial);
new WebSocket('ws://in-memory/').onmessage = ({ data }) => console.log(data);
console.log((await new WebSocketStream('ws://in-memory/').opened).protocol);
