/** What is still referred to, and what memory holds, once the garbage is collected: on each runtime in its own way. */
import * as v8 from 'node:v8';
import * as vm from 'node:vm';

const { gc: exposed, Bun } = globalThis as { gc?: () => void; Bun?: { gc(now: boolean): void } };

const gc = exposed ?? (Bun === undefined ? fetchGc() : () => Bun.gc(true));

/** Node gives it to who asks later than at the start, too. */
function fetchGc(): () => void {
  v8.setFlagsFromString('--expose-gc');
  return vm.runInNewContext('gc') as () => void;
}

/** Collects garbage, behind everything that is under way. */
export async function collect(): Promise<void> {
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    gc();
  }
}

/** What an idle connection may cost a server: the number of SECURITY.md. */
export const IDLE_BYTES = 2_048;

/** Bytes in use: objects, and the memory of array buffers. */
export async function inUse(): Promise<number> {
  await collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external || living();
}

/** In workerd, which tells nothing, by V8's own extension: there with `--track-gc-object-stats`. */
function living(): number {
  const { getV8Statistics } = globalThis as { getV8Statistics?: () => Readonly<Record<string, number>> };
  return Object.entries(getV8Statistics?.() ?? {})
    .filter(([name]) => /_live_bytes$|^amount_of_external_allocated_memory$/.test(name))
    .reduce((sum, [, bytes]) => sum + bytes, 0);
}
