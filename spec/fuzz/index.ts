/** Fuzzing from the command line. Run: `npm run fuzz -- --help`. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { addToCorpus, readCorpus, replaceCorpus, TARGETS } from './corpus.ts';
import { fuzz, type Progress } from './fuzz.ts';

const { values } = parseArgs({
  options: {
    target: { type: 'string' },
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string' },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

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
const names = values.target === undefined ? Object.keys(TARGETS) : [values.target];
const seconds = Number(values.seconds);
const unknown = names.filter((name) => !Object.hasOwn(TARGETS, name));
if (values.help) console.log(HELP);
else if (unknown.length > 0 || !(seconds > 0)) {
  console.error(
    unknown.length > 0 ? `no such target: ${unknown.join()}\n` : `no number of seconds: ${values.seconds}\n`,
  );
  console.log(HELP);
  process.exitCode = 2;
} else for (const name of names) run(name);

function run(name: string): void {
  const target = TARGETS[name];
  if (target === undefined) return;
  const given = readCorpus(folder, name).map(([, input]) => input);
  const seed = BigInt(values.seed ?? Date.now());
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
  } else if (values.keep) {
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
