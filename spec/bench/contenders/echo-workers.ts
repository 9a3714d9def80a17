/** An echo in workerd: raw TCP as `raw`, sansocket as the default. */
import { serve, type WorkersSocket } from '../../../adapters/workers.ts';

interface Reader {
  read(view: Uint8Array): Promise<{ readonly done: boolean; readonly value: Uint8Array<ArrayBuffer> }>;
}

export const raw = {
  async connect({ readable, writable }: WorkersSocket): Promise<void> {
    const reader = readable.getReader({ mode: 'byob' }) as Reader; // of bytes, as sockets are
    const writer = writable.getWriter();
    let memory = new ArrayBuffer(65_536);
    for (;;) {
      const { done, value } = await reader.read(new Uint8Array(memory));
      if (done) break;
      await writer.write(value);
      memory = value.buffer;
    }
    await writer.close();
  },
};

export default serve({ message: (connection, message) => void connection.send(message) });
