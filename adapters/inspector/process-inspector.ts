/** The one inspector of a process: whoever asks for it first starts it, whoever leaves last ends it. */
import { UsageError } from '../../core/index.ts';
import type { Driver } from '../driver.ts';
import type { InspectOptions } from './inspection.ts';
import { startInspector } from './inspector-server.ts';
import { register } from './registry.ts';

/** A share in it. */
export interface Membership {
  readonly url: string;
  watch(driver: Driver): void;
  /** To be called once; resolves once nothing is left open where this was the last share. */
  leave(): Promise<void>;
}

interface Running {
  readonly url: string;
  readonly port: number;
  members: number;
  watch(driver: Driver): void;
  stop(): Promise<void>;
}

let running: Promise<Running> | undefined;

/**
 * Takes a share in the inspector of this process.
 *
 * @throws {UsageError} (as a rejection) for a port other than the one it listens on; Node's error where it cannot listen.
 */
export async function join({ port = 0, print = false }: InspectOptions): Promise<Membership> {
  running ??= start(port);
  const joined = running;
  let inspector: Running;
  try {
    inspector = await joined;
  } catch (error) {
    if (running === joined) running = undefined;
    throw error;
  }
  if (running !== joined) return join({ port, print }); // it ended meanwhile
  if (port !== 0 && port !== inspector.port) {
    throw new UsageError(`the inspector of this process listens on port ${inspector.port} already`);
  }
  inspector.members++;
  if (print) console.error(`The inspector is at ${inspector.url}`);
  return {
    url: inspector.url,
    watch: inspector.watch,
    async leave() {
      inspector.members--;
      if (inspector.members > 0) return;
      running = undefined;
      await inspector.stop();
    },
  };
}

async function start(port: number): Promise<Running> {
  const server = await startInspector(port);
  const { pid, program, started } = server.process;
  // Without the file the page is still there, at an address that the program knows.
  const forget = await register({ pid, url: server.url, program, started }).catch((error: unknown) => {
    process.emitWarning(`npx sansocket inspect will not find this process: ${error}`);
  });
  return {
    url: server.url,
    port: Number(new URL(server.url).port),
    members: 0,
    watch: server.watch,
    async stop() {
      forget?.();
      await server.close();
    },
  };
}
