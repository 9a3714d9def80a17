/** One message to many: framed once, and compressed once for all that agreed on the same. */
import { type BroadcastOptions, broadcast, PreparedMessage, serve } from 'sansocket/node';

const server = await serve<{ room: string }>({ upgrade: ({ path }) => ({ data: { room: path } }) });

const patient: BroadcastOptions = { slow: 'wait' };
await server.broadcast('to all', patient);

const inLobby = [...server.connections].filter(({ data }) => data.room === '/lobby');
const sent = await broadcast(inLobby, 'to some', { slow: 'skip' });
console.log(`${sent} have it, or will`);

const prepared = new PreparedMessage('to each of these');
for (const connection of inLobby) connection.sendPrepared(prepared);
