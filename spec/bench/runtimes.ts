/**
 * Echo of 64-byte messages on each runtime, against raw TCP on the same API of the runtime.
 *
 * The same program is the load of both: each connection sends a message when it has got the last one back. The two
 * take turns; the fastest round of each counts. Raw TCP has 64 bytes both ways, WebSocket a header in front of them.
 */
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { nextLine, nextValue, start, startWorker, stopAll, workerConfig } from '../runtimes/processes.ts';
import { BUN, bundle, DENO, DENO_FLAGS, NODE_20, NODE_26 } from '../runtimes/programs.ts';
import type { Echoed } from './contenders/load.ts';

const ROUNDS = 5;
const MILLISECONDS = 500;
/** What issue and README promise of the first load. */
const BAR = 0.7;

/** Connections, and messages under way on each. */
const LOADS = [
  ['64 connections, one message under way on each', 64, 1],
  ['64 connections, 16 under way on each', 64, 16],
] as const;

interface Echo {
  readonly process: ChildProcess;
  readonly port: number;
}

type Echoes = Readonly<Record<'raw' | 'sansocket', Echo>>;

const runtimes: Readonly<Record<string, () => Promise<Echoes>>> = {
  'Node 20': () => inProcesses('echo-node', NODE_20()),
  'Node 26': () => inProcesses('echo-node', NODE_26()),
  Deno: () => inProcesses('echo-deno', DENO(), ['run', ...DENO_FLAGS]),
  Bun: () => inProcesses('echo-bun', BUN(), ['run']),
  async workerd() {
    await bundle('bench/contenders/echo-workers');
    const config = workerConfig('echo-workers.mjs', [
      ['raw', 'tcp', 'raw'],
      ['sansocket', 'tcp'],
    ]);
    const { child, ports } = await startWorker(config, ['raw', 'sansocket']);
    return {
      raw: { process: child, port: ports.get('raw') ?? 0 },
      sansocket: { process: child, port: ports.get('sansocket') ?? 0 },
    };
  },
};

async function inProcesses(program: string, runtime: string, args: readonly string[] = []): Promise<Echoes> {
  const file = await bundle(`bench/contenders/${program}`);
  const echo = async (what: string): Promise<Echo> => {
    const child = start(runtime, [...args, file, what]);
    return { process: child, port: Number(await nextLine(child)) };
  };
  return { raw: await echo('raw'), sansocket: await echo('sansocket') };
}

/** What one contender reached. */
interface Figures {
  /** Messages per second. */
  rate: number;
  /** Microseconds of the server's processor for one message; infinite where the system does not tell. */
  cost: number;
}

const load = await bundle('bench/contenders/load');

async function measure({ process, port }: Echo, kind: string, sockets: number, underWay: number): Promise<Figures> {
  const before = processorTime(process);
  const child = start(BUN(), ['run', load, kind, `${port}`, `${sockets}`, `${underWay}`, `${MILLISECONDS}`]);
  const { messages, seconds, all } = (await nextValue(child)) as Echoed; // what the load prints
  const cost = (processorTime(process) - before) / all;
  return { rate: messages / seconds, cost: cost > 0 ? cost : Infinity };
}

/** Microseconds that a process has used, where the system has `/proc`. */
function processorTime({ pid }: ChildProcess): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10_000; // ticks of 10 ms
  } catch {
    return 0;
  }
}

const slow: string[] = [];
for (const [name, open] of Object.entries(runtimes)) {
  console.log(`${name}${' '.repeat(44 - name.length)}messages/s    of raw TCP   processor    of raw TCP's`);
  const { raw, sansocket } = await open();
  for (const [title, sockets, underWay] of LOADS) {
    const kinds = { 'raw TCP': raw, binary: sansocket, text: sansocket };
    const best = new Map<string, Figures>();
    for (let round = 0; round < ROUNDS; round++) {
      for (const [kind, echo] of Object.entries(kinds)) {
        const { rate, cost } = await measure(echo, kind.split(' ')[0] ?? '', sockets, underWay);
        const figures = best.get(kind) ?? { rate: 0, cost: Infinity };
        best.set(kind, { rate: Math.max(rate, figures.rate), cost: Math.min(cost, figures.cost) });
      }
    }
    console.log(`  ${title}`);
    const baseline = best.get('raw TCP') ?? { rate: 1, cost: 1 };
    for (const [kind, { rate, cost }] of best) {
      const share = rate / baseline.rate;
      if (underWay === 1 && share < BAR) slow.push(`${name}, ${kind}`);
      console.log(
        `    ${kind.padEnd(32)}${rate.toFixed(0).padStart(18)}${percent(share).padStart(14)}` +
          `${`${cost.toFixed(1)} us`.padStart(12)}${percent(cost / baseline.cost).padStart(16)}`,
      );
    }
  }
  for (const { process } of [raw, sansocket]) process.kill('SIGKILL');
}
stopAll();
console.log(
  `\nThe bar is ${percent(BAR)} of raw TCP's messages per second, one under way on each connection: ` +
    (slow.length === 0 ? 'reached on each runtime.' : `missed by ${slow.join('; ')}.`),
);

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}
