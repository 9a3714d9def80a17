/**
 * Contenders take turns in one run; the fastest round of each counts, and the first is what the others are measured by.
 *
 * Every contender has to have done the same work: each returns a number for it, and what is the same each time and
 * never looked at would be removed by the compiler together with the work.
 */

/** One way to do the work. */
export interface Contender {
  readonly name: string;
  /** Made afresh for each round. */
  setUp(): Work;
}

export interface Work {
  /** Makes ready what `run` uses up; not measured. */
  prepare?(): void;
  /** Does the work once, and returns what shows it was done: the bytes, the messages, the steps. */
  run(): number;
}

export interface Comparison {
  /** How often one `run` does what is to be priced. */
  readonly operations: number;
  /** Bytes of payload of one operation, where a throughput is of interest. */
  readonly bytes?: number;
  /** Milliseconds to measure in one round. Default 100. */
  readonly milliseconds?: number;
}

const ROUNDS = 5;

/**
 * What each contender made last, by its name. Where none of its kind is left at a collection, V8 forgets the shapes of their objects, and
 * with them the code it had optimised for those: after some such rounds half of the speed is gone for good. A server has others.
 */
const living = new Map<string, Work>();

/** Lets the contenders take turns, prints what an operation costs each, and by how much each is faster than the first. */
export async function compare(
  title: string,
  contenders: readonly Contender[],
  { operations, bytes, milliseconds = 100 }: Comparison,
): Promise<void> {
  const fastest = new Map<Contender, number>();
  const results = new Set<number>();
  // The first round only warms up.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const contender of contenders) {
      const { result, time } = await measure(contender, milliseconds);
      results.add(result);
      if (round > 0) fastest.set(contender, Math.min(time, fastest.get(contender) ?? Infinity));
    }
  }
  if (results.size !== 1 || results.has(0)) {
    throw new Error(`${title}: the contenders did not do the same work: ${[...results].join(', ')}`);
  }
  console.log(title);
  const [first] = fastest.values();
  for (const [{ name }, time] of fastest) {
    const nanoseconds = (time * 1e6) / operations;
    const rate = bytes === undefined ? '' : `${((bytes / nanoseconds) * 1_000).toFixed(0)} MB/s`;
    console.log(
      `  ${name.padEnd(34)}${price(nanoseconds).padStart(12)}${rate.padStart(14)}${ratio(first, time).padStart(10)}`,
    );
  }
}

/** How many times faster `time` is than `baseline`. */
export const ratio = (baseline: number | undefined, time: number): string =>
  `${((baseline ?? time) / time).toFixed(2)}x`;

/** Milliseconds that one run of a round takes; a round gives other tasks their turn, as a socket would. */
async function measure(contender: Contender, milliseconds: number): Promise<{ result: number; time: number }> {
  const work = contender.setUp();
  globalThis.gc?.();
  let result: number | undefined;
  let total = 0;
  let runs = 0;
  while (total < milliseconds) {
    work.prepare?.();
    const start = performance.now();
    const done = work.run();
    total += performance.now() - start;
    runs++;
    result ??= done;
    if (done !== result) throw new Error(`${contender.name}: ${done} in one run, ${result} in another`);
    await new Promise(setImmediate);
  }
  living.set(contender.name, work); // not before: what a connection makes for its first message was not there yet at the collection
  return { result: result ?? 0, time: total / runs };
}

function price(nanoseconds: number): string {
  if (nanoseconds < 10_000) return `${nanoseconds.toFixed(0)} ns`;
  return nanoseconds < 1e7 ? `${(nanoseconds / 1e3).toFixed(1)} us` : `${(nanoseconds / 1e6).toFixed(1)} ms`;
}

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
