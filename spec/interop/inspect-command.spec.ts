/** `npx sansocket inspect` as a user has it: packed, installed somewhere else, and asked about another process. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { connect } from '../../adapters/node.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const PROGRAM = `import { serve } from 'sansocket/node';
const server = await serve({ inspect: true });
console.log(server.url);
process.on('SIGTERM', () => void server.close());
`;

let folder = '';
let env: NodeJS.ProcessEnv = {};
const children = new Set<ChildProcess>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'installed-'));
  env = { ...process.env, SANSOCKET_INSPECTORS: join(folder, 'inspectors') };
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: root,
  });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }]; // as npm documents it
  await writeFile(join(folder, 'package.json'), '{"private":true,"type":"module"}');
  await writeFile(join(folder, 'app.js'), PROGRAM);
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', join(folder, filename)], { cwd: folder });
}, 120_000);

afterEach(async () => {
  for (const child of children) {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
  children.clear();
});
afterAll(() => rm(folder, { recursive: true }));

/** Starts a program of the user's, and returns it with a reader of its output. */
function start(
  file: string,
  ...args: string[]
): { child: ChildProcess; line(): Promise<string>; notice(): Promise<string> } {
  const child = spawn(file, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const notices = createInterface({ input: child.stderr })[Symbol.asyncIterator]();
  const next = async (from: typeof lines): Promise<string> => String((await from.next()).value);
  return { child, line: () => next(lines), notice: () => next(notices) };
}

const command = (...args: string[]) => start(join(folder, 'node_modules/.bin/sansocket'), ...args);

it('finds a process that shows its connections, and the page is there', async () => {
  const app = start(process.execPath, 'app.js');
  const server = await app.line();
  const asked = command('inspect');
  const url = await asked.line();
  expect(await asked.notice()).toMatch(`app.js, process ${app.child.pid}, since `);
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}\/$/);
  const shown = await fetch(url);
  expect(shown.status).toBe(200);
  expect(await shown.text()).toContain('page.js');
  expect((await fetch(`${url}page.js`)).status).toBe(200);
  const page = await connect(`${url.replace('http', 'ws')}socket`);
  expect(JSON.parse(String(await page.receive()))).toMatchObject({ type: 'hello', process: { pid: app.child.pid } });
  const client = await connect(server);
  expect(JSON.parse(String(await page.receive()))).toMatchObject({ type: 'batch', connections: [{ state: 'open' }] });
  await client.close();
  await page.close();
  app.child.kill('SIGTERM');
  await once(app.child, 'exit');
  expect(await readdir(join(folder, 'inspectors'))).toEqual([]);
});

it('waits where there is none, and passes over what a killed process left', async () => {
  const killed = start(process.execPath, 'app.js');
  await killed.line();
  killed.child.kill('SIGKILL');
  await once(killed.child, 'exit');
  expect(await readdir(join(folder, 'inspectors'))).toEqual([expect.stringMatching(`^${killed.child.pid}-`)]);
  const asked = command('inspect');
  expect(await asked.notice()).toMatch('Waiting for a process');
  const app = start(process.execPath, 'app.js');
  expect(await asked.line()).toMatch(/^http:\/\/127\.0\.0\.1:/);
  expect(await asked.notice()).toMatch(`process ${app.child.pid}`);
  expect(await readdir(join(folder, 'inspectors'))).toEqual([expect.stringMatching(`^${app.child.pid}-`)]);
});

it('opens the page in the browser of the system, and says so where there is none', async () => {
  const app = start(process.execPath, 'app.js');
  await app.line();
  const bin = join(folder, 'node_modules/.bin/sansocket');
  const PATH = join(folder, 'programs');
  await mkdir(PATH);
  await symlink(process.execPath, join(PATH, 'node'));
  const without = await run(bin, ['inspect', '--open'], { env: { ...env, PATH } });
  expect(without.stderr).toContain('no browser could be opened: ');
  const opened = join(folder, 'opened');
  await writeFile(join(PATH, 'xdg-open'), `#!/bin/sh\necho "$1" > ${opened}\n`, { mode: 0o755 });
  const { stdout } = await run(bin, ['inspect', '--open'], { env: { ...env, PATH } });
  await expect.poll(() => readFile(opened, 'utf8').catch(() => ''), { timeout: 10_000 }).toBe(stdout);
});

it('says what there is, and what is wrong', async () => {
  const bin = join(folder, 'node_modules/.bin/sansocket');
  expect((await run(bin, ['--help'])).stdout).toMatch(/^Usage: sansocket inspect/);
  expect((await run(bin, ['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  for (const wrong of [[], ['inpsect'], ['inspect', 'everything'], ['inspect', '--opne']]) {
    const failed = await run(bin, wrong, { env }).catch((error: unknown) => error);
    expect(failed, wrong.join(' ')).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching('--help') });
  }
});
