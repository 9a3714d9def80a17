/** The adapter of docs/adapter.md passes the suite, case by case, as its reader would run it. */
import { readFileSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import { webHost } from '../../adapters/runtimes/web-host.ts';
import { CONFORMANCE, conformanceServer, type Subject } from '../../adapters/testing.ts';
import { join } from '../../examples/port-adapter.ts';

const server = conformanceServer(webHost);
const subject: Subject = {
  host: webHost,
  nowhere: 'ws://nobody/',
  dial(url, user) {
    if (url.startsWith('ws://suite/')) {
      join(user, server.attend);
    } else {
      user.start({ queued: 0, write() {}, end() {}, abort() {}, pause() {}, resume() {} });
      queueMicrotask(() => user.closed(new Error('there is nobody')));
    }
  },
};
afterAll(() => server.close());

it.concurrent.each(CONFORMANCE)('$title', ({ run }) => run(subject, 'ws://suite/'));

it('has under 60 lines of code, and stands in docs/adapter.md as it is', () => {
  const source = readFileSync(new URL('../../examples/port-adapter.ts', import.meta.url), 'utf8');
  const code = source.split('\n').filter((line) => !/^\s*($|\/\/|\/\*\*|import)/.test(line));
  expect(code.length).toBeLessThan(60);
  expect(readFileSync(new URL('../../docs/adapter.md', import.meta.url), 'utf8')).toContain(source.trimEnd());
});
