/** `sansocket/runtime` is each runtime's own entry, as the runtime resolves the package by itself. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { nextLine, start, stopAll } from './processes.ts';
import { BUN, DENO, folder, NODE_20, NODE_26, root } from './programs.ts';

/** A program of somebody who has installed the package. */
const home = join(folder, 'somebody');

beforeAll(() => {
  mkdirSync(join(home, 'node_modules'), { recursive: true });
  symlinkSync(root, join(home, 'node_modules/sansocket'));
  writeFileSync(join(home, 'package.json'), '{ "type": "module", "dependencies": { "sansocket": "*" } }');
  const list = ['node', 'deno', 'bun'].map((name) => `${name}: (await import('sansocket/${name}')).connect`);
  writeFileSync(
    join(home, 'program.js'),
    `import { connect, serve } from 'sansocket/runtime';
const own = Object.entries({ ${list.join(', ')} }).filter(([, each]) => each === connect).map(([name]) => name);
const server = await serve({ message: (connection, message) => connection.send(message) });
const connection = await connect(server.url);
connection.send('echoed');
console.log(own.join(), await connection.receive());
`,
  );
});
afterAll(stopAll);

it.each([
  ['node', NODE_20, []],
  ['node', NODE_26, []],
  ['deno', DENO, ['run', '--no-prompt', '--no-check', '--allow-net=127.0.0.1', '--allow-read', '--allow-env']],
  ['bun', BUN, ['run']],
] as const)('is sansocket/%s there', async (name, program, args) => {
  expect(await nextLine(start(program(), [...args, 'program.js'], home))).toBe(`${name} echoed`);
});

it('is sansocket/workers for Workers, and nothing for a page', async () => {
  const contents = "export { serveFetch } from 'sansocket/runtime';";
  const bundled = (conditions: string[]) =>
    build({
      stdin: { contents, resolveDir: home },
      bundle: true,
      write: false,
      format: 'esm',
      external: ['cloudflare:*'],
      conditions,
      platform: 'neutral',
      logLevel: 'silent',
    });
  const { outputFiles } = await bundled(['workerd', 'worker', 'browser']);
  expect(outputFiles?.[0]?.text).toContain('WebSocketPair');
  await expect(bundled(['browser'])).rejects.toThrow(/runtime/);
});
