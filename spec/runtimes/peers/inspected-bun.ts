/** A server that shows its connections, as it is started by a user: with the package as it is installed. */
import { connect, serve } from 'sansocket/bun';

const server = await serve({ inspect: true, message: (connection, message) => void connection.send(message) });
console.log(JSON.stringify({ inspector: server.inspector?.url }));
const client = await connect(server.url, { inspect: true });
client.send('hello');
await client.receive();
