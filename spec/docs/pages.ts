/** The API reference as Markdown: a page for each entry, with the programs that show its names. */
import { type Declaration, type Doc, type Entry, type Example, examplesOf, type PublicName } from './reference.ts';

export interface Page {
  /** Its file name. */
  readonly file: string;
  readonly text: string;
}

export function pagesOf(entries: readonly Entry[], examples: readonly Example[]): Page[] {
  return [indexOf(entries), ...entries.map((entry) => pageOf(entry, entries, examples))];
}

function indexOf(entries: readonly Entry[]): Page {
  const lines = entries.map((entry) => `| [\`${entry.name}\`](${fileOf(entry.name)}) | ${firstSentence(entry.doc)} |`);
  return {
    file: 'README.md',
    text: ['# API reference', '', '| entry | what it is |', '| --- | --- |', ...lines, ''].join('\n'),
  };
}

const fileOf = (entry: string): string => `${entry.replace(/^sansocket\//, '')}.md`;

function pageOf(entry: Entry, entries: readonly Entry[], examples: readonly Example[]): Page {
  const shown = examples.filter(({ shows }) => shows.has(entry.name));
  const link = (example: Example): string => {
    const page = shown.includes(example) ? '' : fileOf([...example.shows.keys()][0] ?? '');
    return `[${titleOf(example)}](${page}#${anchorOf(example)})`;
  };
  const names = entry.names.flatMap((name) => [
    `## ${name.name}`,
    ...name.declarations.flatMap(declarationOf),
    `Shown by ${examplesOf(entry, name, entries, examples).slice(0, 3).map(link).join(', ')}.`,
  ]);
  const programs = shown.flatMap((example) => [`## Example: ${titleOf(example)}`, example.text, fence(example.code)]);
  const index = entry.names.map((name) => `| [${name.name}](#${name.name.toLowerCase()}) | ${summaryOf(name)} |`);
  const parts = [
    `# ${entry.name}`,
    entry.doc?.text ?? '',
    ['| name | what it is |', '| --- | --- |', ...index].join('\n'),
    ...names,
    ...programs,
  ];
  return { file: fileOf(entry.name), text: `${parts.filter((part) => part !== '').join('\n\n')}\n` };
}

const titleOf = ({ name }: Example): string => name.replaceAll('-', ' ');
const anchorOf = ({ name }: Example): string => `example-${name}`;
const fence = (code: string): string => `\`\`\`ts\n${code}\n\`\`\``;
const oneLine = (code: string): string =>
  code
    .replace(/\s+/g, ' ')
    .replace(/, (?=[)}])/g, ' ')
    .replaceAll('( ', '(')
    .replaceAll(' )', ')');

const firstSentence = (doc: Doc | undefined): string =>
  (/^.*?\.(?=\s|$)/s.exec(doc?.text ?? '')?.[0] ?? doc?.text ?? '').replace(/\s+/g, ' ').replaceAll('|', '\\|');

const summaryOf = ({ declarations }: PublicName): string =>
  firstSentence(declarations.find(({ doc }) => doc !== undefined)?.doc);

function declarationOf({ signature, doc, members, parts }: Declaration): string[] {
  return [fence(signature), ...docLines(doc), members.map(memberLine).join('\n'), ...parts.flatMap(declarationOf)];
}

const memberLine = ({ signature, doc }: Declaration['members'][number]): string =>
  [`- \`${oneLine(signature)}\``, ...docLines(doc)].join('\n\n').replaceAll('\n', '\n  ').replace(/ +$/gm, '');

function docLines(doc: Doc | undefined): string[] {
  if (doc === undefined) return [];
  const tags = doc.tags.map(({ tag, text }) => {
    if (tag === 'param') return `- \`${text.replace(/^(\S+)\s*-?\s*/, '$1`: ')}`;
    return `- ${tag === 'returns' ? 'Returns' : 'Throws'}: ${text.replace(/^\{(\w+)\}/, '`$1`')}`;
  });
  return [doc.text, tags.join('\n')].filter((part) => part !== '');
}
