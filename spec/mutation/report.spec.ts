import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { REASONS, WORDS } from './reasons.ts';
import { page, score, summarize } from './report.ts';

const SOURCE = "if (length === 0) return;\nthrow new Error('no bytes at all');\n";
const mutant = (status: string, line: number, from: number, to: number, mutatorName = 'ConditionalExpression') => ({
  mutatorName,
  replacement: 'false',
  status,
  location: { start: { line, column: from }, end: { line, column: to } },
});
const REPORT = {
  files: {
    'core/messages/made-up.ts': {
      source: SOURCE,
      mutants: [
        mutant('Killed', 1, 5, 17),
        mutant('Timeout', 1, 5, 17),
        mutant('Survived', 1, 5, 17),
        mutant('NoCoverage', 2, 17, 34, 'StringLiteral'),
        mutant('CompileError', 1, 1, 2),
      ],
    },
  },
};

describe('a page about mutants', () => {
  const summary = summarize('messages', REPORT);

  it('counts those that are dead, and those that live', () => {
    expect([summary.killed, summary.all, score(summary)]).toEqual([2, 4, 50]);
    expect(page([summary])).toContain('| core/messages | 4 | 2 | 2 | 50.0 % |\n| all | 4 | 2 | 2 | 50.0 % |');
  });

  it('names each that lives, with the reason why it may', () => {
    const [one, other] = summary.survivors;
    expect(one).toMatchObject({ line: 1, original: 'length === 0', why: undefined });
    expect(other).toMatchObject({ original: "'no bytes at all'", why: WORDS });
    expect(page([summary])).toContain('| messages/made-up.ts:1 | `length === 0` | `false` | no reason yet |');
    expect(page([summary])).toContain(`1 are ${WORDS}.`);
  });
});

it.each(REASONS)('the reason for a mutant of $file is about a line that is there: $line', ({ file, line }) => {
  expect(readFileSync(new URL(`../../core/${file}`, import.meta.url), 'utf8')).toContain(line);
});
