/** The echo of each runtime, started as its users start it. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, expect, it } from 'vitest';
import { connect } from '../../adapters/node.ts';
import { nextLine, start, startWorker, stopAll } from './processes.ts';
import { BUN, DENO, DENO_FLAGS, folder, root } from './programs.ts';

afterAll(stopAll);

async function echoes(url: string): Promise<void> {
  const connection = await connect(url);
  connection.send('hello');
  for await (const message of connection) {
    expect(message).toBe('hello');
    break;
  }
  expect((await connection.close()).clean).toBe(true);
}

it.each([
  ['deno', DENO, ['run', ...DENO_FLAGS]],
  ['bun', BUN, ['run']],
] as const)('echo-%s.ts echoes', async (name, program, flags) => {
  const child = start(program(), [...flags, `examples/echo-${name}.ts`, '0'], root);
  await echoes((await nextLine(child)).replace('echoing on ', ''));
});

it('workers/echo.ts echoes, bundled and with its configuration', async () => {
  const outfile = join(folder, 'echo.js');
  const entryPoints = [join(root, 'examples/workers/echo.ts')];
  await build({ entryPoints, outfile, bundle: true, format: 'esm', external: ['cloudflare:*'], logLevel: 'silent' });
  copyFileSync(join(root, 'examples/workers/echo.capnp'), join(folder, 'echo.capnp'));
  const { ports } = await startWorker(join(folder, 'echo.capnp'), ['tcp'], '--socket-addr=tcp=127.0.0.1:0');
  await echoes(`ws://127.0.0.1:${ports.get('tcp')}/`);
});
