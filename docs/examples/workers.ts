/** A Worker that echoes on inbound TCP, and tells another server of each message. */
import { connect, serve, type WorkersServer, type WorkersSocket } from 'sansocket/workers';

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
