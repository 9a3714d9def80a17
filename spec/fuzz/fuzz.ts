/** Looks for inputs that run what none has run, and keeps them; and for those that come to no documented end. */
import { Random } from '../simulation/random.ts';
import { Coverage } from './coverage.ts';
import { mutate } from './mutate.ts';
import { latin1, type Target } from './target.ts';

export interface Found {
  /** Inputs each of which ran something that those before it did not; those given, and the seeds, first. */
  readonly corpus: Uint8Array[];
  readonly crash: { readonly input: Uint8Array; readonly error: unknown } | undefined;
}

export interface Progress {
  readonly runs: number;
  readonly inputs: number;
  readonly outcomes: number;
  readonly characters: number;
}

/** Inputs that are run before coverage is read. */
const BATCH = 128;

/**
 * @param until - whether to stop; asked between batches, and told how far it is.
 */
export function fuzz(
  target: Target,
  given: readonly Uint8Array[],
  seed: bigint,
  until: (progress: Progress) => boolean,
): Found {
  const random = new Random(seed);
  const words = target.words.map(latin1);
  const coverage = new Coverage(target.scripts);
  const outcomes = new Set<string>();
  const corpus: Uint8Array[] = [];
  let runs = 0;
  let crash: Found['crash'];

  const run = (input: Uint8Array): boolean => {
    runs++;
    let isNew = false;
    for (const name of target.run(input.slice())) {
      if (outcomes.size > 5_000 || outcomes.has(name)) continue;
      outcomes.add(name);
      isNew = true;
    }
    return isNew;
  };
  /** Runs inputs, and keeps those that are the first to do something. */
  const runAll = (inputs: readonly Uint8Array[]): void => {
    for (const input of inputs) {
      try {
        if (run(input)) keep(input);
      } catch (error) {
        crash = { input, error };
        return;
      }
    }
    if (coverage.read(false)) search(inputs);
  };
  const keep = (input: Uint8Array): void => {
    corpus.push(input);
  };
  /** Halves inputs until the first of them that runs something new is found; then goes on with the others. */
  const search = (inputs: readonly Uint8Array[]): void => {
    const [only] = inputs;
    if (only === undefined) return;
    for (const input of inputs) run(input);
    if (inputs.length === 1) {
      if (coverage.read(true) && !corpus.includes(only)) keep(only);
      return;
    }
    if (!coverage.read(false)) return;
    const middle = inputs.length >> 1;
    search(inputs.slice(0, middle));
    search(inputs.slice(middle));
  };

  for (const input of [...given, ...target.seeds]) {
    if (crash === undefined) runAll([input]);
  }
  if (corpus.length === 0) corpus.push(new Uint8Array(0));
  while (
    crash === undefined &&
    !until({ runs, inputs: corpus.length, outcomes: outcomes.size, characters: coverage.covered })
  ) {
    runAll(Array.from({ length: BATCH }, () => mutate(random, corpus, words)));
  }
  coverage.close();
  return { corpus, crash };
}
