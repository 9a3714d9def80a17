/** One end of a message of 1 GiB, in a process of its own. Arguments: client or server, send or receive, rss or live, URL. */
import { connect, serve, type WebSocketConnection } from '../../../adapters/node.ts';
import type { Report } from '../streams.ts';

const SIZE = 2 ** 30;
/** What passes before it is measured: the machine code and the buffers that any message takes. */
const WARM = 2 ** 24;
const [role, task, what, url = ''] = process.argv.slice(2);
const limits = { messageBytes: Infinity, frameBytes: Infinity, fragments: Infinity };

let base = 0;
let peak = 0;
let bytes = 0;
let start = 0;
let sampled = 0;

function count(length: number): void {
  bytes += length;
  if (start === 0) start = performance.now();
  if (bytes - sampled < (what === 'rss' ? 2 ** 20 : WARM)) return;
  sampled = bytes;
  if (base === 0 && bytes >= WARM) {
    globalThis.gc?.();
    base = memory();
  }
  peak = Math.max(peak, memory());
}

/** What the process has, or what of it is alive: in the heap, and in arrays outside of it. */
function memory(): number {
  if (what === 'rss') return process.memoryUsage.rss();
  for (let i = 0; i < 2; i++) globalThis.gc?.(); // arrays of the first are freed beside it, and done with the second
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function* pieces(): AsyncGenerator<Uint8Array> {
  const piece = new Uint8Array(65_536).fill(7);
  for (let sent = 0; sent < SIZE; sent += piece.length) {
    count(piece.length);
    yield piece;
  }
}

async function run(connection: WebSocketConnection): Promise<void> {
  if (task === 'send') {
    await connection.sendStream(pieces());
  } else {
    const { value: message } = await connection.streams().next();
    const memory = new Uint8Array(65_536);
    for (;;) {
      const length = (await message?.readInto(memory)) ?? 0;
      if (length === 0) break;
      count(length);
    }
  }
  if (bytes !== SIZE) throw new Error(`${bytes} bytes passed, not ${SIZE}`);
  const report: Report = { growth: peak - base, seconds: (performance.now() - start) / 1_000 };
  process.send?.(report);
  if (task === 'receive') await connection.close();
  else await connection.closed;
}

if (role === 'server') {
  const server = await serve({
    messages: 'chunks',
    limits,
    open: async (connection) => {
      await run(connection);
      void server.close();
      process.disconnect();
    },
  });
  process.send?.(server.url);
} else {
  const connection = await connect(url, { messages: 'chunks', limits });
  await run(connection);
  process.disconnect();
}
