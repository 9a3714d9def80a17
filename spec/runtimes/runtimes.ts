/** The real runtimes as peers of the suite. */
import type { Result } from '../../adapters/testing.ts';
import { nextValue, start, startWorker, workerConfig } from './processes.ts';
import { BUN, bundle, DENO, DENO_FLAGS, NODE_20, NODE_26 } from './programs.ts';

/** How the wire vectors went. */
interface Vectors {
  readonly count: number;
  readonly failures: readonly string[];
}

/** A runtime at work. */
export interface Peer {
  /** The URL of its server of the suite. */
  readonly url: string;
  /** Runs every case against a server. */
  run(server: string): Promise<readonly Result[]>;
  vectors(): Promise<Vectors>;
}

/** A runtime with one of the adapters. */
export interface Runtime {
  readonly name: string;
  readonly start: () => Promise<Peer>;
}

/** Those that are paired with each other. */
export const RUNTIMES: readonly Runtime[] = [
  { name: 'Node 20', start: () => inProcesses('node', NODE_20()) },
  { name: 'Node 26', start: () => inProcesses('node', NODE_26()) },
  { name: 'Deno', start: () => inProcesses('deno', DENO(), ['run', ...DENO_FLAGS]) },
  { name: 'Bun', start: () => inProcesses('bun', BUN(), ['run']) },
  { name: 'workerd', start: inWorkerd },
];

/** Further adapters, each on its own and with Node. */
export const MORE: readonly Runtime[] = [
  { name: 'web streams, Node 20', start: () => inProcesses('streams', NODE_20()) },
  { name: 'web streams, Node 26', start: () => inProcesses('streams', NODE_26()) },
  { name: 'Deno’s `node:`', start: () => inProcesses('node', DENO(), ['run', ...DENO_FLAGS]) },
  { name: 'Bun’s `node:`', start: () => inProcesses('node', BUN(), ['run']) },
];

async function inProcesses(peer: string, program: string, args: readonly string[] = []): Promise<Peer> {
  const file = await bundle(`runtimes/peers/${peer}`);
  const server = start(program, [...args, file, 'serve']);
  const { url } = (await nextValue(server)) as { url: string }; // what the peer prints
  const ask = async (...how: string[]): Promise<unknown> => {
    const child = start(program, [...args, file, ...how]);
    const answer = await nextValue(child);
    child.kill('SIGKILL');
    return answer;
  };
  return {
    url,
    run: (to) => ask('run', to) as Promise<Result[]>,
    vectors: () => ask('vectors') as Promise<Vectors>,
  };
}

async function inWorkerd(): Promise<Peer> {
  await bundle('runtimes/peers/workers');
  const config = workerConfig('workers.mjs', [
    ['http', 'http'],
    ['tcp', 'tcp'],
  ]);
  const { ports } = await startWorker(config, ['http', 'tcp']);
  const ask = async (what: string): Promise<unknown> =>
    (await fetch(`http://127.0.0.1:${ports.get('http')}/${what}`)).json();
  return {
    url: `ws://127.0.0.1:${ports.get('tcp')}/`,
    run: (server) => ask(`run?server=${encodeURIComponent(server)}`) as Promise<Result[]>,
    vectors: () => ask('vectors') as Promise<Vectors>,
  };
}
