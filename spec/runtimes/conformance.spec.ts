/** The suite in the real runtimes: each with each, client and server. A runtime that does not start fails. */
import { afterAll, describe, expect, it } from 'vitest';
import { CONFORMANCE } from '../../adapters/testing.ts';
import { describeAttached } from './attached.ts';
import { describeFailures } from './failures.ts';
import { stopAll } from './processes.ts';
import { failuresAfterResets } from './resets.ts';
import { commitTable, committedTable, ResultsTable } from './results-table.ts';
import { MORE, type Peer, RUNTIMES, type Runtime } from './runtimes.ts';

const peers = new Map<Runtime, Promise<Peer>>();
const peer = (runtime: Runtime): Promise<Peer> => {
  let started = peers.get(runtime);
  if (started === undefined) {
    started = runtime.start();
    peers.set(runtime, started);
  }
  return started;
};

afterAll(stopAll);

const table = new ResultsTable();

const all = [...RUNTIMES, ...MORE];

describe.each(all)('$name', (runtime) => {
  const isRuntime = RUNTIMES.includes(runtime);
  // The core is the same with each adapter.
  if (isRuntime)
    it('reads the wire vectors as they are meant', async () => {
      const { count, failures } = await (await peer(runtime)).vectors();
      table.add('wire vectors', runtime.name, true, count - failures.length);
      expect(failures).toEqual([]);
      expect(count).toBeGreaterThan(900);
    }, 180_000);

  const servers = isRuntime ? RUNTIMES : [runtime, ...RUNTIMES.slice(0, 1)];
  it.each(servers)('conforms as a client of $name', async (server) => {
    const results = await (await peer(runtime)).run((await peer(server)).url);
    // Of itself, each says what it does on both sides; of the others, the tests alone say it.
    if (server === runtime) {
      for (const { title, error } of results) table.add(title.replace(/:.*/, ''), runtime.name, error === undefined);
    }
    const failures = results.filter(({ error }) => error !== undefined);
    expect(failures).toEqual([]);
    expect(results.map(({ title }) => title)).toEqual(CONFORMANCE.map(({ title }) => title));
  });

  it('ends every connection of clients that reset, wherever they do (CC15)', async () => {
    const failures = await failuresAfterResets((await peer(runtime)).url);
    table.add('resets', runtime.name, failures.length === 0);
    expect(failures).toEqual([]);
  });
});

describeFailures(table);
describeAttached(table);

it('has no hole without an explanation, and the README has what came of it', () => {
  const names = all.map(({ name }) => name);
  expect(table.holes(names)).toEqual([]);
  if (process.env.WRITE_TABLE !== undefined) commitTable(table.render(names));
  expect(committedTable(), 'after a change: npm run runtimes:table').toBe(table.render(names));
});
