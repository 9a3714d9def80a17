/**
 * Connections per second and the memory of an idle one, of our server and of `ws`: each in a process of its own, with
 * raw sockets of this one as clients. The servers take turns.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pass } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { REQUEST } from '../support/opened.ts';
import type { Usage } from './contenders/idle-server.ts';
import { median, ratio } from './harness.ts';

const CONNECTIONS = 2_000;
/** Opening handshakes under way at the same time. */
const AT_ONCE = 64;
/** Times that one process opens all connections: the first warms it up. */
const WAVES = 4;
const ROUNDS = 3;

interface Figures {
  /** Milliseconds for one connection. */
  readonly time: number[];
  /** Microseconds of the server's processor for one. */
  readonly cpu: number[];
  /** Bytes for one. */
  readonly rss: number[];
  readonly heap: number[];
}

const figures = new Map<string, Figures>();
for (let round = 1; round <= ROUNDS; round++) {
  for (const name of ['ws', 'sansocket']) {
    console.log(`round ${round} of ${ROUNDS}: ${CONNECTIONS} connections to ${name}, ${WAVES} times`);
    await measure(name);
  }
}
print('connections per second', ({ time }) => 1_000 / Math.min(...time), 'more');
print('server time for one, in us', ({ cpu }) => Math.min(...cpu), 'less');
print('RSS of an idle one, in bytes', ({ rss }) => median(rss), 'less');
print('heap and buffers of an idle one', ({ heap }) => median(heap), 'less');

async function measure(name: string): Promise<void> {
  let all = figures.get(name);
  if (all === undefined) {
    all = { time: [], cpu: [], rss: [], heap: [] };
    figures.set(name, all);
  }
  const program = fileURLToPath(new URL('./contenders/idle-server.js', import.meta.url));
  const server = fork(program, [name], { execArgv: ['--expose-gc'] });
  const [port] = (await once(server, 'message')) as [number];
  await leave(server, await open(port, 100)); // what the first one needs is not what each needs
  for (let wave = 0; wave < WAVES; wave++) {
    const before = await ask(server, wave === 0 ? 'memory' : 'time');
    const start = performance.now();
    const sockets = await open(port, CONNECTIONS);
    const time = performance.now() - start;
    const opened = await ask(server, 'time');
    if (opened.connections !== CONNECTIONS) throw new Error(`${opened.connections} connections at ${name}`);
    if (wave === 0) {
      await pass(300);
      const after = await ask(server, 'memory');
      all.rss.push((after.rss - before.rss) / CONNECTIONS);
      all.heap.push((after.heap - before.heap) / CONNECTIONS);
    } else {
      all.time.push(time / CONNECTIONS);
      all.cpu.push((opened.cpu - before.cpu) / CONNECTIONS);
    }
    await leave(server, sockets);
  }
  server.kill();
  await once(server, 'exit');
}

/** Opens `count` connections, some at once. */
async function open(port: number, count: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  const worker = async (): Promise<void> => {
    while (sockets.length < count) {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      sockets.push(socket);
      socket.on('error', () => {}); // `close` follows
      socket.write(REQUEST);
      await opening(socket);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return sockets;
}

function opening(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('close', () => reject(new Error('the server refused')));
    socket.once('data', (head: Buffer) => {
      if (head.toString('latin1').startsWith('HTTP/1.1 101')) resolve();
      else reject(new Error(head.toString('latin1').slice(0, 80)));
    });
  });
}

/** Ends the connections and waits until the server knows. */
async function leave(server: ChildProcess, sockets: readonly Socket[]): Promise<void> {
  for (const socket of sockets) socket.resetAndDestroy();
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
