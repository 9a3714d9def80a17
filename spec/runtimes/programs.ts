/** The runtimes' programs, from their npm packages, and the bundles that they are given to run. */
import { existsSync, mkdtempSync, readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** `.ts` under a test runner, `.js` once compiled to `dist/`. */
const extension = extname(fileURLToPath(import.meta.url));
/** The repository. */
export const root: string = fileURLToPath(new URL(extension === '.ts' ? '../../' : '../../../', import.meta.url));
/** What is built goes here; `stopAll` removes it. */
export const folder: string = mkdtempSync(join(tmpdir(), 'sansocket-runtimes-'));

const modules = join(root, 'node_modules');
const platform = `${process.platform}-${process.arch}`;
const exe = process.platform === 'win32' ? '.exe' : '';

/** The first of some files that is a program: a package's placeholder for one is small. */
function binary(...candidates: readonly string[]): string {
  const found = candidates
    .map((each) => join(modules, each))
    .find((each) => existsSync(each) && statSync(each).size > 1e6);
  if (found === undefined) throw new Error(`not installed, or not to be had for ${platform}: ${candidates.join(', ')}`);
  return found;
}

/** The package of this platform in a scope, whatever its name. */
const inScope = (scope: string, file: string): string[] =>
  existsSync(join(modules, scope)) ? readdirSync(join(modules, scope)).map((each) => `${scope}/${each}/${file}`) : [];

export const NODE_20 = (): string => binary(`node20-${platform}/bin/node${exe}`);
export const NODE_26 = (): string => binary(`node26-${platform}/bin/node${exe}`);
export const DENO = (): string => binary(...inScope('@deno', `deno${exe}`), `deno/deno${exe}`);
export const BUN = (): string => binary('bun/bin/bun.exe', ...inScope('@oven', `bin/bun${exe}`));
export const WORKERD = (): string =>
  binary(...inScope('@cloudflare', `bin/workerd${exe}`), `workerd/bin/workerd${exe}`);
/** What Deno is allowed, and how it is kept from asking. */
export const DENO_FLAGS: readonly string[] = ['--no-prompt', '--no-check', '--allow-net=127.0.0.1'];

const bundles = new Map<string, Promise<string>>();

/**
 * One file with a program and all it imports.
 *
 * @param entry - its place under `spec/`, without an extension.
 * @returns the file, whose name is the last part of `entry`.
 */
export function bundle(entry: string): Promise<string> {
  let built = bundles.get(entry);
  if (built === undefined) {
    built = bundleAfresh(entry);
    bundles.set(entry, built);
  }
  return built;
}

async function bundleAfresh(entry: string): Promise<string> {
  const outfile = join(folder, `${entry.slice(entry.lastIndexOf('/') + 1)}.mjs`);
  await build({
    entryPoints: [fileURLToPath(new URL(`../${entry}${extension}`, import.meta.url))],
    outfile,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    external: ['node:*', 'cloudflare:*'],
    logLevel: 'silent',
  });
  return outfile;
}
