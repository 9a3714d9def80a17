/** Mutants from the command line. Run: `npm run mutation -- --help`. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { chosen, command } from '../support/command.ts';
import { type MutationReport, page, type Summary, score, summarize } from './report.ts';

const DIRECTORIES = ['framing', 'messages', 'opening', 'extensions'];
const LEAST = 90;

const HELP = `usage: npm run mutation -- [--page] [directory...]

Changes core/ in small ways, one at a time, and runs the specs that cover it: what no spec notices survives. Takes some 20
minutes for each directory (${DIRECTORIES.join(', ')}; all of them unless some are named), and much less when little
has changed since the last time. Writes docs/mutation.md, and mutation/*.html, where each mutant is shown in its source.

  --page    runs none: writes docs/mutation.md of what there is

Fails below ${LEAST} % in a directory, and for a survivor without a reason in spec/mutation/reasons.ts.
`;

await command(HELP, { page: { type: 'boolean' } }, ({ page: onlyPage = false }, names) => {
  const directories = chosen(names, DIRECTORIES);
  for (const directory of onlyPage ? [] : directories) run(directory);
  if (process.exitCode === undefined) report();
});

function run(directory: string): void {
  if (process.exitCode !== undefined) return;
  console.log(`core/${directory}`);
  const env = { ...process.env, MUTATED_DIRECTORY: directory };
  const { status } = spawnSync('npx', ['stryker', 'run', 'spec/mutation/stryker.config.mjs'], {
    stdio: 'inherit',
    env,
  });
  if (status !== 0) process.exitCode = 1;
}

function report(): void {
  const summaries: Summary[] = [];
  for (const directory of DIRECTORIES) {
    const file = `mutation/${directory}.json`;
    if (!existsSync(file)) {
      console.error(`there is no ${file} yet: docs/mutation.md is left as it is`);
      process.exitCode = 1;
      return;
    }
    summaries.push(summarize(directory, JSON.parse(readFileSync(file, 'utf8')) as MutationReport));
  }
  writeFileSync('docs/mutation.md', page(summaries));
  for (const each of summaries) {
    const lost = each.survivors.filter(({ why }) => why === undefined);
    console.log(
      `core/${each.directory}: ${each.killed} of ${each.all}, ${score(each).toFixed(1)} %; without a reason: ${lost.length}`,
    );
    for (const { file, line, original, replacement } of lost)
      console.log(`  ${file}:${line}  ${original}  =>  ${replacement}`);
    if (score(each) < LEAST || lost.length > 0) process.exitCode = 1;
  }
}
