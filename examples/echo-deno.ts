/** Run: `deno run --allow-net examples/echo-deno.ts [port]` */
import { serve } from 'sansocket/deno';

const server = await serve({
  port: Number(process.argv[2] ?? 8081),
  message(connection, message) {
    connection.send(message);
  },
});
console.log(`echoing on ${server.url}`);
