/** The README's table of what came of the suite in each runtime. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './programs.ts';

/** How many cases there were, and how many of them passed. */
interface Cell {
  passed: number;
  of: number;
}

const BEGIN = '<!-- what came of the suite: npm run runtimes:table -->\n';
const END = '<!-- end of what came of the suite -->\n';

/** Why a cell has nothing in it, or less than the others. */
const EXPLAINED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'TLS, and its failures': {
    workerd:
      'as a client: the sockets of a Worker have no server of TLS. Of its failures it tells no reason (`unknown`).',
    'web streams, Node 20': 'others bring the streams, and connect.',
    'web streams, Node 26': 'others bring the streams, and connect.',
    'Deno’s `node:`': 'the same code as on Node; Deno’s own is `sansocket/deno`.',
    'Bun’s `node:`': 'the same code as on Node; Bun’s own is `sansocket/bun`.',
  },
  'Unix sockets': {
    workerd: 'a Worker has none.',
    'web streams, Node 20': 'others bring the streams, and connect.',
    'web streams, Node 26': 'others bring the streams, and connect.',
    'Deno’s `node:`': 'the same code as on Node; Deno’s own is `sansocket/deno`.',
    'Bun’s `node:`': 'the same code as on Node; Bun’s own is `sansocket/bun`.',
  },
  'HTTP servers, by `attach`': {
    Deno: 'on an HTTP server, use `sansocket/node`.',
    Bun: 'on an HTTP server, use `sansocket/node`.',
    workerd: 'a Worker has no sockets of HTTP: `serveFetch`.',
    'web streams, Node 20': 'others bring the streams, and connect.',
    'web streams, Node 26': 'others bring the streams, and connect.',
  },
  'wire vectors': {
    'web streams, Node 20': 'run once for each runtime.',
    'web streams, Node 26': 'run once for each runtime.',
    'Deno’s `node:`': 'run once for each runtime.',
    'Bun’s `node:`': 'run once for each runtime.',
  },
};

export class ResultsTable {
  readonly #cells = new Map<string, Map<string, Cell>>();

  /** One case of a row passed, or not, in a runtime. */
  add(row: string, runtime: string, passed: boolean, cases = 1): void {
    const cells = this.#cells.get(row) ?? new Map<string, Cell>();
    this.#cells.set(row, cells);
    const cell = cells.get(runtime) ?? { passed: 0, of: 0 };
    cells.set(runtime, { passed: cell.passed + (passed ? cases : 0), of: cell.of + cases });
  }

  /** The cells that have less than the most in their row, and no explanation. */
  holes(runtimes: readonly string[]): string[] {
    return this.#each(runtimes).flatMap(({ row, runtime, note, isHole }) =>
      isHole && note === undefined ? [`${row}: ${runtime}`] : [],
    );
  }

  /** The table, in Markdown, with its explanations below. */
  render(runtimes: readonly string[]): string {
    const notes: string[] = [];
    const lines = [`| cases that pass | ${runtimes.join(' | ')} |`, `| --- |${' --- |'.repeat(runtimes.length)}`];
    for (const row of this.#cells.keys()) {
      const cells = this.#each(runtimes).filter((each) => each.row === row);
      const texts = cells.map(({ cell, isHole, note }) => {
        // No count of what passes everywhere: it changes with each case, and says nothing of a runtime.
        const text = cell === undefined ? '–' : cell.passed === cell.of ? '✓' : `${cell.passed} of ${cell.of}`;
        if (!isHole || note === undefined) return text;
        if (!notes.includes(note)) notes.push(note);
        return `${text} (${notes.indexOf(note) + 1})`;
      });
      lines.push(`| ${row} | ${texts.join(' | ')} |`);
    }
    return `${lines.join('\n')}\n\n${notes.map((note, i) => `(${i + 1}) ${note}`).join(' ')}\n`;
  }

  #each(runtimes: readonly string[]): {
    row: string;
    runtime: string;
    cell: Cell | undefined;
    note: string | undefined;
    isHole: boolean;
  }[] {
    return [...this.#cells].flatMap(([row, cells]) => {
      const most = Math.max(...[...cells.values()].map(({ passed }) => passed));
      return runtimes.map((runtime) => {
        const cell = cells.get(runtime);
        return {
          row,
          runtime,
          cell,
          note: EXPLAINED[row]?.[runtime],
          isHole: cell === undefined || cell.passed < most,
        };
      });
    });
  }
}

const file = join(root, 'README.md');

/** What stands in the README. */
export function committedTable(): string {
  const text = readFileSync(file, 'utf8');
  return text.slice(text.indexOf(BEGIN) + BEGIN.length, text.indexOf(END));
}

/** Puts `table` into the README. */
export function commitTable(table: string): void {
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.slice(0, text.indexOf(BEGIN) + BEGIN.length) + table + text.slice(text.indexOf(END)));
}
