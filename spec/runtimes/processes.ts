/** Processes of the runtimes: started, listened to, and ended. */
import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folder, WORKERD } from './programs.ts';

const children = new Set<ChildProcess>();

/** Ends what was started, and removes what was built. */
export function stopAll(): void {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}

/** Starts a program whose errors are shown where it fails. */
export function start(program: string, args: readonly string[], cwd: string = folder): ChildProcess {
  const env = { ...process.env, DENO_DIR: join(folder, 'deno'), DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' };
  const child = spawn(program, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  child.on('exit', () => children.delete(child));
  return child;
}

/** Starts workerd with a Worker, and returns it and the ports of its sockets once it has all of them. */
export async function startWorker(
  config: string,
  sockets: readonly string[],
  ...args: readonly string[]
): Promise<{ readonly child: ChildProcess; readonly ports: ReadonlyMap<string, number> }> {
  const child = start(WORKERD(), ['serve', config, '--control-fd=1', ...args]);
  const ports = new Map<string, number>();
  while (sockets.some((each) => !ports.has(each))) {
    const { event, socket, port } = (await nextValue(child)) as { event: string; socket: string; port: number };
    if (event === 'listen') ports.set(socket, port);
  }
  return { child, ports };
}

/**
 * Writes a configuration of workerd for one Worker.
 *
 * @param module - the Worker's file in `folder`.
 * @param sockets - name, kind, and the entry point that is not the default one.
 * @param trust - whose certificates are trusted.
 * @param v8Flags - flags of V8.
 */
export function workerConfig(
  module: string,
  sockets: readonly (readonly [name: string, kind: 'http' | 'tcp', entrypoint?: string])[],
  trust = 'trustBrowserCas = false',
  v8Flags: readonly string[] = [],
): string {
  const config = join(folder, `${module}.capnp`);
  const listening = sockets.map(([name, kind, entrypoint]) => {
    const service = entrypoint === undefined ? '"main"' : `(name = "main", entrypoint = "${entrypoint}")`;
    return `(name = "${name}", address = "127.0.0.1:0", ${kind} = (), service = ${service})`;
  });
  const network = `network = (allow = ["local"], tlsOptions = (${trust}))`;
  const services = `(name = "main", worker = .worker), (name = "internet", ${network})`;
  writeFileSync(
    config,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (services = [ ${services} ], sockets = [ ${listening.join(', ')} ],
  v8Flags = ${JSON.stringify(v8Flags)});
const worker :Workerd.Worker = (
  modules = [ (name = "worker", esModule = embed "${module}") ], compatibilityDate = "2026-10-01" );
`,
  );
  return config;
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

/** The next line a child prints, as JSON. */
export const nextValue = async (child: ChildProcess): Promise<unknown> => JSON.parse(await nextLine(child));

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
