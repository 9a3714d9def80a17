/** The suite in the real runtimes: each with each, client and server. A runtime that does not start fails. */
import { afterAll, describe, expect, it } from 'vitest';
import { CONFORMANCE } from '../../adapters/testing.ts';
import { stopAll } from './processes.ts';
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

describe.each([...RUNTIMES, ...MORE])('$name', (runtime) => {
  it('reads the wire vectors as they are meant', async () => {
    const { count, failures } = await (await peer(runtime)).vectors();
    expect(failures).toEqual([]);
    expect(count).toBeGreaterThan(900);
  });

  const servers = RUNTIMES.includes(runtime) ? RUNTIMES : [runtime, ...RUNTIMES.slice(0, 1)];
  it.each(servers)('conforms as a client of $name', async (server) => {
    const results = await (await peer(runtime)).run((await peer(server)).url);
    const failures = results.filter(({ error }) => error !== undefined);
    expect(failures).toEqual([]);
    expect(results.map(({ title }) => title)).toEqual(CONFORMANCE.map(({ title }) => title));
  });
});
