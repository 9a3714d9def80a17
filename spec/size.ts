/**
 * What the core weighs on the wire: bundled with its three dependencies, minified, gzipped.
 *
 * Run by `npm run size` and by `npm run check`; ends with 1 above the limit.
 */

import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** Bytes, after gzip: what a page may be asked to load for a protocol that browsers already have. */
const LIMIT = 20_000;

const { outputFiles, metafile } = await build({
  entryPoints: ['core/index.ts'],
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

const shares = new Map<string, number>();
for (const [path, { bytesInOutput }] of Object.entries(Object.values(metafile.outputs)[0]?.inputs ?? {})) {
  const owner = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? 'core';
  shares.set(owner, (shares.get(owner) ?? 0) + bytesInOutput);
}
for (const [owner, bytes] of shares)
  console.log(`${owner.padEnd(16)}${bytes.toLocaleString('en').padStart(8)} B minified`);
console.log(`size of the core: ${code.length} B minified, ${gzipped} B gzipped (limit ${LIMIT} B)`);
if (gzipped > LIMIT) process.exitCode = 1;
