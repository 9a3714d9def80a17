/** What became of mutants, as a page: scores, and each survivor with the reason why it may. */
import { REASONS, WORDS } from './reasons.ts';

interface Place {
  readonly line: number;
  readonly column: number;
}

interface Mutant {
  readonly mutatorName: string;
  readonly replacement?: string;
  readonly status: string;
  readonly location: { readonly start: Place; readonly end: Place };
}

/** What Stryker's reporter `json` writes, as far as it is used. */
export interface MutationReport {
  readonly files: Readonly<Record<string, { readonly source: string; readonly mutants: readonly Mutant[] }>>;
}

interface Survivor {
  readonly file: string;
  readonly line: number;
  readonly original: string;
  readonly replacement: string;
  readonly why: string | undefined;
}

export interface Summary {
  readonly directory: string;
  readonly killed: number;
  readonly all: number;
  readonly survivors: readonly Survivor[];
}

const DEAD = ['Killed', 'Timeout'];
const ALIVE = ['Survived', 'NoCoverage'];

export function summarize(directory: string, { files }: MutationReport): Summary {
  let killed = 0;
  const survivors: Survivor[] = [];
  for (const [file, { source, mutants }] of Object.entries(files)) {
    const lines = source.split('\n');
    for (const mutant of mutants) {
      if (DEAD.includes(mutant.status)) killed++;
      else if (ALIVE.includes(mutant.status)) survivors.push(describe(file, lines, mutant));
    }
  }
  return { directory, killed, all: killed + survivors.length, survivors };
}

function describe(
  file: string,
  lines: readonly string[],
  { location, replacement = '', mutatorName }: Mutant,
): Survivor {
  const { start, end } = location;
  const line = lines[start.line - 1] ?? '';
  const original =
    start.line === end.line ? line.slice(start.column - 1, end.column - 1) : `${line.slice(start.column - 1)} …`;
  const known = REASONS.find((reason) => file === `core/${reason.file}` && line.includes(reason.line));
  // What is thrown in words has two at least.
  const words = mutatorName === 'StringLiteral' && / /.test(original) ? WORDS : undefined;
  return { file, line: start.line, original, replacement: replacement.replace(/\s+/g, ' '), why: known?.why ?? words };
}

export const score = ({ killed, all }: Pick<Summary, 'killed' | 'all'>): number => (100 * killed) / Math.max(1, all);

/** The page docs/mutation.md. */
export function page(summaries: readonly Summary[]): string {
  const total = summaries.reduce((sum, { killed, all }) => ({ killed: sum.killed + killed, all: sum.all + all }), {
    killed: 0,
    all: 0,
  });
  const row = (name: string, each: Pick<Summary, 'killed' | 'all'>): string =>
    `| ${name} | ${each.all} | ${each.killed} | ${each.all - each.killed} | ${score(each).toFixed(1)} % |`;
  return [
    '# Mutants',
    '',
    'Written by `npm run mutation`, which changes the source in small ways, one at a time, and runs the specs of the directory: a change that no',
    'spec notices survives. Those that run for ever count as killed.',
    '',
    '| directory | mutants | killed | survived | score |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...summaries.map((each) => row(`core/${each.directory}`, each)),
    row('all', total),
    '',
    ...summaries.flatMap((each) => [`## core/${each.directory}`, '', ...table(each.survivors), '']),
  ].join('\n');
}

function table(survivors: readonly Survivor[]): string[] {
  const words = survivors.filter(({ why }) => why === WORDS).length;
  const others = survivors.filter(({ why }) => why !== WORDS);
  return [
    `${words} are ${WORDS}.`,
    '',
    ...(others.length === 0 ? [] : ['| where | what | becomes | why it may live |', '| --- | --- | --- | --- |']),
    ...others.map(
      ({ file, line, original, replacement, why }) =>
        `| ${file.replace(/^core\//, '')}:${line} | ${code(original)} | ${code(replacement)} | ${why ?? 'no reason yet'} |`,
    ),
  ];
}

const code = (text: string): string => {
  const short = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return `\`${short.replaceAll('`', '´').replaceAll('|', '\\|') || ' '}\``;
};
