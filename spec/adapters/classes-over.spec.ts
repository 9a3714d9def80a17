/** The classes of the WebSockets Standard over web streams, on a network in memory. */
import { expect, it } from 'vitest';
import { classesOver, HandshakeError, type StreamPair, serve, WebSocketError } from '../../adapters/streams.ts';
import { USED_STREAM, USED_WEBSOCKET, useWebSocket, useWebSocketStream } from '../runtimes/peers/clients.ts';

const server = serve({ subprotocols: ['echo'], message: (connection, message) => void connection.send(message) });

/** Two ends of a pair of byte streams. */
function pair(): readonly [StreamPair, StreamPair] {
  const [there, back] = [new TransformStream<Uint8Array>(), new TransformStream<Uint8Array>()];
  return [
    { readable: back.readable, writable: there.writable },
    { readable: there.readable, writable: back.writable },
  ];
}

const places: unknown[] = [];
const { WebSocket, WebSocketStream } = classesOver(async (place) => {
  places.push(place);
  if (place.hostname !== 'here') throw new Error(`no way to ${place.hostname}`);
  const [client, served] = pair();
  void server.accept(served);
  return client;
});

it('are a WebSocket and a WebSocketStream, over what is dialled for each', async () => {
  expect(await useWebSocket(WebSocket, 'ws://here/')).toEqual(USED_WEBSOCKET);
  expect(await useWebSocketStream(WebSocketStream, 'wss://here:444/')).toEqual(USED_STREAM);
  expect(places).toMatchObject([
    { hostname: 'here', port: 80, secure: false },
    { hostname: 'here', port: 444, secure: true },
  ]);
});

it('say what kept them from connecting', async () => {
  const stream = new WebSocketStream('ws://nowhere/');
  const error: unknown = await stream.opened.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(WebSocketError);
  expect(error).toMatchObject({ cause: { cause: new Error('no way to nowhere') } });
});

it('have the streams of a connection of a server', async () => {
  const [client, served] = pair();
  const connected = new Promise<string>((resolve) => {
    const other = serve({
      async open(connection) {
        const { readable } = await WebSocketStream.from(connection).opened;
        for await (const message of readable) resolve(String(message));
      },
    });
    void other.accept(served);
  });
  const { WebSocket: Other } = classesOver(() => client);
  const socket = new Other('ws://here/');
  socket.onopen = () => socket.send('hello');
  expect(await connected).toBe('hello');
  socket.close();
});

it('refuse as a server refuses', async () => {
  const refusing = serve({ upgrade: () => ({ status: 403 }) });
  const { WebSocketStream: Refused } = classesOver(() => {
    const [client, served] = pair();
    void refusing.accept(served);
    return client;
  });
  const error: unknown = await new Refused('ws://here/').opened.catch((reason: unknown) => reason);
  expect((error as { readonly cause?: unknown }).cause).toBeInstanceOf(HandshakeError);
});
