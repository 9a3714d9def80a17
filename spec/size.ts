/**
 * What the core weighs on the wire, minified and gzipped: as `sansocket` is bundled, and together with the
 * charts of `sansocket/lifecycle`, which bring xstate and which no connection needs.
 *
 * Run by `npm run size` and by `npm run check`; ends with 1 where the core is above the limit.
 */

import { gzipSync } from 'node:zlib';
import { build, type Metafile } from 'esbuild';

/** Bytes, after gzip: what a page may be asked to load for a protocol that browsers already have. */
const LIMIT = 20_000;
/** Of the client for pages, which have a WebSocket of their own. */
const BROWSER_LIMIT = 6_000;

async function weigh(name: string, contents: string): Promise<number> {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: '.' },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    target: 'es2023',
    platform: 'browser',
  });
  const code = outputFiles[0]?.contents ?? new Uint8Array();
  const gzipped = gzipSync(code, { level: 9 }).length;
  console.log(`${name}: ${code.length} B minified, ${gzipped} B gzipped (minified: ${shares(metafile)})`);
  return gzipped;
}

/** Whose bytes they are. */
function shares(metafile: Metafile): string {
  const sums = new Map<string, number>();
  for (const [path, { bytesInOutput }] of Object.entries(Object.values(metafile.outputs)[0]?.inputs ?? {})) {
    const owner = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? 'core';
    sums.set(owner, (sums.get(owner) ?? 0) + bytesInOutput);
  }
  return [...sums].map(([owner, bytes]) => `${owner} ${bytes}`).join(', ');
}

const core = await weigh('the core', "export * from './core/index.ts'");
await weigh('with the charts', "export * from './core/index.ts'; export * from './core/lifecycle.ts'");
const browser = await weigh('sansocket/browser', "export * from './adapters/browser.ts'");
console.log(`limit of sansocket/browser: ${BROWSER_LIMIT} B gzipped`);
if (browser > BROWSER_LIMIT) process.exitCode = 1;
console.log(`limit of the core: ${LIMIT} B gzipped`);
if (core > LIMIT) process.exitCode = 1;
