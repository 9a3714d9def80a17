/** Runs the suite in every runtime, and writes what came of it into the README. Run: `npm run runtimes:table`. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './programs.ts';

if (process.argv.length > 2) {
  console.log(
    'usage: npm run runtimes:table\n\nRuns the suite in every runtime (2 minutes), and writes its table into README.md.',
  );
  if (!['--help', '-h'].includes(process.argv[2] ?? '')) process.exitCode = 2;
} else {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const args = [vitest, 'run', '--project', 'runtimes', 'spec/runtimes/conformance.spec.ts'];
  const env = { ...process.env, WRITE_TABLE: '1' };
  process.exitCode = spawnSync(process.execPath, args, { cwd: root, env, stdio: 'inherit' }).status ?? 1;
}
