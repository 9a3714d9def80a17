/** What fuzzing has found is run again with every test; and that fuzzing finds, is tried with a target that has a fault. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCorpus, TARGETS } from './corpus.ts';
import { fuzz } from './fuzz.ts';
import { latin1, type Target } from './target.ts';

describe.each(Object.entries(TARGETS))('every input of the corpus of "%s"', (name, target) => {
  it('comes to a documented end', () => {
    const inputs = [
      ...readCorpus(join(import.meta.dirname, 'corpus'), name),
      ...target.seeds.map((input) => ['', input] as const),
    ];
    expect(inputs.length).toBeGreaterThan(target.seeds.length);
    for (const [file, input] of inputs) {
      try {
        expect([...target.run(input)].length).toBeGreaterThan(0);
      } catch (error) {
        throw new Error(`spec/fuzz/corpus/${name}/${file}`, { cause: error });
      }
    }
  });
});

it('finds a fault that lies behind three others, byte by byte', () => {
  const target: Target = {
    what: 'a lock',
    scripts: /fuzz\.spec/,
    words: [],
    seeds: [latin1('aaaa')],
    run(input) {
      let depth = 0;
      for (const [i, byte] of [...latin1('lock')].entries()) {
        if (input[i] !== byte) break;
        depth++;
      }
      if (depth === 4) throw new Error('opened');
      return [`depth ${depth}`];
    },
  };
  let rounds = 0;
  const { crash } = fuzz(target, [], 1n, () => rounds++ > 2_000);
  expect(String(crash?.error)).toBe('Error: opened');
  expect(crash?.input.subarray(0, 4)).toEqual(latin1('lock'));
});
