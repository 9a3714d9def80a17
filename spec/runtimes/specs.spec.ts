/** The specs of the core, of its properties and of all adapters in memory, inside of each runtime. */
import { afterAll, describe, expect, it } from 'vitest';
import type { Outcome } from './inside/run.ts';
import { nextValue, start, startWorker, stopAll, workerConfig } from './processes.ts';
import { BUN, DENO, DENO_FLAGS, NODE_26 } from './programs.ts';
import { bundleSpecs, DIFFERENCES, EXCLUDED, SPEC_FILES } from './spec-files.ts';

afterAll(stopAll);

/** Node 20 is the one that runs all specs as they are. */
const RUNTIMES: readonly (readonly [name: string, run: () => AsyncIterable<Outcome>])[] = [
  ['Node 26', () => inProcess(NODE_26())],
  ['Deno', () => inProcess(DENO(), ['run', ...DENO_FLAGS, '--allow-env', '--v8-flags=--expose-gc'])],
  ['Bun', () => inProcess(BUN(), ['run'])],
  ['workerd', inWorkerd],
];

async function* inProcess(program: string, args: readonly string[] = []): AsyncIterable<Outcome> {
  const child = start(program, [...args, await bundleSpecs('process')]);
  for (let i = 0; i < SPEC_FILES.length; i++) yield (await nextValue(child)) as Outcome;
}

async function* inWorkerd(): AsyncIterable<Outcome> {
  await bundleSpecs('workers');
  const config = workerConfig('specs-workers.mjs', [['http', 'http']], undefined, ['--expose-gc']);
  const { ports } = await startWorker(config, ['http']);
  for (const file of SPEC_FILES) {
    yield (await fetch(`http://127.0.0.1:${ports.get('http')}/${file}`)).json() as Promise<Outcome>;
  }
}

describe.concurrent.each(RUNTIMES)('%s', (name, run) => {
  it('passes every spec that no runtime has a part in', async ({ expect }) => {
    const outcomes: Outcome[] = [];
    for await (const outcome of run()) outcomes.push(outcome);
    expect(outcomes.map(({ file }) => file)).toEqual(SPEC_FILES);
    expect(outcomes.filter(({ passed }) => passed.length === 0)).toEqual([]);
    const differences = Object.keys(DIFFERENCES[name] ?? {});
    const failed = outcomes.flatMap(({ file, failed }) => failed.map((each) => `${file}: ${each}`));
    const isKnown = (failure: string): boolean => differences.some((each) => failure.startsWith(`${each}: `));
    expect(failed.filter((each) => !isKnown(each))).toEqual([]);
    expect(differences.filter((each) => !failed.some((failure) => failure.startsWith(`${each}: `)))).toEqual([]);
    const count = outcomes.reduce((sum, { passed }) => sum + passed.length, 0);
    console.log(`${name}: ${count} tests of ${outcomes.length} specs`);
  }, 200_000);
});

it('gives a reason for whatever does not run inside', () => {
  const reasons = [EXCLUDED, ...Object.values(DIFFERENCES)].flatMap((each) => Object.values(each));
  for (const reason of reasons) expect(reason).toMatch(/^.{20,}$/);
});
