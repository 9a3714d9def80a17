/**
 * A process that opens pages as a browser does, a few at a time, and prints how each went, a line of JSON for each.
 * It is given the pages as JSON on its standard input.
 */
import { Worker } from 'node:worker_threads';
import type { Outcome, PageStart } from './page.ts';

/** How a page went. */
export interface Report {
  readonly page: string;
  readonly outcomes: readonly Outcome[];
  /** Why the page ended before its tests were complete, if it did. */
  readonly broken?: string | undefined;
}

const AT_ONCE = 6;
/** As a browser's runner has it, and more, for a machine that is busy. */
const LIMIT = 30_000;
const LONG_LIMIT = 120_000;

let input = '';
for await (const chunk of process.stdin) input += String(chunk);
const waiting: PageStart[] = JSON.parse(input);

await Promise.all(Array.from({ length: AT_ONCE }, work));
process.exit(0);

async function work(): Promise<void> {
  for (let start = waiting.shift(); start !== undefined; start = waiting.shift()) {
    console.log(JSON.stringify(await open(start)));
  }
}

function open(start: PageStart): Promise<Report> {
  const { name, long } = start.page;
  const worker = new Worker(new URL('./page.js', import.meta.url), { workerData: start, stderr: true });
  return new Promise<Report>((resolve) => {
    const broken = (why: string): void => resolve({ page: name, outcomes: [], broken: why });
    const timer = setTimeout(() => broken('it took too long'), long ? LONG_LIMIT : LIMIT);
    worker.once('message', (outcomes: readonly Outcome[]) => resolve({ page: name, outcomes }));
    worker.once('error', (error) => broken(`${error.name}: ${error.message}`));
    worker.once('exit', () => broken('it ended by itself'));
    worker.once('exit', () => clearTimeout(timer));
  }).finally(() => worker.terminate());
}
