/**
 * Connections per second and the memory of an idle one, of our server and of `ws`: each in a process of its own, with
 * clients on Bun, which cost less than any of the servers. A server of `net` alone is the floor of both. They take turns.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pass } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { nextValue, start, stopAll } from '../runtimes/processes.ts';
import { BUN, bundle } from '../runtimes/programs.ts';
import type { Usage } from './contenders/idle-server.ts';
import type { Opened } from './contenders/openings.ts';
import { median, ratio } from './harness.ts';

const CONNECTIONS = 2_000;
/** Opening handshakes under way at the same time. */
const AT_ONCE = 64;
/** Times that each server opens all connections. The first tells what they hold; one that is still warming up tells no time. */
const WAVES = 16;
const WARM_UP = 6;
/** Fresh processes of each server. */
const ROUNDS = 2;

interface Figures {
  /** Milliseconds for one connection, each wave beside those of the others. */
  readonly time: number[];
  /** Microseconds of the server's processor for one. */
  readonly cpu: number[];
  /** Bytes for one. */
  readonly rss: number[];
  readonly heap: number[];
}

interface Server {
  readonly process: ChildProcess;
  readonly port: number;
}

const clients = await bundle('bench/contenders/openings');
const program = fileURLToPath(new URL('./contenders/idle-server.js', import.meta.url));
const figures = new Map<string, Figures>();
for (const name of ['ws', 'sansocket', 'net']) figures.set(name, { time: [], cpu: [], rss: [], heap: [] });

for (let round = 1; round <= ROUNDS; round++) {
  console.log(`round ${round} of ${ROUNDS}: ${CONNECTIONS} connections to each server, ${WAVES} times`);
  const servers = new Map<string, Server>();
  for (const name of figures.keys()) {
    const process = fork(program, [name], { execArgv: ['--expose-gc'] });
    const [port] = (await once(process, 'message')) as [number];
    servers.set(name, { process, port });
  }
  for (let wave = 0; wave < WAVES; wave++) {
    for (const [name, server] of servers) await measure(server, wave, figures.get(name));
  }
  for (const { process } of servers.values()) {
    process.kill();
    await once(process, 'exit');
  }
}
stopAll();
print('connections per second', ({ time }) => 1_000 / Math.min(...time), 'more');
print('server time for one, in us', ({ cpu }) => Math.min(...cpu), 'less');
print('RSS of an idle one, in bytes', ({ rss }) => median(rss), 'less');
print('heap and buffers of an idle one', ({ heap }) => median(heap), 'less');

async function measure({ process, port }: Server, wave: number, all: Figures | undefined): Promise<void> {
  if (wave === 0) await leave(process, (await open(port, 100)).child); // what the first needs is not what each needs
  const before = await ask(process, wave === 0 ? 'memory' : 'time');
  const { child, milliseconds } = await open(port, CONNECTIONS);
  const opened = await ask(process, 'time');
  if (opened.connections !== CONNECTIONS)
    throw new Error(`${opened.connections} connections instead of ${CONNECTIONS}`);
  if (wave === 0) {
    await pass(300);
    const after = await ask(process, 'memory');
    all?.rss.push((after.rss - before.rss) / CONNECTIONS);
    all?.heap.push((after.heap - before.heap) / CONNECTIONS);
  } else if (wave >= WARM_UP) {
    all?.time.push(milliseconds / CONNECTIONS);
    all?.cpu.push((opened.cpu - before.cpu) / CONNECTIONS);
  }
  await leave(process, child);
}

/** Opens `count` connections, some at once. */
async function open(port: number, count: number): Promise<Opened & { child: ChildProcess }> {
  const child = start(BUN(), ['run', clients, `${port}`, `${count}`, `${AT_ONCE}`]);
  const { milliseconds } = (await nextValue(child)) as Opened; // what it prints
  return { child, milliseconds };
}

/** Ends the connections and waits until the server knows. */
async function leave(server: ChildProcess, child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  while ((await ask(server, 'time')).connections > 0) await pass(10);
}

async function ask(server: ChildProcess, question: 'memory' | 'time'): Promise<Usage> {
  const answer = once(server, 'message');
  server.send(question);
  return (await answer)[0] as Usage;
}

function print(title: string, figure: (figures: Figures) => number, better: 'more' | 'less'): void {
  console.log(`${title} (${better} is better)`);
  let baseline: number | undefined;
  for (const [name, each] of figures) {
    const value = figure(each);
    baseline ??= value;
    console.log(`  ${name.padEnd(34)}${value.toFixed(0).padStart(12)}${ratio(value, baseline).padStart(10)} of ws`);
  }
}
