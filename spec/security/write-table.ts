/** Writes `docs/security-table.md`. Run: `npm run security:table`. */
import { writeFileSync } from 'node:fs';
import { tableDocument, testsByRow } from './table.ts';

const USAGE = `usage: npm run security:table [-- --help]

Writes docs/security-table.md: every row of spec/security, with the tests whose titles have its id.`;

if (process.argv.length > 2) {
  console.log(USAGE);
  process.exitCode = process.argv.slice(2).some((each) => each === '--help' || each === '-h') ? 0 : 2;
} else {
  const root = new URL('../../../', import.meta.url);
  const file = 'docs/security-table.md';
  writeFileSync(new URL(file, root), tableDocument(testsByRow(root)));
  console.log(`wrote ${file}`);
}
