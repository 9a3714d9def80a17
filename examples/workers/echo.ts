/** Run: `esbuild --bundle --format=esm --external:cloudflare:* --outfile=echo.js echo.ts && workerd serve echo.capnp` */
import { serve } from 'sansocket/workers';

export default serve({
  message(connection, message) {
    connection.send(message);
  },
});
