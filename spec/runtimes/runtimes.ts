/** The real runtimes, from their npm packages: started, asked, and ended. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Result } from '../../adapters/testing.ts';

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

const modules = fileURLToPath(new URL('../../node_modules/', import.meta.url));
export const folder = mkdtempSync(join(tmpdir(), 'sansocket-runtimes-'));

/** The first of some files that is a program: a package's placeholder for one is small. */
function binary(...candidates: readonly string[]): string {
  const found = candidates
    .map((each) => join(modules, each))
    .find((each) => existsSync(each) && statSync(each).size > 1e6);
  if (found === undefined) throw new Error(`not installed: ${candidates[0]}`);
  return found;
}

/** The package of this platform in a scope, whatever its name. */
const inScope = (scope: string, file: string): string[] =>
  existsSync(join(modules, scope)) ? readdirSync(join(modules, scope)).map((each) => `${scope}/${each}/${file}`) : [];

export const DENO = (): string => binary(...inScope('@deno', 'deno'), 'deno/deno');
export const BUN = (): string => binary('bun/bin/bun.exe', ...inScope('@oven', 'bin/bun'));
const WORKERD = (): string => binary(...inScope('@cloudflare', 'bin/workerd'), 'workerd/bin/workerd');
export const DENO_FLAGS: readonly string[] = ['--no-prompt', '--no-check', '--allow-net=127.0.0.1'];

/** Those that are paired with each other. */
export const RUNTIMES: readonly Runtime[] = [
  { name: 'Node 20', start: () => inProcesses('node', binary('node20/bin/node')) },
  { name: 'Node 26', start: () => inProcesses('node', binary('node26/bin/node')) },
  { name: 'Deno', start: () => inProcesses('deno', DENO(), ['run', ...DENO_FLAGS]) },
  { name: 'Bun', start: () => inProcesses('bun', BUN(), ['run']) },
  { name: 'workerd', start: startWorkerd },
];

/** Further adapters, each on its own and with Node. */
export const MORE: readonly Runtime[] = [
  { name: 'web streams (Node 26)', start: () => inProcesses('streams', binary('node26/bin/node')) },
  { name: 'sansocket/node on Deno', start: () => inProcesses('node', DENO(), ['run', ...DENO_FLAGS]) },
  { name: 'sansocket/node on Bun', start: () => inProcesses('node', BUN(), ['run']) },
];

const children = new Set<ChildProcess>();

/** Ends what was started, and removes what was built. */
export function stopAll(): void {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}

const bundles = new Map<string, Promise<string>>();

/** One file with a peer and all it imports. */
function bundle(peer: string): Promise<string> {
  let built = bundles.get(peer);
  if (built === undefined) {
    built = bundleAfresh(peer);
    bundles.set(peer, built);
  }
  return built;
}

async function bundleAfresh(peer: string): Promise<string> {
  const outfile = join(folder, `${peer}.mjs`);
  await build({
    entryPoints: [fileURLToPath(new URL(`./peers/${peer}.ts`, import.meta.url))],
    outfile,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    external: ['node:*', 'cloudflare:*'],
    logLevel: 'silent',
  });
  return outfile;
}

async function inProcesses(peer: string, program: string, args: readonly string[] = []): Promise<Peer> {
  const file = await bundle(peer);
  const server = start(program, [...args, file, 'serve']);
  const { url } = (await firstLine(server)) as { url: string }; // what the peer prints
  const ask = async (...how: string[]): Promise<unknown> => {
    const child = start(program, [...args, file, ...how]);
    const answer = await firstLine(child);
    child.kill('SIGKILL');
    return answer;
  };
  return {
    url,
    run: (to) => ask('run', to) as Promise<Result[]>,
    vectors: () => ask('vectors') as Promise<Vectors>,
  };
}

/** Starts workerd with a Worker, and returns the ports of its sockets once it has all of them. */
export async function startWorker(
  config: string,
  sockets: readonly string[],
  ...args: readonly string[]
): Promise<ReadonlyMap<string, number>> {
  const child = start(WORKERD(), ['serve', config, '--control-fd=1', ...args]);
  const ports = new Map<string, number>();
  while (sockets.some((each) => !ports.has(each))) {
    const { event, socket, port } = (await firstLine(child)) as { event: string; socket: string; port: number };
    if (event === 'listen') ports.set(socket, port);
  }
  return ports;
}

async function startWorkerd(): Promise<Peer> {
  await bundle('workers');
  const config = join(folder, 'config.capnp');
  writeFileSync(config, CONFIG);
  const ports = await startWorker(config, ['http', 'tcp']);
  const ask = async (what: string): Promise<unknown> =>
    (await fetch(`http://127.0.0.1:${ports.get('http')}/${what}`)).json();
  return {
    url: `ws://127.0.0.1:${ports.get('tcp')}/`,
    run: (server) => ask(`run?server=${encodeURIComponent(server)}`) as Promise<Result[]>,
    vectors: () => ask('vectors') as Promise<Vectors>,
  };
}

const CONFIG = `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [ (name = "main", worker = .worker), (name = "internet", network = (allow = ["local"])) ],
  sockets = [ (name = "http", address = "127.0.0.1:0", http = (), service = "main"),
              (name = "tcp", address = "127.0.0.1:0", tcp = (), service = "main") ] );
const worker :Workerd.Worker = (
  modules = [ (name = "worker", esModule = embed "workers.mjs") ], compatibilityDate = "2026-10-01" );
`;

/** Starts a program whose errors are shown where it fails. */
export function start(program: string, args: readonly string[], cwd: string = folder): ChildProcess {
  const env = { ...process.env, DENO_DIR: join(folder, 'deno'), DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' };
  const child = spawn(program, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  child.on('exit', () => children.delete(child));
  return child;
}

const lines = new WeakMap<ChildProcess, AsyncGenerator<string>>();

/** The next line a child prints, as text; rejects with its errors where it prints none. */
export async function nextLine(child: ChildProcess): Promise<string> {
  let all = lines.get(child);
  if (all === undefined) {
    all = linesOf(child);
    lines.set(child, all);
  }
  const { done, value } = await all.next();
  if (done) throw new Error(`${child.spawnargs.join(' ')} ended: ${errors.get(child) ?? ''}`);
  return value;
}

const firstLine = async (child: ChildProcess): Promise<unknown> => JSON.parse(await nextLine(child));

const errors = new WeakMap<ChildProcess, string>();

async function* linesOf(child: ChildProcess): AsyncGenerator<string> {
  child.stderr?.on('data', (data: Buffer) => errors.set(child, (errors.get(child) ?? '') + data.toString()));
  let text = '';
  for await (const data of child.stdout ?? []) {
    text += String(data);
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n')) {
      yield text.slice(0, at);
      text = text.slice(at + 1);
    }
  }
}
