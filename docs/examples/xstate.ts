/** A connection as an actor of your machine, and one of a server mirrored for an inspector of xstate. */
import { serve, WebSocket } from 'sansocket/node';
import {
  fromWebSocket,
  type InspectedConnection,
  inspectConnection,
  type Mirror,
  type MirrorOptions,
  type SocketCommand,
  type SocketEnded,
  type SocketEvent,
  type SocketLogic,
  type SocketOptions,
  type SocketSnapshot,
  type SocketUrl,
} from 'sansocket/xstate';
import { createActor } from 'xstate';

interface Room {
  readonly room: string;
}

const url: SocketUrl<Room> = ({ input }) => `wss://example.com/${input.room}`;
const options: SocketOptions = { subprotocols: ['chat'], WebSocket };
const logic: SocketLogic<Room> = fromWebSocket<Room>(url, options);

const actor = createActor(logic, { input: { room: 'lobby' } });
actor.on('*', (event: SocketEvent) => console.log(event.type));
actor.subscribe((snapshot: SocketSnapshot) => {
  const ended: SocketEnded | undefined = snapshot.output;
  console.log(snapshot.value, ended?.code);
});
actor.start();
const command: SocketCommand = { type: 'send', data: 'hello' };
actor.send(command);

const mirror: MirrorOptions = { id: 'connection', inspect: (event) => console.log(event.type) };
const show = (connection: InspectedConnection): Mirror => inspectConnection(connection, mirror);
await serve({ open: (connection) => void show(connection) });
