/**
 * The public names of each entry, as the sources have them: their kinds, signatures and docstrings, and the example
 * programs that show them.
 *
 * By ts-morph, which brings a compiler of its own: that of TypeScript 7 can be called by its command only, and TypeDoc
 * does not go with it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type ExportedDeclarations, type JSDoc, type JSDocableNode, Node, Project, type SourceFile } from 'ts-morph';
import { entries } from './snippets.ts';

/** What a docstring says. */
export interface Doc {
  readonly text: string;
  /** `@param`, `@returns` and `@throws`, as they stand. */
  readonly tags: readonly { readonly tag: string; readonly text: string }[];
}

interface Member {
  readonly signature: string;
  readonly doc: Doc | undefined;
}

/** One declaration of a public name; a name that is a value and a type has two. */
export interface Declaration {
  /** Where it is declared: the same for all entries that have it. */
  readonly id: string;
  readonly signature: string;
  readonly doc: Doc | undefined;
  readonly members: readonly Member[];
  /** What its types are made of, as far as that is no public name itself. */
  readonly parts: readonly Declaration[];
}

export interface PublicName {
  readonly name: string;
  readonly declarations: readonly Declaration[];
}

export interface Entry {
  /** What it is imported by. */
  readonly name: string;
  readonly doc: Doc | undefined;
  readonly names: readonly PublicName[];
}

export interface Example {
  /** The name of its file, without an extension. */
  readonly name: string;
  readonly text: string;
  readonly code: string;
  /** The names that it imports from each entry. */
  readonly shows: ReadonlyMap<string, readonly string[]>;
}

/** The entries of package.json, in its order. */
export function readEntries(root: URL): Entry[] {
  const project = new Project({
    skipAddingFilesFromTsConfig: true,
    skipFileDependencyResolution: true,
    compilerOptions: { noLib: true, types: [], allowImportingTsExtensions: true },
  });
  const path = fileURLToPath(root);
  project.addSourceFilesAtPaths([`${path}core/**/*.ts`, `${path}adapters/**/*.ts`]);
  const files = Object.entries(entries(root)).map(
    ([name, source]) => [name, project.getSourceFileOrThrow(`${path}${source}`)] as const,
  );
  const known = new Set(files.flatMap(([, file]) => [...file.getExportedDeclarations().values()].flat()));
  return files.map(([name, file]) => ({ name, doc: headOf(file), names: namesOf(file, path, known) }));
}

/** What stands at the head of a file, which tells of the file and not of what is declared first. */
function headOf(file: SourceFile): Doc | undefined {
  const [, comment] = /^\/\*\*(.*?)\*\//s.exec(file.getFullText()) ?? [];
  return comment === undefined ? undefined : { text: unfold(comment), tags: [] };
}

function namesOf(file: SourceFile, root: string, known: ReadonlySet<Node>): PublicName[] {
  const names = [...file.getExportedDeclarations()].map(([name, declarations]) => ({
    name,
    declarations: declarations.map((declaration) => describe(declaration, root, new Set(known))),
  }));
  return names.sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));
}

function describe(declaration: ExportedDeclarations, root: string, known: Set<Node>): Declaration {
  const hidden = mentionsOf(declaration).filter(
    (each) => !known.has(each) && /^(core|adapters)\//.test(idOf(each, root)),
  );
  for (const each of hidden) known.add(each);
  return {
    id: idOf(declaration, root),
    signature: signatureOf(declaration),
    doc: docOf(documented(declaration)),
    members: membersOf(declaration),
    parts: hidden.flatMap((each) => {
      const { parts, ...part } = describe(each, root, known);
      return [{ ...part, parts: [] }, ...parts];
    }),
  };
}

/** The types it names, but for what a caller does not see: bodies, private members, and its own parameters. */
function mentionsOf(declaration: ExportedDeclarations): ExportedDeclarations[] {
  const mentions = new Set<ExportedDeclarations>();
  const visit = (node: Node): void => {
    if (Node.isBlock(node) || (node.getParent() === declaration && isHidden(node))) return;
    if (Node.isTypeReference(node)) {
      const symbol = node.getTypeName().getSymbol();
      const [target] = (symbol?.getAliasedSymbol() ?? symbol)?.getDeclarations() ?? [];
      if (Node.isInterfaceDeclaration(target) || Node.isTypeAliasDeclaration(target)) mentions.add(target);
    }
    node.forEachChild(visit);
  };
  visit(declaration);
  return [...mentions];
}

const idOf = (node: Node, root: string): string =>
  `${node.getSourceFile().getFilePath().slice(root.length)}:${node.getStart()}`;

/** The node that carries the docstring: of `const a = …`, the statement. */
const documented = (node: Node): Node => (Node.isVariableDeclaration(node) ? node.getVariableStatementOrThrow() : node);

function docOf(node: Node): Doc | undefined {
  const docs = Node.isJSDocable(node) ? (node as JSDocableNode).getJsDocs() : [];
  const own = docs.filter((doc) => !isHead(doc));
  const doc = own.at(-1);
  if (doc === undefined) return undefined;
  const tags = doc.getTags().map((tag) => ({
    tag: tag.getTagName(),
    text: unfold(tag.getText().replace(/^@\w+/, '')),
  }));
  return { text: unfold(doc.getDescription()), tags };
}

/** The first comment of a file tells of the file, where an empty line follows it. */
const isHead = (doc: JSDoc): boolean =>
  doc.getStart() === 0 && /^\r?\n\r?\n/.test(doc.getSourceFile().getFullText().slice(doc.getEnd()));

/** The text of a comment, its lines joined to paragraphs but for lists and code. */
function unfold(comment: string): string {
  const lines = comment.split('\n').map((line) => line.replace(/^\s*\*? ?/, '').trimEnd());
  let isCode = false;
  let text = '';
  for (const line of lines) {
    const isFence = line.startsWith('```');
    if (isFence) isCode = !isCode;
    const isOwnLine = isCode || isFence || line === '' || /^- /.test(line) || /(^|\n)(```)?$/.test(text);
    text += isOwnLine ? `\n${line}` : ` ${line.trim()}`;
  }
  return text.replace(/\n{3,}/g, '\n\n').trim();
}

/** How it is written down, without what it does. */
function signatureOf(node: Node): string {
  if (Node.isVariableDeclaration(node)) {
    const type = node.getTypeNode();
    return type === undefined ? `const ${node.getText()}` : `const ${node.getName()}: ${type.getText()}`;
  }
  if (Node.isClassDeclaration(node) || Node.isInterfaceDeclaration(node)) {
    const text = node.getText().slice(node.getText().search(/\b(class|interface)\b/));
    return text.slice(0, text.indexOf(' {'));
  }
  return withoutBody(node)
    .replace(/^export (async )?/, '')
    .replace(/^override /, '');
}

function withoutBody(node: Node): string {
  const text = node.getText();
  const body = Node.isBodied(node) || Node.isBodyable(node) ? node.getBody() : undefined;
  return (body === undefined ? text : text.slice(0, body.getStart() - node.getStart())).trim().replace(/;$/, '');
}

function membersOf(node: ExportedDeclarations): Member[] {
  if (Node.isInterfaceDeclaration(node)) {
    const own = node.getMembers().map((member) => ({ signature: signatureOf(member), doc: docOf(member) }));
    return [...own, ...hiddenBases(node.getBaseDeclarations())];
  }
  if (!Node.isClassDeclaration(node)) return [];
  const visible = [...node.getConstructors(), ...node.getMembers()]
    .filter(isVisible)
    .filter((each) => !isNameOfError(each));
  const own = [...new Set(visible)].map((member) => ({ signature: memberSignature(member), doc: docOf(member) }));
  const base = node.getBaseClass();
  return base === undefined || base.isExported() === false ? own : [...own, ...inherited(base, own)];
}

/** What an exported class has from one that may be no public name. */
const inherited = (base: ExportedDeclarations, own: readonly Member[]): Member[] =>
  membersOf(base).filter(({ signature }) => !own.some((each) => nameOf(each.signature) === nameOf(signature)));

const nameOf = (signature: string): string => /[#\w]+(?=[?(<:])/.exec(signature)?.[0] ?? signature;

const hiddenBases = (bases: readonly Node[]): Member[] =>
  bases.flatMap((base) => (Node.isInterfaceDeclaration(base) ? membersOf(base) : []));

/** Whether it is a member of a class that only the class sees. */
const isHidden = (node: Node): boolean => Node.isClassDeclaration(node.getParent()) && !isVisible(node);

/** `name` of an error says what its class is called. */
const isNameOfError = (node: Node): boolean => /^override readonly name\b/.test(node.getText());

function isVisible(node: Node): boolean {
  if (Node.isClassStaticBlockDeclaration(node)) return false;
  if (Node.isJSDocable(node) && node.getJsDocs().some((doc) => doc.getInnerText().includes('@internal'))) return false;
  return !/^(?:static )?(?:override )?(?:readonly )?(?:async )?(?:get |set |\*)?(?:#|\[)/.test(
    node.getText().replace(/^\/\*\*.*?\*\/\s*/s, ''),
  );
}

function memberSignature(node: Node): string {
  if (Node.isPropertyDeclaration(node)) {
    const type = node.getTypeNode()?.getText();
    const initial = type === undefined ? ` = ${node.getInitializer()?.getText()}` : `: ${type}`;
    return `${node.isReadonly() ? 'readonly ' : ''}${node.getName()}${initial}`;
  }
  return signatureOf(node).replace(/^async /, '');
}

/** The example programs of `docs/examples/`. */
export function readExamples(root: URL): Example[] {
  const folder = new URL('docs/examples/', root);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.ts'))
    .sort()
    .map((file) => {
      const source = readFileSync(new URL(file, folder), 'utf8');
      const [head = '', comment = ''] = /^\/\*\*(.*?)\*\/\n/s.exec(source) ?? [];
      const imports = source.matchAll(/^import (?:type )?\{([^}]*)\} from '(sansocket[^']*)';$/gm);
      const shows = new Map<string, readonly string[]>();
      for (const [, list = '', entry = ''] of imports) {
        const names = list.split(',').map((name) => name.replace(/^\s*(type )?/, '').trim());
        shows.set(entry, [...(shows.get(entry) ?? []), ...names.filter((name) => name !== '')]);
      }
      return { name: file.replace(/\.ts$/, ''), text: unfold(comment), code: source.slice(head.length).trim(), shows };
    });
}

/** The examples that show a name of an entry: those that import it there, or else where it is the same. */
export function examplesOf(
  entry: Entry,
  { name, declarations }: PublicName,
  all: readonly Entry[],
  examples: readonly Example[],
): readonly Example[] {
  const own = examples.filter(({ shows }) => shows.get(entry.name)?.includes(name));
  if (own.length > 0) return own;
  const ids = declarations.map(({ id }) => id);
  const same = all.filter((other) =>
    other.names.some((each) => each.name === name && each.declarations.some(({ id }) => ids.includes(id))),
  );
  return examples.filter(({ shows }) => same.some((other) => shows.get(other.name)?.includes(name)));
}
