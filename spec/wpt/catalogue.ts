/** The pages that the web-platform tests make: each test file, once for each of its variants. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { fileURLToPath } from 'node:url';

/** The folder that a server of web-platform tests serves. */
export const TESTS: string = fileURLToPath(new URL('./tests/', import.meta.url));

export interface Page {
  /** File and variant, such as `websockets/Close-1000.any.js?wss`. */
  readonly name: string;
  /** Below `TESTS`, as is every path here. */
  readonly file: string;
  readonly variant: string;
  readonly title: string | undefined;
  /** What the page runs, in order, behind the harness: files, or code of its own. */
  readonly scripts: readonly Script[];
  /** Whether the test says that it takes long. */
  readonly long: boolean;
  /** Whether it is loaded over https. */
  readonly secure: boolean;
}

type Script = { readonly file: string } | { readonly code: string };

/** Whether a variant is one over HTTP/2, which no page of ours has. */
const isOverHttp2 = (variant: string): boolean => variant.includes('wpt_flags=h2');

/** Every page of `websockets/`, but for those over HTTP/2. */
export function pages(): readonly Page[] {
  return files().flatMap((file) => {
    const source = sourceOf(file);
    const read = file.endsWith('.html') ? readDocument(source, file) : readScript(source, file);
    const { variants, ...page } = read;
    return (variants.length === 0 ? [''] : variants)
      .filter((variant) => !isOverHttp2(variant))
      .map((variant) => ({
        name: `${file}${variant}`,
        file,
        variant,
        secure: variant.includes('wpt_flags=https') || file.includes('.https.'),
        ...page,
      }));
  });
}

/** Each file once, without a variant: over ws, from http. */
export const plain = (all: readonly Page[]): readonly Page[] =>
  [...new Map(all.map((page) => [page.file, page])).values()].map((page) => ({
    ...page,
    ...{ name: page.file, variant: '', secure: false },
  }));

/** How many pages there would be over HTTP/2. */
export const pagesOverHttp2 = (): number =>
  files().reduce((count, file) => count + (sourceOf(file).match(/\?wpt_flags=h2/g) ?? []).length, 0);

/** The test files, and not what they load. */
function files(): readonly string[] {
  return readdirSync(join(TESTS, 'websockets'), { recursive: true, encoding: 'utf8' })
    .map((path) => join('websockets', path.replaceAll('\\', '/')))
    .filter((file) => /\.(any|worker|window)\.js$/.test(file) || (file.endsWith('.html') && isTest(sourceOf(file))))
    .sort();
}

const isTest = (html: string): boolean => html.includes('/resources/testharness.js');

/** The text of a file, in the encoding it says it has. */
export function sourceOf(file: string): string {
  const bytes = readFileSync(join(TESTS, file));
  const [, charset = 'utf-8'] = /<meta charset="?([\w-]+)/.exec(bytes.toString('latin1')) ?? [];
  return new TextDecoder(charset).decode(bytes);
}

type Read = Pick<Page, 'title' | 'scripts' | 'long'> & { readonly variants: readonly string[] };

/** A script says at its head what its page has besides. */
function readScript(source: string, file: string): Read {
  const meta = (name: string): string[] =>
    [...source.matchAll(new RegExp(`^// META: ${name}=(.*)$`, 'gm'))].map(([, value = '']) => value.trim());
  const imported = [...source.matchAll(/^importScripts\(["'](.*)["']\)/gm)].map(([, path = '']) => path);
  return {
    title: meta('title')[0],
    long: meta('timeout').includes('long'),
    variants: meta('variant'),
    scripts: [...[...meta('script'), ...imported].flatMap((path) => scriptAt(path, file)), { file }],
  };
}

function readDocument(source: string, file: string): Read {
  const html = source.replaceAll(/<!--[\s\S]*?-->/g, '');
  return {
    title: /<title>([\s\S]*?)<\/title>/.exec(html)?.[1],
    long: /name="?timeout"? content="?long/.test(html),
    variants: [...html.matchAll(/<meta name="variant" content="(.*?)">/g)].map(([, value = '']) => value),
    scripts: [...html.matchAll(/<script(?: src=["']?([^"'>]+)["']?)?>([\s\S]*?)<\/script>/g)].flatMap(
      ([, path, code = '']) => (path === undefined ? [{ code }] : scriptAt(path, file)),
    ),
  };
}

/** A file of a page, unless it is the harness or its reports, which every page has. */
function scriptAt(path: string, from: string): readonly Script[] {
  if (/\/testharness(report)?\.js$/.test(path)) return [];
  return [{ file: path.startsWith('/') ? path.slice(1) : join(dirname(from), path) }];
}
