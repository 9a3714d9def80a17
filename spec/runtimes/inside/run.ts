/** Runs specs inside of whatever runtime this is, one file after another. */
import { type File, startTests, type Task, type VitestRunner } from '@vitest/runner';
import { getNames, getTests } from '@vitest/runner/utils';
import fc from 'fast-check';

// Node runs each property in full; the question here is whether a runtime is different.
fc.configureGlobal({ numRuns: 25 });

/** What came of one spec: its tests by their whole titles, and what was wrong. */
export interface Outcome {
  readonly file: string;
  readonly passed: readonly string[];
  readonly failed: readonly string[];
}

/** The specs of a bundle by their paths from the root of the repository. */
export type Specs = Readonly<Record<string, () => Promise<unknown>>>;

/** Runs one spec. */
export async function runSpec(specs: Specs, file: string): Promise<Outcome> {
  const runner: VitestRunner = { config: CONFIG, importFile: (path) => specs[path]?.() };
  const files = await startTests([file], runner);
  const tests = getTests(files);
  const titleOf = (task: Task): string => getNames(task).slice(1).join(' > ');
  const failed = tests.filter(({ result }) => result?.state !== 'pass');
  return {
    file,
    passed: tests.filter(({ result }) => result?.state === 'pass').map(titleOf),
    failed: [
      ...files.flatMap((each: File) => errorsOf(each)),
      ...failed.map((test) => [titleOf(test), ...errorsOf(test)].join(': ')),
    ],
  };
}

const errorsOf = ({ result }: Task): string[] =>
  (result?.errors ?? []).map(({ message, diff, stack }) => [message, diff, stack].join('\n').slice(0, 2_000));

const CONFIG: VitestRunner['config'] = {
  root: '',
  setupFiles: [],
  name: undefined,
  passWithNoTests: false,
  testNamePattern: undefined,
  allowOnly: false,
  sequence: { seed: 1, hooks: 'stack', setupFiles: 'list' },
  chaiConfig: undefined,
  maxConcurrency: 5,
  testTimeout: 20_000,
  hookTimeout: 30_000,
  retry: 0,
  includeTaskLocation: false,
  tags: [],
  tagsFilter: undefined,
  strictTags: false,
};
