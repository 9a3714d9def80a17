/**
 * The code in documents, as programs that the compiler can judge: whole blocks, and the lines of tables.
 *
 * A table's column "write now" has code between backticks, each of which is a statement. What it may use is said in a
 * comment before the table, `<!-- code … -->`, that holds for the tables behind it, too.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT: URL = new URL('../../', import.meta.url);

export interface Program {
  /** A file name that says where it stands. */
  readonly name: string;
  readonly text: string;
}

/** The documents of users, from the root of the repository. */
export function documents(): string[] {
  const docs = readdirSync(new URL('docs/', ROOT)).filter((file) => file.endsWith('.md'));
  return ['README.md', ...docs.map((file) => `docs/${file}`)];
}

/** One row of a table, by the titles of its columns. */
export type Row = ReadonlyMap<string, string>;

/** The programs of one document. */
export function programsIn(document: string): Program[] {
  const text = readFileSync(new URL(document, ROOT), 'utf8');
  const name = basename(document, '.md').toLowerCase();
  const at = (index: number): number => text.slice(0, index).split('\n').length;
  const blocks = [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(({ index, 1: block = '' }) => ({
    name: `${name}-${at(index)}.ts`,
    text: block,
  }));
  const parts = [...text.matchAll(/^<!-- code\n(.*?)^-->$/gms)];
  const tables = parts.map(({ index, 0: comment, 1: prelude = '' }, i) => ({
    name: `${name}-${at(index)}.ts`,
    text: `${prelude}${statements(text.slice(index + comment.length, parts[i + 1]?.index))}export {};\n`,
  }));
  return [...blocks, ...tables];
}

const statements = (text: string): string =>
  rowsOf(text)
    .flatMap((row) => [...(row.get('write now') ?? '').matchAll(/`([^`]+)`/g)].map(([, code = '']) => code))
    .map((code, i) => `export async function line${i}(): Promise<void> {\n  ${code}\n}\n`)
    .join('');

/** The rows of every table in `text`. */
export function rowsOf(text: string): Row[] {
  const tables = text.match(/(?:^\|.*\|\n)+/gm) ?? [];
  return tables.flatMap((table) => {
    const [head = [], , ...rows] = table.trimEnd().split('\n').map(cells);
    return rows.map((row) => new Map(row.map((cell, i) => [head[i] ?? '', cell])));
  });
}

const cells = (line: string): string[] =>
  line
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));

/**
 * Compiles programs against the sources of the entries, as users have them by their types.
 *
 * @param folder - a name below `dist/`, for one caller at a time.
 * @param more - other files to compile with them, as patterns from the root.
 * @returns what the compiler complains of, line by line; not in the sources, which `tsc -b` judges by what each part may
 *   name.
 */
export async function compile(
  folder: string,
  programs: readonly Program[],
  more: readonly string[] = [],
): Promise<string[]> {
  const place = new URL(`dist/${folder}/`, ROOT);
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  for (const { name, text } of programs) writeFileSync(new URL(name, place), text);
  writeFileSync(new URL('tsconfig.json', place), JSON.stringify(configuration(more)));
  const compiler = fileURLToPath(new URL('node_modules/typescript/bin/tsc', ROOT));
  const output = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, [compiler, '--pretty', 'false', '-p', '.'], { cwd: place }, (error, stdout, stderr) => {
      if (error !== null && stdout === '') reject(new Error(stderr, { cause: error }));
      else resolve(stdout);
    });
  });
  return output.split('\n').filter((line) => /^\S/.test(line) && !/^\.\.\/\.\.\/(core|adapters)\//.test(line));
}

const configuration = (more: readonly string[]): object => ({
  extends: '../../tsconfig.json',
  include: ['*.ts', '../../adapters/runtimes/*.d.ts', ...more.map((pattern) => `../../${pattern}`)],
  references: [],
  compilerOptions: {
    composite: false,
    noEmit: true,
    types: ['node'],
    rootDir: '../..',
    noUnusedLocals: false,
    noUnusedParameters: false,
    paths: Object.fromEntries(Object.entries(entries(ROOT)).map(([name, source]) => [name, [`../../${source}`]])),
  },
});

/** The source of each entry of the package, by the name it is imported by. */
export function entries(root: URL): Readonly<Record<string, string>> {
  const { exports } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
    readonly exports: Readonly<Record<string, { readonly types: string } | string>>;
  };
  return Object.fromEntries(
    Object.entries(exports).flatMap(([path, target]) =>
      typeof target === 'string'
        ? []
        : [[`sansocket${path.slice(1)}`, target.types.replace(/^\.\/dist\/(.*)\.d\.ts$/, '$1.ts')]],
    ),
  );
}
