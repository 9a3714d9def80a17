/** Fuzzing from the command line. Run: `npm run fuzz -- --help`. */
import { join } from 'node:path';
import { chosen, command, count, seedOf } from '../support/command.ts';
import { addToCorpus, readCorpus, replaceCorpus, TARGETS } from './corpus.ts';
import { fuzz, type Progress } from './fuzz.ts';

const HELP = `usage: npm run fuzz -- [--target T] [--seconds N] [--seed S] [--keep]

Makes inputs of those in spec/fuzz/corpus/, guided by which of our source has run, and looks for one that comes to no
documented end. Such an input is written into the corpus, where npm test runs it from then on.

  --target T    one of these; all of them, one after another, unless given:
${Object.entries(TARGETS)
  .map(([name, { what }]) => `                  ${name.padEnd(12)}${what}`)
  .join('\n')}
  --seconds N   how long for each target; 60 unless given
  --seed S      of what chance there is; the time unless given
  --keep        makes the corpus of what runs something that nothing shorter runs
`;

const folder = join(process.cwd(), 'spec/fuzz/corpus');
const OPTIONS = {
  target: { type: 'string', multiple: true },
  seconds: { type: 'string' },
  seed: { type: 'string' },
  keep: { type: 'boolean' },
} as const;
await command(HELP, OPTIONS, ({ target = [], seconds = '60', seed = `${Date.now()}`, keep = false }, names) => {
  for (const name of chosen([...target, ...names], Object.keys(TARGETS)))
    run(name, count('seconds', seconds), seedOf(seed), keep);
});

function run(name: string, seconds: number, seed: bigint, keep: boolean): void {
  const target = TARGETS[name];
  if (target === undefined) return;
  const given = readCorpus(folder, name).map(([, input]) => input);
  console.log(`${name}: ${given.length} inputs in the corpus, seed ${seed}`);
  const started = performance.now();
  let shown = started;
  const { corpus, crash } = fuzz(target, given, seed, (progress) => {
    const now = performance.now();
    const over = now - started > seconds * 1_000;
    if (over || now - shown > 5_000) {
      shown = now;
      tell(name, progress, (now - started) / 1_000);
    }
    return over;
  });
  if (crash !== undefined) {
    const file = addToCorpus(folder, name, crash.input, true);
    console.error(`${name}: spec/fuzz/corpus/${name}/${file} comes to no documented end:`, crash.error);
    process.exitCode = 1;
  } else if (keep) {
    // The short ones first: what they do, no longer one is needed for.
    const sorted = [...corpus].sort((a, b) => a.length - b.length);
    const least = fuzz(target, sorted, seed, () => true).corpus;
    replaceCorpus(folder, name, least);
    console.log(`${name}: ${least.length} inputs are in the corpus now`);
  }
}

function tell(name: string, { runs, inputs, outcomes, characters }: Progress, seconds: number): void {
  console.log(
    `${name}: ${seconds.toFixed(0)} s, ${runs} runs (${Math.round(runs / seconds)} a second), ${inputs} inputs, ${outcomes} outcomes, ${characters} characters of source`,
  );
}
