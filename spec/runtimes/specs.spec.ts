/** The specs of the core, of its properties and of all adapters in memory, inside of each runtime. */
import { afterAll, describe, expect, it } from 'vitest';
import { bundleSpecs } from './bundle-specs.ts';
import type { Outcome } from './inside/run.ts';
import { nextValue, start, startWorker, stopAll, workerConfig } from './processes.ts';
import { BUN, DENO, NODE_26 } from './programs.ts';
import { DIFFERENCES, EXCLUDED, GIVEN, type Given } from './spec-files.ts';

afterAll(stopAll);

/** Who weighs memory collects garbage first, and asks V8 where nobody else tells. */
const V8_FLAGS: readonly string[] = ['--expose-gc', '--track-gc-object-stats'];

/** Node 20 is the one that runs all specs as they are. */
const RUNTIMES: readonly (readonly [name: string, given: Given, run: () => AsyncIterable<Outcome>])[] = [
  ['Node 26', GIVEN.node, () => inProcess('node', NODE_26())],
  ['Deno', GIVEN.deno, () => inProcess('deno', DENO(), ['run', '--no-check', '--allow-all', '--v8-flags=--expose-gc'])],
  ['Bun', GIVEN.bun, () => inProcess('bun', BUN(), ['run'])],
  ['workerd', GIVEN.workerd, inWorkerd],
];

async function* inProcess(
  name: 'node' | 'deno' | 'bun',
  program: string,
  args: readonly string[] = [],
): AsyncIterable<Outcome> {
  const child = start(program, [...args, await bundleSpecs(name, GIVEN[name])]);
  for (let i = 0; i < GIVEN[name].files.length; i++) yield (await nextValue(child)) as Outcome;
}

async function* inWorkerd(): AsyncIterable<Outcome> {
  await bundleSpecs('workerd', GIVEN.workerd);
  const config = workerConfig('specs-workerd.mjs', [['http', 'http']], undefined, V8_FLAGS);
  const { ports } = await startWorker(config, ['http']);
  for (const file of GIVEN.workerd.files) {
    yield (await fetch(`http://127.0.0.1:${ports.get('http')}/${file}`)).json() as Promise<Outcome>;
  }
}

describe.concurrent.each(RUNTIMES)('%s', (name, { files }, run) => {
  it('passes the specs that it is given', async ({ expect }) => {
    const outcomes: Outcome[] = [];
    for await (const outcome of run()) outcomes.push(outcome);
    expect(outcomes.map(({ file }) => file)).toEqual(files);
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
