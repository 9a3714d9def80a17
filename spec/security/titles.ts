/**
 * The titles of tests as their sources have them: of `describe`, `it` and `test`, with what `.each` is given, and those
 * that vectors and cases make. Nothing is run for it.
 */
import { readFileSync } from 'node:fs';
import { CONFORMANCE } from '../../adapters/testing.ts';
import { FRAME_VECTORS } from '../vectors/frames.ts';
import { OPENING_REQUESTS } from '../vectors/opening-requests.ts';
import { OPENING_RESPONSES } from '../vectors/opening-responses.ts';

export interface Title {
  /** The spec, from the root of the repository. */
  readonly file: string;
  readonly text: string;
}

const VECTORS: readonly Title[] = [
  ...Object.values(FRAME_VECTORS)
    .flat()
    .map(({ title, rows }) => ({ file: 'spec/properties/vectors.spec.ts', text: `${title} (${rows})` })),
  ...OPENING_REQUESTS.map(({ id, title }) => ({
    file: 'spec/core/opening/server-opening.spec.ts',
    text: `${id}: ${title}`,
  })),
  ...OPENING_RESPONSES.map(({ id, title }) => ({
    file: 'spec/core/opening/client-opening.spec.ts',
    text: `${id}: ${title}`,
  })),
  ...CONFORMANCE.map(({ title }) => ({ file: 'spec/runtimes/conformance.spec.ts', text: title })),
];

/** Every title of the specs given, by their paths from `root`. */
export const titles = (root: URL, files: readonly string[]): Title[] => [
  ...files.flatMap((file) =>
    titlesIn(readFileSync(new URL(file, root), 'utf8')).map((text): Title => ({ file, text })),
  ),
  ...VECTORS,
];

/** A bracket that is open, and what the strings in it are. */
interface Open {
  readonly kind: 'title' | 'each' | 'other';
  /** Whether a string was read in it. */
  read: boolean;
}

const CALL = /\b(?:describe|it|test)((?:\.\w+)*)$/;

/** The titles in one source. It reads strings, brackets, comments and patterns, and understands nothing else. */
export function titlesIn(source: string): string[] {
  const found: string[] = [];
  const open: Open[] = [];
  /** What the bracket was that closed last, if only space stands behind it. */
  let closed: Open['kind'] = 'other';
  let at = 0;
  const skip = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const [text = ''] = pattern.exec(source) ?? [];
    at += Math.max(1, text.length);
    return text;
  };
  while (at < source.length) {
    const char = source[at] ?? '';
    if (source.startsWith('//', at) || source.startsWith('/*', at)) {
      skip(/\/\/[^\n]*|\/\*.*?\*\//sy);
    } else if (char === "'" || char === '"' || char === '`') {
      const text = skip(/'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`(?:\\.|[^`\\])*`/sy).slice(1, -1);
      const [inner] = open.slice(-1);
      if (open.some(({ kind }) => kind === 'each') || (inner?.kind === 'title' && !inner.read)) found.push(text);
      if (inner !== undefined) inner.read = true;
    } else if (char === '/' && /(?:^|[(,=:[!&|?{};>]|return)\s*$/.test(source.slice(Math.max(0, at - 40), at))) {
      skip(/\/(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\[\n])+\/[a-z]*/y);
    } else if ('([{'.includes(char)) {
      open.push({ kind: char === '(' ? kindOf(source.slice(0, at), closed) : 'other', read: false });
      at++;
    } else if (')]}'.includes(char)) {
      closed = open.pop()?.kind ?? 'other';
      at++;
      continue;
    } else {
      if (!/\s/.test(char)) closed = 'other';
      at++;
      continue;
    }
    closed = 'other';
  }
  return found;
}

/** What the strings in a call are, by the code before its bracket and the call that ended there. */
function kindOf(before: string, closed: Open['kind']): Open['kind'] {
  if (closed !== 'other') return 'title'; // it.each(…)( or it.runIf(…)(
  const [, chain] = CALL.exec(withoutTypes(before).slice(-100)) ?? [];
  if (chain === undefined) return 'other';
  return chain.endsWith('.each') ? 'each' : 'title';
}

/** Code without the type arguments it ends with. */
function withoutTypes(code: string): string {
  if (!/[^=]>$/.test(code.slice(-2))) return code;
  let depth = 0;
  for (let at = code.length - 1; at >= 0; at--) {
    if (code[at] === '>' && code[at - 1] !== '=') depth++;
    else if (code[at] === '<' && --depth === 0) return code.slice(0, at);
  }
  return code;
}
