/** The bundle of specs that a runtime is given. */
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { folder, root } from './programs.ts';
import type { Given } from './spec-files.ts';

const inside = join(root, 'spec/runtimes/inside');

/** One file with all of the specs, each of which is run once it is asked for. */
export async function bundleSpecs(name: string, { files, standIns, main }: Given): Promise<string> {
  const outfile = join(folder, `specs-${name}.mjs`);
  const specs = files.map((file) => `'${file}': () => import('./spec/${file}.spec.ts'),`).join('\n');
  const last = main === 'process' ? 'await main(specs);' : 'export default main(specs);';
  await build({
    stdin: {
      contents: `import { main } from './spec/runtimes/inside/${main}.ts';\nconst specs = { ${specs} };\n${last}`,
      resolveDir: root,
    },
    outfile,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    plugins: [replacing(standIns)],
    external: ['node:*', 'cloudflare:*'],
    logLevel: 'silent',
  });
  return outfile;
}

/** The stand-ins themselves see what they stand for. */
const replacing = (standIns: Given['standIns']): Plugin => ({
  name: 'stand-ins',
  setup({ onResolve }) {
    for (const [filter, file, by = /./] of standIns) {
      onResolve({ filter }, ({ importer }) =>
        importer.startsWith(inside) || !by.test(importer) ? undefined : { path: join(inside, `${file}.ts`) },
      );
    }
  },
});
