/** Writes the API reference, `docs/api/`. Run: `npm run docs`. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { pagesOf } from './pages.ts';
import { readEntries, readExamples } from './reference.ts';

const USAGE = `usage: npm run docs [-- --help]

Writes docs/api/: a page for each entry of the package, from the docstrings and the programs of docs/examples/.`;

if (process.argv.length > 2) {
  console.log(USAGE);
  process.exitCode = process.argv.slice(2).some((each) => each === '--help' || each === '-h') ? 0 : 2;
} else {
  const root = new URL('../../../', import.meta.url);
  const folder = new URL('docs/api/', root);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { file, text } of pagesOf(readEntries(root), readExamples(root))) {
    writeFileSync(new URL(file, folder), text);
    console.log(`wrote docs/api/${file}`);
  }
}
