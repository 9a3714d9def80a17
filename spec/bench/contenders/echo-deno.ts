/** An echo on Deno: raw TCP, or sansocket. Prints its port. */
import { serve } from '../../../adapters/deno.ts';

interface Conn {
  read(target: Uint8Array): Promise<number | null>;
  write(bytes: Uint8Array): Promise<number>;
  setNoDelay(): void;
}

declare const Deno: {
  readonly args: readonly string[];
  listen(options: object): AsyncIterable<Conn> & { readonly addr: { readonly port: number } };
};

async function echo(conn: Conn): Promise<void> {
  conn.setNoDelay();
  const memory = new Uint8Array(65_536);
  for (let length = await conn.read(memory); length !== null; length = await conn.read(memory)) {
    for (let at = 0; at < length; ) at += await conn.write(memory.subarray(at, length));
  }
}

if (Deno.args[0] === 'raw') {
  const listener = Deno.listen({ hostname: '127.0.0.1', port: 0 });
  console.log(listener.addr.port);
  for await (const conn of listener) echo(conn).catch(() => {});
} else {
  const server = await serve({ message: (connection, message) => void connection.send(message) });
  console.log(server.port);
}
