import { describe, expect, it } from 'vitest';
import type { LinkOptions } from '../../adapters/runtimes/network-conditions.ts';
import { type Driven, type DrivenOptions, type Pair, pair } from '../support/driven.ts';

const LATENCY: LinkOptions = { toServer: { latency: 3 }, toClient: { latency: 4 } };
/** Networks, and how many bytes lie between the places where they are cut. */
const NETWORKS: readonly [LinkOptions, number][] = [
  [{}, 1],
  [LATENCY, 3],
  [{ toServer: { chunk: () => 1 }, toClient: { chunk: () => 1 } }, 7],
];

/** A session: opening, two questions with answers and Pings, a closing handshake begun by the client. */
function session(network: LinkOptions, paused = false): Pair {
  const server: DrivenOptions = {
    handle(event, connection) {
      if (event.type === 'open' && paused) connection.pause();
      if (event.type === 'message') connection.send(`re: ${event.data}`);
    },
  };
  let answers = 0;
  const client: DrivenOptions = {
    handle(event, connection) {
      if (event.type === 'open') {
        connection.send('first');
        connection.ping('are you there');
      } else if (event.type === 'message' && ++answers < 2) connection.send(new Uint8Array(300));
      else if (event.type === 'message') connection.close(1000, 'done');
    },
  };
  return pair(client, server, network);
}

/** Everything one side wrote in a session that nothing disturbed. */
function lengths(): Record<'toServer' | 'toClient', number> {
  const { clock, link, client, server } = session({});
  const written = { toServer: 0, toClient: 0 };
  const count = (way: keyof typeof written) => (chunks: readonly Uint8Array[]) => {
    for (const chunk of chunks) written[way] += chunk.length;
  };
  link.server.beforeWrite = count('toClient');
  link.client.beforeWrite = count('toServer');
  clock.advance(100);
  judge(client);
  judge(server);
  expect([client.closed.clean, server.closed.clean]).toEqual([true, true]);
  // The request was written before anything could be counted.
  return { ...written, toServer: written.toServer + 200 };
}

/** Whatever happened, each side is over once, in order, and with nothing behind it. */
function judge({ log, closed, host, events }: Driven): void {
  expect(closed.type).toBe('closed'); // exactly one
  expect(log.at(-1)).toBe('closed');
  expect(host.errors).toEqual([]);
  expect(events.filter(({ type }) => type === 'error').length).toBeLessThanOrEqual(1);
  const at = log.indexOf('abort') >= 0 ? log.indexOf('abort') : log.indexOf('end');
  expect(at < 0 || !log.slice(at).includes('write'), log.join(' ')).toBe(true);
  expect(log.indexOf('open') < 0 || log.lastIndexOf('open') === log.indexOf('open')).toBe(true);
  // 1005 is the Close of a peer whose input has ended.
  expect(closed.clean ? [1000, 1005] : [1000, 1005, 1006]).toContain(closed.code);
}

describe.each(['toServer', 'toClient'] as const)('a link that is cut %s, wherever in a session,', (way) => {
  const most = lengths()[way];

  it.each(['end', 'reset'] as const)(
    'with an effect of "%s" closes each side once, and leaves no timer and no output behind it (H5)',
    (how) => {
      for (const [network, step] of NETWORKS) {
        for (let at = 0; at <= most; at += step) {
          const { clock, link, client, server } = session(network);
          link[way].cut(at, how);
          clock.advance(60_000);
          judge(client);
          judge(server);
          expect(clock.nextTimer).toBeUndefined();
          const messages = client.messages.map(String);
          expect(['re: first', `re: ${new Uint8Array(300)}`].slice(0, messages.length)).toEqual(messages);
        }
      }
    },
  );

  it('by a power cut closes each side once, at its deadlines', () => {
    for (let at = 0; at <= most; at += 7) {
      const { clock, link, client, server } = session(LATENCY);
      for (let passed = 0; passed < at % 50; passed++) clock.advance(1);
      link[way].stall();
      clock.advance(60_000);
      link[way].release();
      clock.advance(60_000);
      judge(client);
      judge(server);
      expect(clock.nextTimer).toBeUndefined();
    }
  });

  it('by an end, with a program that has paused, closes each side once', () => {
    for (let at = 0; at <= most; at += 5) {
      const { clock, link, client, server } = session({}, true);
      link[way].cut(at, 'end');
      clock.advance(60_000);
      server.connection.resume();
      clock.advance(60_000);
      server.connection.close();
      client.connection.close();
      clock.advance(60_000);
      judge(client);
      judge(server);
      expect(clock.nextTimer).toBeUndefined();
    }
  });
});

it.each(['client', 'server'] as const)(
  'a %s that aborts in any of its handlers is over once, and so is its peer (F19)',
  (role) => {
    for (const type of ['request', 'open', 'message', 'ping', 'pong', 'closed']) {
      const abort: DrivenOptions = {
        handle: (event, connection) => event.type === type && connection.abort(),
      };
      const [ours, theirs] = role === 'client' ? [abort, {}] : [{}, abort];
      const { clock, client, server } = pair(ours, theirs, LATENCY);
      clock.advance(10);
      for (const { connection } of [client, server]) {
        if (connection.phase === 'connecting') continue;
        connection.send('text');
        connection.ping();
      }
      clock.advance(50);
      client.connection.close(1000);
      clock.advance(60_000);
      for (const side of [client, server]) {
        expect(side.closed.type).toBe('closed');
        expect(side.log.at(-1)).toBe('closed');
        if (type !== 'closed' && (type !== 'request' || role === 'server')) expect(side.closed.clean).toBe(false);
      }
      expect(clock.nextTimer).toBeUndefined();
    }
  },
);
