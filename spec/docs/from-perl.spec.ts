import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { titles } from '../security/titles.ts';
import { PERL_ROWS } from './perl-rows.ts';
import { ROOT, type Row, rowsOf } from './snippets.ts';

const told = rowsOf(readFileSync(new URL('docs/from-perl.md', ROOT), 'utf8'));
const rows = new Map(told.map((row): [string, Row] => [row.get('#') ?? '', row]));

it('the document tells each ability once, and no other', () => {
  expect(told.map((row) => row.get('#'))).toEqual(Object.keys(PERL_ROWS));
});

it.each(Object.entries(PERL_ROWS))('%s, %s: is held by tests that exist, or says why it is not ported', (id, there) => {
  const row = rows.get(id);
  expect(row?.get('there')).toBe(there);
  const now = row?.get('write now') ?? '';
  const held = row?.get('held by') ?? '';
  if (held === '–') {
    expect(now).toMatch(/^Not ported: .{20,}/);
    return;
  }
  for (const each of held.split('<br>')) {
    const [, path = '', title = ''] = /^`([^`]+)` (.+)$/.exec(each) ?? [];
    const file = `spec/${path}.spec.ts`;
    expect(existsSync(new URL(file, ROOT)), file).toBe(true);
    const known = titles(ROOT, [file]).filter((known) => known.file === file);
    expect(known.map(({ text }) => withoutIds(text))).toContain(withoutIds(title));
  }
});

/** A title without the rows of `docs/security-table.md` and the clauses that it names: they come and go. */
const withoutIds = (title: string): string =>
  title.replace(/^(?:[A-Z]{1,2}\d+(?:–\d+)?(?:, |: | ))+|(?: \([^()]*\))+$/g, '');
