/** What each entry of the package loads: its own runtime's modules, nobody else's, and no polyfill. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { entries } from './docs/snippets.ts';

const root = new URL('../', import.meta.url);

/** The modules of a runtime that an entry imports, where it imports any. */
const OWN: Readonly<Record<string, RegExp>> = {
  'sansocket/node': /^node:/,
  // What it is where no condition of package.json holds; spec/runtimes/entry.spec.ts has the others.
  'sansocket/runtime': /^node:/,
  'sansocket/workers': /^cloudflare:sockets$/,
};
/** Source files that are for one runtime only, and the entries that may have them. */
const FILES: readonly (readonly [file: RegExp, entry: RegExp])[] = [
  [/adapters\/runtimes\/node-/, /^sansocket\/(node|runtime)$/],
  [/adapters\/runtimes\/deno-/, /^sansocket\/deno$/],
  [/adapters\/runtimes\/bun-/, /^sansocket\/bun$/],
  [/adapters\/runtimes\/workers-/, /^sansocket\/workers$/],
];
/** What other people wrote: with each connection, in a chart, and where there is no zlib to rely on. */
const CONNECTION = ['@noble/hashes', 'uint8arrays'];
const CHART = ['xstate'];
const PORTABLE = ['@noble/hashes', 'pako', 'uint8arrays'];
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  'sansocket/frame-reader': [],
  'sansocket/lifecycle': CHART,
  'sansocket/xstate': CHART,
  'sansocket/reconnecting-chart': CHART,
  'sansocket/deno': PORTABLE,
  'sansocket/bun': PORTABLE,
  'sansocket/workers': PORTABLE,
  'sansocket/streams': PORTABLE,
  'sansocket/portable-deflate': PORTABLE,
};

/** What is loaded with an entry: files of ours, packages, and modules of a runtime. Dynamic imports are not. */
async function loadedWith(source: string): Promise<{ files: string[]; packages: string[]; modules: string[] }> {
  const { metafile } = await build({
    entryPoints: [source],
    absWorkingDir: fileURLToPath(root),
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    outdir: 'unwritten',
    external: ['node:*', 'cloudflare:*'],
    logLevel: 'silent',
  });
  return reached(metafile, source);
}

function reached({ inputs }: Metafile, entry: string): { files: string[]; packages: string[]; modules: string[] } {
  const seen = new Set<string>();
  const modules = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const { path, kind, external } of inputs[file]?.imports ?? []) {
      if (kind === 'dynamic-import') continue;
      if (external) modules.add(path);
      else visit(path);
    }
  };
  visit(entry);
  const [files, foreign] = [true, false].map((ours) =>
    [...seen].filter((file) => !file.includes('node_modules/') === ours),
  );
  const packages = foreign?.map((file) => /node_modules\/((@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? file);
  return { files: files ?? [], packages: [...new Set(packages)].sort(), modules: [...modules].sort() };
}

describe.each(Object.entries(entries(root)))('%s', (name, source) => {
  it('loads no module of another runtime, and no source that is for another', async () => {
    const { files, packages, modules } = await loadedWith(source);
    const own = OWN[name];
    expect(modules.filter((module) => !own?.test(module))).toEqual([]);
    if (own !== undefined) expect(modules.filter((module) => own.test(module)).length).toBeGreaterThan(0);
    for (const [file, entry] of FILES) {
      if (!entry.test(name)) expect(files.filter((each) => file.test(each))).toEqual([]);
    }
    expect(packages).toEqual(PACKAGES[name] ?? CONNECTION);
  });
});

it('is there for each runtime that the README names', () => {
  const names = Object.keys(entries(root));
  for (const [, name = ''] of readFileSync(new URL('README.md', root), 'utf8').matchAll(
    /`(sansocket(?:\/[a-z-]+)?)`/g,
  )) {
    expect(names).toContain(name);
  }
});
