/** The public web-platform tests of `WebSocket` and `WebSocketStream`, as browsers run them, against our classes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { stopAll } from '../runtimes/processes.ts';
import { BUN, DENO, folder, NODE_20, NODE_26 } from '../runtimes/programs.ts';
import { selfSigned } from '../support/certificates.ts';
import type { Report } from './browser.ts';
import { type Page, pages, pagesOverHttp2, plain, sourceOf, TESTS } from './catalogue.ts';
import { FAILING, LEFT_OUT } from './left-out.ts';
import type { PageStart } from './page.ts';
import { startServer } from './server.ts';

const below = ({ file }: Page): string => file.replace('websockets/', '');
const reasonOf = (page: Page): (typeof LEFT_OUT)[number] | undefined =>
  LEFT_OUT.find(({ files }) => files.test(below(page)));

const all = pages();
const run = all.filter((page) => reasonOf(page) === undefined);
const leftOut = all.filter((page) => reasonOf(page) !== undefined);

interface Runtime {
  readonly name: string;
  readonly program: () => string;
  readonly flags?: readonly string[];
  /** The adapter whose classes are tested. */
  readonly adapter: string;
  readonly pages: readonly Page[];
}

const RUNTIMES: readonly Runtime[] = [
  { name: 'Node 20', program: NODE_20, adapter: 'node', pages: run },
  { name: 'Node 26', program: NODE_26, adapter: 'node', pages: plain(run) },
  {
    name: 'Deno',
    program: DENO,
    flags: ['run', '--no-prompt', '--no-check', '-A'],
    adapter: 'deno',
    pages: plain(run),
  },
  { name: 'Bun', program: BUN, flags: ['run'], adapter: 'bun', pages: plain(run) },
];

const tls = selfSigned();
const server = await startServer(tls);
const ca = join(folder, 'ca.pem');
writeFileSync(ca, tls.cert);
const dist = new URL('../../dist/', import.meta.url);

/** The reports of every runtime, which are at work one after another. */
const reports = new Map<string, Promise<Report>>();
const settlers = new Map<string, (report: Report) => void>();
for (const { name, pages } of RUNTIMES) {
  for (const page of pages) {
    const key = `${name} ${page.name}`;
    reports.set(key, new Promise<Report>((resolve) => settlers.set(key, resolve)));
  }
}
let browser: ChildProcess | undefined;
void openAll();

async function openAll(): Promise<void> {
  for (const runtime of RUNTIMES) {
    const script = fileURLToPath(new URL('spec/wpt/browser.js', dist));
    browser = spawn(runtime.program(), [...(runtime.flags ?? []), script], {
      env: { ...process.env, NODE_EXTRA_CA_CERTS: ca, DENO_DIR: join(folder, 'deno'), DENO_NO_UPDATE_CHECK: '1' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const exit = once(browser, 'exit');
    browser.stdin?.on('error', () => {}); // it has ended, which the reports say
    browser.stdin?.end(JSON.stringify(runtime.pages.map((page) => startOf(page, runtime))));
    if (browser.stdout === null) throw new Error('the browser has no output');
    for await (const line of createInterface(browser.stdout)) {
      const report = JSON.parse(line) as Report; // what the process prints
      settlers.get(`${runtime.name} ${report.page}`)?.(report);
    }
    await exit;
    for (const { name: page } of runtime.pages) {
      settlers.get(`${runtime.name} ${page}`)?.({ page, outcomes: [], broken: 'the browser ended' });
    }
  }
}

function startOf(page: Page, { adapter }: Runtime): PageStart {
  const [scheme, port] = page.secure ? ['https', server.ports.wss] : ['http', server.ports.ws];
  return {
    page,
    tests: TESTS,
    address: `${scheme}://127.0.0.1:${port}/${page.name}`,
    ports: server.ports,
    subject: new URL(`adapters/${adapter}.js`, dist).href,
  };
}

afterAll(async () => {
  browser?.kill('SIGKILL');
  await server.close();
  stopAll();
});

const isExpected = (runtime: string, page: string, test: string): boolean =>
  FAILING.some(
    (each) => (each.runtimes?.includes(runtime) ?? true) && each.page.test(page) && (each.test?.test(test) ?? true),
  );

const list = (rows: readonly (readonly [string, string])[]): string =>
  rows.map(([what, why]) => `| ${what} | ${why} |`).join('\n');

/** Expressions that name files, as people write them. */
const named = ({ source }: RegExp): string =>
  `\`${source
    .replaceAll('\\/', '/')
    .replaceAll('|', ', ')
    .replaceAll(/[\^()\\]/g, '')}\``;

const DOCUMENT = `# The web-platform tests

\`npm run test:wpt\` runs the public tests of browsers, [web-platform-tests](https://github.com/web-platform-tests/wpt)
below \`websockets/\`, unchanged (\`spec/wpt/tests/\`), against \`WebSocket\`, \`WebSocketStream\`, \`WebSocketError\` and
\`CloseEvent\` of \`sansocket/node\` (in Node 20 and 26), \`sansocket/deno\` and \`sansocket/bun\`, and against servers of
\`sansocket/node\`. This file is written by that command (\`npm run test:wpt -- --update\`), which fails where it is no longer
true.

Each file is loaded once for each of its variants, in other runtimes than Node 20 once without one: ${run.length} pages are run,
${leftOut.length} need a page of a browser, and ${pagesOverHttp2()} are the same once more over HTTP/2, which is an option of a runtime and not of
these classes. A page is a thread of its own with the harness of the tests, without a document; a worker's would be the same.

## Not run, because outside of a page they say nothing

| files | why |
| --- | --- |
${list(LEFT_OUT.map(({ files, why }) => [named(files), why]))}

## Run, and failing

| page | test | in | why |
| --- | --- | --- | --- |
${FAILING.map(
  ({ page, test, runtimes, why }) =>
    `| ${named(page)} | ${test?.source.replaceAll(/\^/g, '').replaceAll('|', ', ') ?? 'all'} | ${runtimes?.join(', ') ?? 'every runtime'} | ${why} |`,
).join('\n')}
`;

describe('the web-platform tests', () => {
  it('are unchanged', () => {
    const files = readdirSync(TESTS, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== 'SOURCE.md')
      .map((entry) => relative(TESTS, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
      .sort();
    const digest = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');
    const list = files.map((file) => `${digest(readFileSync(join(TESTS, file)))}  ${file}\n`).join('');
    expect(readFileSync(join(TESTS, 'SOURCE.md'), 'utf8')).toContain(digest(list));
  });

  it('are listed in docs/wpt.md', async () => {
    await expect(DOCUMENT).toMatchFileSnapshot('../../docs/wpt.md');
  });

  describe.each(RUNTIMES)('in $name', ({ name: runtime, pages }) => {
    it.each(pages.map(({ name }) => name))('%s', async (name) => {
      const { outcomes, broken } = await (reports.get(`${runtime} ${name}`) ?? Promise.reject(new Error('not run')));
      expect(broken).toBeUndefined();
      expect(outcomes.length).toBeGreaterThan(0);
      const unexpected = outcomes
        .filter(({ test, failure }) => (failure !== undefined) !== isExpected(runtime, name, test))
        .map(({ test, failure }) => `${test}: ${failure ?? 'passed'}`);
      expect(unexpected).toEqual([]);
    });
  });

  it.each(leftOut)('$name needs what its reason says', (page) => {
    expect(sourceOf(page.file)).toMatch(reasonOf(page)?.uses ?? /$^/);
  });

  it.each(LEFT_OUT)('are there where they are left out: $files', ({ files }) => {
    expect(leftOut.filter((page) => files.test(below(page))).length).toBeGreaterThan(0);
  });

  it.each(FAILING)('are there where they are to fail: $page', ({ page }) => {
    expect(run.filter(({ name }) => page.test(name)).length).toBeGreaterThan(0);
  });
});
