import { afterEach, describe, expect, it } from 'vitest';
import { connect, type NodeServer, reconnecting, serve } from '../../../adapters/node.ts';
import { deferred, rawClient, request } from '../../support/raw-socket.ts';

const open: NodeServer[] = [];
const serving = async (options: Parameters<typeof serve<undefined>>[0] = {}): Promise<NodeServer> => {
  const server = await serve(options);
  open.push(server);
  return server;
};
afterEach(async () => {
  for (const server of open.splice(0)) await server.close({ grace: 1 });
});

const NONE = [2 ** 31, -1, NaN, -Infinity, '5', null, {}, 5n] as number[];
const mistake = { name: 'UsageError' };

describe('what timers cannot hold is no duration (LT6, LT8)', () => {
  it.each(NONE)('%s', async (value) => {
    await expect(serve({ decisionDeadline: value })).rejects.toMatchObject(mistake);
    const server = await serving();
    const client = await connect(server.url);
    await expect(client.receive({ timeout: value })).rejects.toMatchObject(mistake);
    await expect(server.close({ grace: value })).rejects.toMatchObject(mistake);
    expect(client.phase).toBe('open');
    for (const options of [
      { connecting: value },
      { stable: value },
      { backoff: { first: value } },
      { backoff: { most: value } },
      { heartbeat: { interval: value, timeout: 1, message: () => '' } },
      { heartbeat: { interval: 1, timeout: value, message: () => '' } },
    ]) {
      expect(() => reconnecting(server.url, options)).toThrow(expect.objectContaining(mistake));
    }
  });
});

describe('`Infinity` is never (LT6)', () => {
  it('for a decision, and for a message', async () => {
    const decision = deferred<undefined>();
    const server = await serving({ decisionDeadline: Infinity, upgrade: () => decision.promise });
    const connecting = connect(server.url);
    setImmediate(() => decision.resolve(undefined));
    const client = await connecting;
    const receiving = client.receive({ timeout: Infinity });
    for (const connection of server.connections) connection.send('late');
    expect(await receiving).toBe('late');
    await client.close();
  });

  it('for the grace of a server, which cuts nobody off', async () => {
    const server = await serving({ deadlines: { closing: 60 } });
    const raw = await rawClient(server.port);
    raw.write(request());
    await raw.head();
    expect(await server.close({ grace: Infinity })).toEqual({ closed: 1, cut: 0 }); // by the deadline of the connection
    raw.socket.destroy();
  });

  it('for the attempts and the heartbeat of a client that comes back', async () => {
    const server = await serving();
    const opened = deferred();
    const client = reconnecting(server.url, {
      connecting: Infinity,
      heartbeat: { interval: Infinity, timeout: Infinity, message: () => 'beat' },
      open: () => opened.resolve(),
    });
    await opened.promise;
    expect(client.state).toBe('open');
    client.close();
  });
});
