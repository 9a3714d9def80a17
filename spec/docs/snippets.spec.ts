import { beforeAll, describe, expect, it } from 'vitest';
import { compile, documents, programsIn, rowsOf } from './snippets.ts';

const all = documents().map((document) => ({ document, programs: programsIn(document) }));
let complaints: readonly string[];

beforeAll(async () => {
  complaints = await compile(
    'snippets',
    all.flatMap(({ programs }) => programs),
    ['docs/examples/*.ts', 'spec/public-types.spec.ts'],
  );
}, 120_000);

describe('the code in', () => {
  it.each(all)('$document is compiled, every line', ({ programs }) => {
    const names = programs.map(({ name }) => name);
    expect(complaints.filter((line) => names.includes(line.slice(0, line.indexOf('('))))).toEqual([]);
  });

  it('docs/examples and spec/public-types.spec.ts are compiled, and nothing else is wrong', () => {
    expect(complaints).toEqual([]);
  });
});

it('a line that is wrong is complained of', async () => {
  const [complaint] = await compile('snippet-that-is-wrong', [
    { name: 'a.ts', text: "import { serve } from 'sansocket/node';\nawait serve({ port: 'x' });\n" },
  ]);
  expect(complaint).toMatch(/^a\.ts\(2,15\): error TS2322/);
}, 120_000);

it('the rows of a table are its cells by the titles of their columns', () => {
  expect(rowsOf('| a | write now |\n| --- | --- |\n| b | `c \\| d` |\n\ntext\n')).toEqual([
    new Map([
      ['a', 'b'],
      ['write now', '`c | d`'],
    ]),
  ]);
});
