import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RUNTIMES } from './row.ts';
import { ROWS } from './rows.ts';
import { placesOf, tableDocument, testsByRow } from './table.ts';
import { titlesIn } from './titles.ts';

const root = new URL('../../', import.meta.url);
const tests = testsByRow(root);
const idsOf = (holds: (id: string) => boolean): string[] => ROWS.map(({ id }) => id).filter(holds);
const statusOf = new Map(ROWS.map(({ id, status = 'test' }) => [id, status]));

describe('the table of what must not happen', () => {
  it('has every row once', () => {
    expect(new Set(ROWS.map(({ id }) => id)).size).toBe(ROWS.length);
    const perSection = new Map<string, number[]>();
    for (const { id } of ROWS) {
      const [, letters = '', number] = /^([A-Z]+)(\d+)$/.exec(id) ?? [];
      perSection.set(letters, [...(perSection.get(letters) ?? []), Number(number)]);
    }
    // No number is left out: a row that does not apply says so.
    for (const numbers of perSection.values()) {
      expect(numbers.toSorted((a, b) => a - b)).toEqual(numbers.map((_, i) => i + 1));
    }
    expect(ROWS.length).toBe(353);
  });

  it('has a test for each row that is to have one', () => {
    expect(idsOf((id) => statusOf.get(id) === 'test' && !tests.has(id))).toEqual([]);
  });

  it('gives a reason for each row without one, and a row that does not apply has none', () => {
    const applies = (id: string): boolean => statusOf.get(id) === 'test' || 'skipped' in Object(statusOf.get(id));
    expect(idsOf((id) => !applies(id) && tests.has(id))).toEqual([]);
    for (const { status = 'test' } of ROWS) {
      if (status !== 'test') expect(Object.values(status)).toEqual([expect.stringMatching(/^.{20,}$/)]);
    }
  });

  it('has tests of each row run inside of every runtime, or says why the row does not apply there', () => {
    for (const { id, status = 'test', notIn = {} } of ROWS) {
      const places = status === 'test' ? placesOf(tests.get(id) ?? []) : RUNTIMES;
      expect(Object.keys(notIn), id).toEqual(RUNTIMES.filter((each) => !places.includes(each)));
      for (const reason of Object.values(notIn)) expect(reason, id).toMatch(/^.{20,}$/);
    }
  });

  // Tests that were added since it was written may be missing in it: otherwise each new title would make it stale.
  it('is told by the document, every word of which holds (or run `npm run security:table`)', () => {
    const cells = (text: string): string[][] =>
      text
        .split('\n')
        .filter((line) => /^\| [A-Z]+\d+ \|/.test(line))
        .map((line) => line.split(' | '));
    const actual = cells(readFileSync(new URL('docs/security-table.md', root), 'utf8'));
    const expected = cells(tableDocument(tests));
    expect(actual.map((cell) => cell.slice(0, 3))).toEqual(expected.map((cell) => cell.slice(0, 3)));
    const named = (text = ''): string[] => text.match(/`[^`]+`(?=:)/g) ?? [text];
    for (const [i, cell] of actual.entries()) {
      expect(named(expected[i]?.[3])).toEqual(expect.arrayContaining(named(cell[3])));
    }
  });
});

it.each([
  ["describe('a', () => { it('b', () => { f('no'); }); });", ['a', 'b']],
  ["it.each([['x', { a: 'y' }]])('%s', () => f('no'));", ['x', 'y', '%s']],
  ["test.each<[string, number]>([['x', 1]])('b', (_, c) => 'no');", ['x', 'b']],
  ["it.runIf(here('no'))('a', f);", ['a']],
  ["it(`a 'b'`, f); // it('no')", ["a 'b'"]],
  ["test.each<[string, (a: string) => void]>([['x', f]])('b', f);", ['x', 'b']],
  ["const a = /['(]/; it('b', f)", ['b']],
  ["/* it('no') */ f('no'); submit('no'); it('it\\'s', g);", ["it\\'s"]],
])('the titles in %s are %j', (source, expected) => {
  expect(titlesIn(source)).toEqual(expected);
});
