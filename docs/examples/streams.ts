/** Over any pair of web streams of bytes. */
import {
  connect,
  type ReadableBytes,
  type Remote,
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
