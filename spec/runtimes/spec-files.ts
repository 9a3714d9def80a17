/** The specs that run inside of every runtime, and the bundle that each runtime is given of them. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { folder, root } from './programs.ts';

/** Specs of code that no runtime has a part in. */
const FOLDERS = [/^core\//, /^properties\//, /^adapters\/[^/]+$/, /^adapters\/tunnels\//];

/** What does not run inside, and why. */
export const EXCLUDED: Readonly<Record<string, string>> = {
  'properties/vectors':
    'takes minutes with every cut; conformance.spec.ts has the vectors run inside, whole and in bytes',
  'adapters/discard': 'only the sockets of Node free memory so',
};

/** Single tests that a runtime cannot pass, and why: `file: title`. */
export const DIFFERENCES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Deno: {
    'adapters/deflate: nodeDeflate deflates > with its context, that a release keeps and a reset drops':
      'its `node:zlib` takes no dictionary: after a pause, a message is compressed like the first',
  },
  workerd: {
    'properties/retention: a message that broke a rule is let go before the transport has ended (B16)':
      'it tells nobody how much memory there is in use',
  },
};

/** Under `spec/`, without `.spec.ts`. */
export const SPEC_FILES: readonly string[] = readdirSync(join(root, 'spec'), { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.spec.ts'))
  .map((file) => file.slice(0, -'.spec.ts'.length))
  .filter((file) => FOLDERS.some((each) => each.test(file)) && EXCLUDED[file] === undefined)
  .sort();

const inside = join(root, 'spec/runtimes/inside');

/** What stands for modules that do not work inside. */
const standIns: Plugin = {
  name: 'stand-ins',
  setup({ onResolve }) {
    onResolve({ filter: /^vitest$/ }, () => ({ path: join(inside, 'vitest.ts') }));
    onResolve({ filter: /\/support\/zlib-deflate\.ts$/ }, () => ({ path: join(inside, 'zlib-deflate.ts') }));
  },
};

/**
 * One file with all of the specs, each of which is run once it is asked for.
 *
 * @param kind - `process` prints what comes of them, `workers` is asked for each.
 */
export async function bundleSpecs(kind: 'process' | 'workers'): Promise<string> {
  const outfile = join(folder, `specs-${kind}.mjs`);
  const specs = SPEC_FILES.map((file) => `'${file}': () => import('./spec/${file}.spec.ts'),`).join('\n');
  const last = kind === 'process' ? 'await main(specs);' : 'export default main(specs);';
  await build({
    stdin: {
      contents: `import { main } from './spec/runtimes/inside/${kind}.ts';\nconst specs = { ${specs} };\n${last}`,
      resolveDir: root,
    },
    outfile,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    plugins: [standIns],
    external: ['node:*', 'cloudflare:*'],
    logLevel: 'silent',
  });
  return outfile;
}
