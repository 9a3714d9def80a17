/** Run: `bun run examples/echo-bun.ts [port]` */
import { serve } from 'sansocket/bun';

const server = await serve({
  port: Number(process.argv[2] ?? 8081),
  message(connection, message) {
    connection.send(message);
  },
});
console.log(`echoing on ${server.url}`);
