/** Simulations from the command line. Run: `npm run simulate -- --help`. */
import { inspect } from 'node:util';
import { chosen, command, seedOf, count as whole } from '../support/command.ts';
import { simulate } from './simulate.ts';

const HELP = `usage: npm run simulate -- [--seeds N] [--seed S | --random]

Runs a client and a server, made up from a seed of 64 bits, over a network that may do anything, and judges what
comes of it. The same seed is the same run.

  --seeds N   how many seeds to run, one after another; 1,000 unless --seed is given
  --seed S    the first of them; 0 unless given. Alone, it replays this seed, and tells what happens
  --random    begins at a seed that nobody knows before
`;

let current = 0n;
process.on('unhandledRejection', (error) => {
  console.error(`seed ${current}: a promise rejected, and nobody was there:`, error);
  replay(current);
  process.exit(1);
});

const OPTIONS = { seeds: { type: 'string' }, seed: { type: 'string' }, random: { type: 'boolean' } } as const;
await command(HELP, OPTIONS, async ({ seeds, seed, random }, names) => {
  chosen(names, []);
  const [chance = 0n] = new BigUint64Array(crypto.getRandomValues(new Uint8Array(8)).buffer);
  const first = random ? chance : seedOf(seed ?? '0');
  if (seed !== undefined && seeds === undefined) await tell(first);
  else await runMany(first, whole('seeds', seeds ?? '1000'));
});

async function runMany(first: bigint, count: number): Promise<void> {
  current = first;
  console.log(`${count} seeds from ${current} on`);
  const started = performance.now();
  let shown = started;
  let messages = 0;
  let clean = 0;
  for (let done = 1; done <= count; done++) {
    const outcome = await simulate(current);
    if (outcome.faults.length > 0) {
      console.error(`seed ${current} fails:\n  ${outcome.faults.join('\n  ')}`);
      replay(current);
      process.exitCode = 1;
      return;
    }
    messages += outcome.messages;
    if (outcome.clean) clean++;
    current = BigInt.asUintN(64, current + 1n);
    const now = performance.now();
    if (now - shown < 2_000 && done < count) continue;
    shown = now;
    const rate = (done / (now - started)) * 1_000;
    console.log(
      `${done} of ${count}, ${Math.round(rate)} a second; ${messages} messages came, ${clean} connections ended clean`,
    );
  }
}

async function tell(seed: bigint): Promise<void> {
  current = seed;
  const { plan, story, faults } = await simulate(seed, true);
  console.log(inspect(plan, { depth: 6 }));
  console.log(story.join('\n'));
  console.log(faults.length === 0 ? 'All held.' : `What did not hold:\n  ${faults.join('\n  ')}`);
  if (faults.length > 0) process.exitCode = 1;
}

function replay(seed: bigint): void {
  console.error(`Replay it: npm run simulate -- --seed ${seed}`);
}
