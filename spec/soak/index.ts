/**
 * Mixed traffic for as long as is wished: whether memory rises, handles are left, or anything is not echoed as it was.
 * Run: `npm run soak -- --minutes N`. It ends by itself, with 1 where it found something.
 */
import { setTimeout as pass } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Target } from '../hostile/target.ts';
import { persist, type Tally, talk } from './traffic.ts';

const USAGE = `usage: npm run soak -- [--help] [--minutes N] [--clients N]

  --minutes N   how long, default 10; a part of one is allowed
  --clients N   how many clients at once, default 20, and a fifth as many that reconnect`;

const MIB = 1_048_576;
/** MiB an hour by which the use of memory may rise, beyond the noise of a short run: MiB altogether. */
const SLOPE_BAR = 20;
const NOISE = 4;

const { values } = parseArgs({
  options: {
    help: { type: 'boolean' },
    minutes: { type: 'string', default: '10' },
    clients: { type: 'string', default: '20' },
  },
});
const minutes = Number(values.minutes);
const clients = Number(values.clients);
if (values.help || !(minutes > 0) || !Number.isInteger(clients) || clients < 1) {
  console.log(USAGE);
  if (!values.help) process.exitCode = 2;
} else {
  process.exitCode = (await soak()) ? 0 : 1;
}

/** What the server used at a time, in minutes and MiB. */
interface Sample {
  readonly at: number;
  readonly heap: number;
}

async function soak(): Promise<boolean> {
  const target = await Target.start('soaked');
  const url = `ws://127.0.0.1:${target.port}/`;
  const tally: Tally = { connections: 0, messages: 0, bytes: 0, reconnections: 0, errors: [] };
  const stop = new AbortController();
  await Promise.all(Array.from({ length: clients }, () => talk(url, tally, AbortSignal.timeout(1_000)))); // warms up
  const before = await target.ask('begin');
  const talking = Array.from({ length: clients }, () => talk(url, tally, stop.signal));
  const persisting = Array.from({ length: Math.ceil(clients / 5) }, () => persist(url, tally));
  const samples: Sample[] = [];
  const start = performance.now();
  const elapsed = (): number => (performance.now() - start) / 60_000;
  while (elapsed() < minutes) {
    const { length: known } = tally.errors;
    await pass(Math.min(10_000, (minutes * 60_000) / 10));
    for (const error of tally.errors.slice(known)) console.log(`${elapsed().toFixed(1).padStart(6)}: ${error}`);
    const { heap, rss, connections } = await target.ask('usage');
    samples.push({ at: elapsed(), heap: heap / MIB });
    console.log(
      `${elapsed().toFixed(1).padStart(6)} of ${minutes} minutes: ${connections} connections now, ${tally.connections} so far, ` +
        `${tally.reconnections} again; ${tally.messages} messages, ${(tally.bytes / MIB).toFixed(0)} MiB; server ` +
        `${(heap / MIB).toFixed(1)} MiB in use, RSS ${(rss / MIB).toFixed(0)}; ${tally.errors.length} errors`,
    );
  }
  stop.abort();
  for (const each of persisting) each.stop();
  await Promise.all(talking);
  await pass(2_000);
  const after = await target.ask('usage');
  await target.stop();

  const rise = slope(samples.slice(Math.floor(samples.length / 4)));
  const kept = (after.heap - before.heap) / MIB;
  console.log(
    `\nmemory in use: ${rise < 0 ? '' : '+'}${rise.toFixed(2)} MiB a minute under load; ${kept.toFixed(2)} MiB kept at rest`,
  );
  console.log(`left at the server: ${after.connections} connections, ${JSON.stringify(after.resources)}`);
  const faults = [...tally.errors, ...after.uncaught];
  if (kept > NOISE) faults.push(`${kept.toFixed(1)} MiB are in use at rest that were not before`);
  if (rise * 60 > SLOPE_BAR && rise * minutes > NOISE)
    faults.push(`memory rises by ${(rise * 60).toFixed(0)} MiB an hour`);
  if (after.connections > 0) faults.push(`${after.connections} connections are left`);
  for (const [name, count] of Object.entries(after.resources)) {
    const were = before.resources[name] ?? 0;
    if (count > were) faults.push(`left behind: ${count} of ${name}, before it was ${were}`);
  }
  for (const fault of faults.slice(0, 20)) console.log(`FAILED: ${fault}`);
  console.log(faults.length === 0 ? 'nothing was found' : `${faults.length} faults`);
  return faults.length === 0;
}

/** MiB a minute, by the least squares. */
function slope(samples: readonly Sample[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const at = mean(samples.map((sample) => sample.at));
  const heap = mean(samples.map((sample) => sample.heap));
  const above = samples.reduce((sum, each) => sum + (each.at - at) * (each.heap - heap), 0);
  const below = samples.reduce((sum, each) => sum + (each.at - at) ** 2, 0);
  return below === 0 ? 0 : above / below;
}
