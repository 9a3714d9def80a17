/** The public web-platform tests of `WebSocket` and `WebSocketStream`, as browsers run them, against our classes. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { selfSigned } from '../support/certificates.ts';
import type { Report } from './browser.ts';
import { type Page, pages, pagesOverHttp2, sourceOf, TESTS } from './catalogue.ts';
import { FAILING, LEFT_OUT } from './left-out.ts';
import type { PageStart } from './page.ts';
import { startServer } from './server.ts';

const below = ({ file }: Page): string => file.replace('websockets/', '');
const reasonOf = (page: Page): (typeof LEFT_OUT)[number] | undefined =>
  LEFT_OUT.find(({ files }) => files.test(below(page)));

const all = pages();
const run = all.filter((page) => reasonOf(page) === undefined);
const leftOut = all.filter((page) => reasonOf(page) !== undefined);

const tls = selfSigned();
const server = await startServer(tls);
const folder = mkdtempSync(join(tmpdir(), 'sansocket-wpt-'));
writeFileSync(join(folder, 'ca.pem'), tls.cert);

const waiting = new Map<string, (report: Report) => void>();
const reports = new Map(run.map(({ name }) => [name, new Promise<Report>((resolve) => waiting.set(name, resolve))]));

const dist = new URL('../../dist/', import.meta.url);
const browser = spawn(process.execPath, [fileURLToPath(new URL('spec/wpt/browser.js', dist))], {
  env: { ...process.env, NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') },
  stdio: ['pipe', 'pipe', 'inherit'],
});
createInterface(browser.stdout).on('line', (line) => {
  const report = JSON.parse(line) as Report; // what the process prints
  waiting.get(report.page)?.(report);
  waiting.delete(report.page);
});
browser.once('exit', () => {
  for (const [page, settle] of waiting) settle({ page, outcomes: [], broken: 'the browser ended' });
});
const starts = run.map((page): PageStart => {
  const [scheme, port] = page.secure ? ['https', server.ports.wss] : ['http', server.ports.ws];
  return {
    page,
    tests: TESTS,
    address: `${scheme}://127.0.0.1:${port}/${page.name}`,
    ports: server.ports,
    subject: new URL('adapters/node.js', dist).href,
  };
});
browser.stdin.end(JSON.stringify(starts));

afterAll(async () => {
  browser.kill('SIGKILL');
  await server.close();
  rmSync(folder, { recursive: true });
});

const isExpected = (page: string, test: string): boolean =>
  FAILING.some((each) => each.here !== false && each.page.test(page) && (each.test?.test(test) ?? true));

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
\`CloseEvent\` of \`sansocket/node\`, and against servers of \`sansocket/node\`. This file is written by that command
(\`npm run test:wpt -- --update\`), which fails where it is no longer true.

Each file is loaded once for each of its variants: ${run.length} pages are run, ${leftOut.length} need a page of a browser, and
${pagesOverHttp2()} are the same once more over HTTP/2, which is an option of a runtime and not of these classes. A page is a
thread of its own with the harness of the tests, without a document; a worker's would be the same.

## Not run, because outside of a page they say nothing

| files | why |
| --- | --- |
${list(LEFT_OUT.map(({ files, why }) => [named(files), why]))}

## Run, and failing

| page | test | why |
| --- | --- | --- |
${FAILING.map(({ page, test, why }) => `| ${named(page)} | ${test?.source ?? 'all'} | ${why} |`).join('\n')}
`;

describe('the web-platform tests', () => {
  it('are listed in docs/wpt.md', async () => {
    await expect(DOCUMENT).toMatchFileSnapshot('../../docs/wpt.md');
  });

  it.each(run.map(({ name }) => name))('%s', async (name) => {
    const { outcomes, broken } = await (reports.get(name) ?? Promise.reject(new Error('not run')));
    expect(broken).toBeUndefined();
    expect(outcomes.length).toBeGreaterThan(0);
    const unexpected = outcomes
      .filter(({ test, failure }) => (failure !== undefined) !== isExpected(name, test))
      .map(({ test, failure }) => `${test}: ${failure ?? 'passed'}`);
    expect(unexpected).toEqual([]);
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
