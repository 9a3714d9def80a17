/** A client and a server over a network that may do anything: `npm run simulate` runs more seeds. */
import { describe, expect, it } from 'vitest';
import { Random } from './random.ts';
import { SABOTAGES } from './sabotage.ts';
import { simulate } from './simulate.ts';

const SEEDS = 2_000;
/** How many seeds may pass before harm is found. */
const PATIENCE = 400;

it(`holds for ${SEEDS} seeds`, { timeout: 120_000 }, async () => {
  let clean = 0;
  let messages = 0;
  for (let seed = 0n; seed < SEEDS; seed++) {
    const outcome = await simulate(seed);
    expect(outcome.faults, `npm run simulate -- --seed ${seed}`).toEqual([]);
    if (outcome.clean) clean++;
    messages += outcome.messages;
  }
  // It is no simulation where all goes well, nor one where nothing does.
  expect(clean / SEEDS).toBeGreaterThan(0.2);
  expect(clean / SEEDS).toBeLessThan(0.8);
  expect(messages / SEEDS).toBeGreaterThan(3);
});

it('is the same for the same seed', async () => {
  for (const seed of [3n, 0xfedc_ba98_7654_3210n]) {
    const [one, other] = [await simulate(seed, true), await simulate(seed, true)];
    expect(other.story).toEqual(one.story);
    expect(one.story.length).toBeGreaterThan(5);
  }
});

describe('finds that', () => {
  it.each(Object.entries(SABOTAGES))('%s', async (_name, { sabotage, found }) => {
    let faults: readonly string[] = [];
    for (let seed = 0n; seed < PATIENCE && faults.length === 0; seed++)
      faults = (await simulate(seed, false, sabotage)).faults;
    expect(faults.join('\n')).toMatch(found);
  });
});

it('draws numbers that differ from seed to seed, and lie where they are asked for', () => {
  const first = new Random(1n);
  const second = new Random(1n << 32n);
  expect([first.next(), first.next()]).not.toEqual([second.next(), second.next()]);
  const numbers = Array.from({ length: 1_000 }, () => first.between(3, 5));
  expect(new Set(numbers)).toEqual(new Set([3, 4, 5]));
});
