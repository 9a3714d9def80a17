/** A process, from import to the first echo: ours and `ws` in turn. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median, ratio } from './harness.ts';

const RUNS = 15;
const NAMES = ['ws', 'sansocket'];

const program = fileURLToPath(new URL('./contenders/first-echo.js', import.meta.url));
const times = new Map<string, number[]>(NAMES.map((name) => [name, []]));
for (let run = 0; run <= RUNS; run++) {
  for (const [name, all] of times) {
    const time = Number(execFileSync(process.execPath, [program, name], { encoding: 'utf8' }));
    if (run > 0) all.push(time); // the first one only warms the disk's cache
  }
}
console.log(`import to first echo, median of ${RUNS} processes`);
const baseline = median(times.get('ws') ?? []);
for (const [name, all] of times) {
  const value = `${median(all).toFixed(1)} ms (${Math.min(...all).toFixed(1)} to ${Math.max(...all).toFixed(1)})`;
  console.log(`  ${name.padEnd(20)}${value.padStart(26)}${ratio(median(all), baseline).padStart(10)} of ws`);
}
