/** A server or clients under attack, in a process of their own, that tells what the attack costs it when it is asked. */
import { readdirSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pass } from 'node:timers/promises';
import { connect, serve, type WebSocketConnection } from '../../adapters/node.ts';
import { DEADLINES, DECISION } from './attack.ts';

/**
 * Which server: an echo; one that compresses; one that takes its time to decide; one that ignores what `send` returns;
 * one that compresses, and drops whoever says `end`. Or clients, which go where they are told to.
 */
export type VictimKind = 'echo' | 'compressing' | 'deciding' | 'babbling' | 'soaked' | 'client';

/** `begin` starts an observation; `usage` tells what was seen since; so many clients `connect` to a URL. */
export type Question = 'begin' | 'usage' | `connect ${number} ${string}`;

export interface Usage {
  readonly connections: number;
  /** Bytes: now after a garbage collection, and at the peak since `begin`. */
  readonly rss: number;
  readonly peak: number;
  /** Bytes in use, of the heap and of buffers outside of it. */
  readonly heap: number;
  /** Milliseconds that a turn of the event loop was late in the worst of a hundred cases, and in the worst of all. */
  readonly p99: number;
  readonly worst: number;
  /** Microseconds of the processor since the process began. */
  readonly cpu: number;
  /** What keeps the event loop alive, by kind, how many file descriptors are open, and how many listeners stand. */
  readonly resources: Readonly<Record<string, number>>;
  /** Errors that nobody caught: none is allowed. */
  readonly uncaught: readonly string[];
}

/** What one message of the babbling one is, and how many it sends for each of its client's. */
const BABBLE = 'x'.repeat(65_536);
const BABBLES = 64;

const uncaught: string[] = [];
process.on('uncaughtException', (error) => uncaught.push(`${error.stack ?? error}`));
process.on('unhandledRejection', (reason) => uncaught.push(`rejected: ${reason}`));

const kind = process.argv[2] as VictimKind;
const server = await serve({
  // Clients in the soak are honest, and may have to wait for a processor: they have the time that any has.
  deadlines: kind === 'soaked' ? { ping: DEADLINES.ping } : DEADLINES,
  compression: kind === 'compressing' || kind === 'soaked',
  limits: kind === 'babbling' ? { queueBytes: 8_388_608 } : undefined,
  upgrade: kind === 'deciding' ? () => pass(DECISION).then(() => undefined) : undefined,
  message(connection, message) {
    if (kind === 'soaked' && message === 'end') connection.terminate();
    else if (kind === 'babbling') for (let i = 0; i < BABBLES; i++) connection.send(BABBLE);
    else connection.send(message);
  },
  error() {}, // what the peer did wrong is its own affair
});

/** Clients that are on their way, or open. */
let clients = 0;

function visit(url: string): void {
  clients++;
  connect(url, {
    deadlines: DEADLINES,
    compression: true,
    message: (connection: WebSocketConnection, message) => connection.send(message),
    error() {},
  })
    .then(({ closed }) => closed)
    .catch(() => {}) // what the server did wrong is its own affair
    .finally(() => {
      clients--;
    });
}

const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();
let peak = 0;
setInterval(() => {
  peak = Math.max(peak, process.memoryUsage.rss());
}, 25).unref();

process.on('message', async (question: Question) => {
  const [, count, url] = question.split(' ');
  for (let i = 0; url !== undefined && i < Number(count); i++) visit(url);
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await pass(10);
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  if (question === 'begin') {
    peak = rss;
    delay.reset();
  }
  const { user, system } = process.cpuUsage();
  const usage: Usage = {
    connections: server.connections.size + clients,
    rss,
    peak: Math.max(peak, rss),
    heap: heapUsed + external,
    p99: delay.percentile(99) / 1e6,
    worst: delay.max / 1e6,
    cpu: user + system,
    resources: resources(),
    uncaught,
  };
  process.send?.(usage);
});
process.send?.(server.port);

function resources(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const each of process.getActiveResourcesInfo()) counts[each] = (counts[each] ?? 0) + 1;
  // One timer serves many deadlines, and may be between two of them.
  delete counts.Timeout;
  if (process.platform === 'linux') counts['file descriptors'] = readdirSync('/proc/self/fd').length;
  counts['listeners of the process'] = process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
  return counts;
}
