import { describe, expect, it } from 'vitest';
import { getShortestPaths } from 'xstate/graph';
import {
  type LinkEvents,
  type Lost,
  ReconnectingClient,
  type ReconnectingOptions,
  type UrlSource,
} from '../../adapters/interfaces/reconnecting.ts';
import { reconnectingChart } from '../../adapters/interfaces/reconnecting-chart.ts';
import { RECONNECTING } from '../../adapters/interfaces/reconnecting-states.ts';
import { VirtualClock } from '../../adapters/runtimes/virtual-clock.ts';
import { UsageError } from '../../core/index.ts';

interface Dialled extends LinkEvents {
  readonly url: string;
  readonly sent: unknown[];
  readonly closes: unknown[];
}

/** A client whose links, time and chance are the spec's. */
function started(options: ReconnectingOptions = {}, url: UrlSource = 'ws://h/', random: () => number = () => 0.5) {
  const clock = new VirtualClock();
  const links: Dialled[] = [];
  const told: string[] = [];
  let watcher: ((news: 'online' | 'offline' | 'visible' | 'hidden' | 'left' | 'returned') => void) | undefined;
  const client = new ReconnectingClient(
    url,
    {
      state: (state) => told.push(state),
      lost: ({ code, error }, delay) => told.push(`lost ${error instanceof Error ? error.message : code} ${delay}`),
      end: ({ code }) => told.push(`end ${code}`),
      error: (error) => told.push(String(error)),
      ...options,
    },
    {
      own: { subprotocols: true },
      report: (error) => told.push(`reported ${String(error)}`),
      now: clock.now,
      setTimer: clock.setTimer,
      clearTimer: clock.clearTimer,
      random,
      open(place, events) {
        const [sent, closes]: [unknown[], unknown[]] = [[], []];
        links.push({ ...events, url: place, sent, closes });
        return { send: (message) => sent.push(message) > 0, close: (code, reason) => void closes.push([code, reason]) };
      },
      watch(tell) {
        watcher = tell;
        return () => {
          watcher = undefined;
        };
      },
    },
  );
  return {
    ...{ clock, client, links, told },
    get watched(): boolean {
      return watcher !== undefined;
    },
    tell: (news: Parameters<NonNullable<typeof watcher>>[0]): void => watcher?.(news),
    /** The link that was dialled last. */
    async link(): Promise<Dialled> {
      await settled();
      const link = links.at(-1);
      if (link === undefined) throw new Error('nothing was dialled');
      return link;
    },
  };
}

/** Promises that are due have settled. */
const settled = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });
const LOST: Lost = { code: 1006, reason: '', error: undefined };

describe('the table', () => {
  it('is the chart, in which every state can be reached and left', () => {
    const reached = getShortestPaths(reconnectingChart, {
      events: [...new Set(Object.values(RECONNECTING).flatMap(Object.keys))].map((type) => ({ type })),
    }).map(({ state }) => state.value);
    expect([...new Set(reached)].sort()).toEqual(Object.keys(RECONNECTING).sort());
    for (const [state, on] of Object.entries(RECONNECTING)) {
      expect(Object.keys(on).length === 0, state).toBe(state === 'ended');
    }
  });
});

describe('a reconnecting client', () => {
  it('connects again when it is lost, and asks for the URL each time', async () => {
    let count = 0;
    const run = started({}, async () => `ws://h/?${++count}`);
    (await run.link()).opened();
    (await run.link()).closed(LOST);
    expect(run.client.state).toBe('waiting');
    run.clock.advance(2_499);
    expect(run.links).toHaveLength(1);
    run.clock.advance(1);
    expect((await run.link()).url).toBe('ws://h/?2');
    (await run.link()).opened();
    expect(run.told).toEqual(['open', 'waiting', 'lost 1006 2500', 'connecting', 'open']);
  });

  it('waits longer each time, at random, up to a bound, and begins anew after a stable connection (CH18)', async () => {
    const draws = [0, 1, 0.5, 1, 1, 1, 1];
    const run = started({ backoff: { first: 1_000, most: 5_000 } }, 'ws://h/', () => draws.shift() ?? 0.25);
    for (let i = 0; i < 6; i++) {
      (await run.link()).closed(LOST);
      run.clock.advance(5_000);
    }
    const unstable = await run.link();
    unstable.opened();
    run.clock.advance(9_999);
    unstable.closed(LOST);
    run.clock.advance(5_000);
    const stable = await run.link();
    stable.opened();
    run.clock.advance(10_000);
    stable.closed(LOST);
    const delays = run.told.filter((line) => line.startsWith('lost')).map((line) => Number(line.split(' ')[2]));
    expect(delays).toEqual([0, 2_000, 2_000, 5_000, 5_000, 5_000, 5_000, 250]);
  });

  it.each([1000, 1002, 1003, 1005, 1007, 1008, 1009, 1010])('ends with code %i', async (code) => {
    const run = started();
    (await run.link()).opened();
    (await run.link()).closed({ ...LOST, code });
    expect(run.told).toEqual(['open', `lost ${code} undefined`, 'ended', `end ${code}`]);
    expect([run.clock.nextTimer, run.watched]).toEqual([undefined, false]);
  });

  it.each([1001, 1006, 1011, 1012, 1013, 3000, 4000])('goes on after code %i', async (code) => {
    const run = started();
    (await run.link()).opened();
    (await run.link()).closed({ ...LOST, code });
    expect(run.client.state).toBe('waiting');
  });

  it.each([
    [401, 'ended'],
    [403, 'ended'],
    [404, 'ended'],
    [408, 'waiting'],
    [429, 'waiting'],
    [503, 'waiting'],
    [undefined, 'waiting'],
  ])('after a refusal with status %s it is %s', async (status, state) => {
    const run = started();
    (await run.link()).closed({ ...LOST, error: { status } });
    expect(run.client.state).toBe(state);
  });

  it('ends when the program says so, and after so many attempts', async () => {
    const choosy = started({ endsWith: ({ code }) => code === 4_400 });
    (await choosy.link()).closed({ ...LOST, code: 1000 });
    choosy.clock.advance(5_000);
    (await choosy.link()).closed({ ...LOST, code: 4_400 });
    expect(choosy.client.state).toBe('ended');
    const tired = started({ attempts: 2 });
    for (let i = 0; i < 3; i++) {
      (await tired.link()).closed(LOST);
      tired.clock.advance(5_000);
    }
    await settled();
    expect([tired.client.state, tired.links.length]).toEqual(['ended', 2]);
  });

  it('gives an attempt up that takes too long, and does not hear it any more', async () => {
    const run = started({ connecting: 100 });
    const slow = await run.link();
    run.clock.advance(100);
    expect(run.told).toEqual(['waiting', 'lost connecting took too long 2500']);
    expect(slow.closes).toHaveLength(1);
    slow.opened();
    slow.closed(LOST);
    expect(run.client.state).toBe('waiting');
  });

  it('counts a URL that cannot be had as a failure', async () => {
    for (const url of [
      () => Promise.reject(new Error('no token')),
      () => {
        throw new Error('no token');
      },
    ]) {
      const run = started({}, url);
      await settled();
      expect(run.told).toEqual(['waiting', 'lost no token 2500']);
    }
  });

  it.each([
    [401, 'ended'],
    [403, 'ended'],
    [404, 'ended'],
    [408, 'waiting'],
    [429, 'waiting'],
    [500, 'waiting'],
    [503, 'waiting'],
  ])('is, where the URL was refused with %i, %s', async (status, state) => {
    const run = started({}, () => Promise.reject(Object.assign(new Error('refused'), { status })));
    await settled();
    expect(run.client.state).toBe(state);
  });

  it('ends at a mistake of the program, which is told where nobody listens', async () => {
    const run = started({ error: undefined }, () => Promise.reject(new UsageError('not a URL')));
    await settled();
    expect(run.told).toEqual(['reported UsageError: not a URL', 'lost not a URL undefined', 'ended', 'end 1006']);
  });

  it.each<[unknown, string]>([
    [{ onmessage() {} }, 'there is no option "onmessage", but "message"'],
    [{ connect: {} }, 'there is no option "connect"'],
    [{ message: 'x' }, 'the option "message" is a function, not string'],
    [{ attempts: 0 }, 'the option "attempts" is a number from 1, not 0'],
    [{ backoff: { factor: 'x' } }, 'the option "factor" is a number from 1, not x'],
    [{ queue: { messages: -1 } }, 'the option "messages" is a number from 0, not -1'],
    [{ queue: { drop: 'middle' } }, 'what a queue drops is newest or oldest, not middle'],
    [{ heartbeat: { interval: 5 } }, 'a heartbeat has an interval, a timeout and a function for its message'],
    [{ token: { property: 't' } }, 'a token has the name of its property, and a function for its value'],
  ])('has no options such as %j', (options, message) => {
    expect(() => started(options as ReconnectingOptions)).toThrow(new UsageError(message));
  });

  it.each([
    ['rejects', () => Promise.reject(new Error('late'))],
    [
      'throws',
      () => {
        throw new Error('late');
      },
    ],
  ])('goes on where a handler %s, and tells it', async (_, open) => {
    const tellings: unknown[] = [];
    const failing = (): never => {
      throw new Error('too');
    };
    for (const [error, told] of [
      [undefined, ['open', 'reported Error: late']],
      [(reason: unknown) => void tellings.push(reason), ['open']],
      [failing, ['open', 'reported Error: too']],
      [() => Promise.reject(new Error('too')) as unknown as undefined, ['open', 'reported Error: too']],
    ] as const) {
      const run = started({ open, error });
      (await run.link()).opened();
      await settled();
      expect(run.told).toEqual(told);
    }
    expect(tellings).toEqual([new Error('late')]);
  });

  it('is closed for good in every state', async () => {
    const run = started();
    run.client.close(); // the URL is still on the way
    expect(run.told).toEqual(['closing', 'ended', 'end 1006']);
    await settled();
    expect(run.links).toHaveLength(0);

    const connecting = started();
    const link = await connecting.link();
    connecting.client.close();
    expect([connecting.client.state, link.closes]).toEqual(['closing', [[1000, '']]]);
    link.closed(LOST);
    expect(connecting.told).toEqual(['closing', 'lost 1006 undefined', 'ended', 'end 1006']);

    const waiting = started();
    (await waiting.link()).closed(LOST);
    waiting.client.close();
    expect([waiting.client.state, waiting.clock.nextTimer]).toEqual(['ended', undefined]);
    waiting.client.close();
    expect([waiting.client.send('a'), waiting.told.filter((line) => line === 'end 1006')]).toEqual([
      'dropped',
      ['end 1006'],
    ]);
  });
});

describe('its queue', () => {
  it('keeps a copy of bytes', async () => {
    const { client, link } = started();
    const bytes = Uint8Array.of(1, 2);
    client.send(bytes);
    bytes.fill(0);
    const { sent, opened } = await link();
    opened();
    expect(sent).toEqual([Uint8Array.of(1, 2)]);
  });

  it('keeps what is said while there is no connection, in order, and sends it before what is said later', async () => {
    const run = started({ open: () => run.client.send('on open') });
    expect([run.client.send('a'), run.client.send(Uint8Array.of(1)), run.client.queued]).toEqual([
      'queued',
      'queued',
      2,
    ]);
    const link = await run.link();
    link.opened();
    expect([run.client.send('b'), run.client.queued]).toEqual(['sent', 0]);
    expect(link.sent).toEqual(['on open', 'a', Uint8Array.of(1), 'b']);
  });

  it.each([
    [{ messages: 2 }, ['queued', 'queued', 'dropped'], ['a', 'bc']],
    [{ messages: 2, drop: 'oldest' }, ['queued', 'queued', 'queued'], ['bc', 'd']],
    [{ size: 3 }, ['queued', 'queued', 'dropped'], ['a', 'bc']],
    [{ size: 3, drop: 'oldest' }, ['queued', 'queued', 'queued'], ['bc', 'd']],
    [{ size: 1, drop: 'oldest' }, ['queued', 'dropped', 'queued'], ['d']],
    [{ messages: 0, drop: 'oldest' }, ['dropped', 'dropped', 'dropped'], []],
  ] as const)('is bounded by %j', async (queue, results, sent) => {
    const run = started({ queue });
    expect(['a', 'bc', 'd'].map((message) => run.client.send(message))).toEqual(results);
    (await run.link()).opened();
    expect(run.links[0]?.sent).toEqual(sent);
  });
});

it.each([5, null, undefined, {}, new ArrayBuffer(1)])('%s is no message, in any state', async (message) => {
  const { client, link } = started();
  const mistake = /^a message is a string or a Uint8Array, not (number|null|undefined|object)$/;
  expect(() => client.send(message as string)).toThrow(mistake);
  (await link()).opened();
  expect(() => client.send(message as string)).toThrow(mistake);
});

describe('JSON', () => {
  it.each([undefined, null, 5, 'text'])('is made of objects, and not of %j', (value) => {
    const { client } = started();
    expect(() => client.sendJson(value as unknown as object)).toThrow(/^what is sent as JSON is an object, not /);
  });

  it('of the peer that is none is told to `error`, and to nobody else', async () => {
    const run = started({ json: () => {}, error: undefined });
    const link = await run.link();
    link.opened();
    link.message('{');
    expect(run.told).toEqual(['open']);
  });

  it('goes out with a token that is asked for when it leaves', async () => {
    let token = 'old';
    const run = started({ token: { property: 'csrf_token', value: () => token } });
    run.client.sendJson({ a: 1 });
    token = 'new';
    const link = await run.link();
    link.opened();
    run.client.sendJson({ csrf_token: 'mine' });
    expect(link.sent).toEqual(['{"a":1,"csrf_token":"new"}', '{"csrf_token":"new"}']);
  });

  it('comes in parsed; what is none is an error, and binary a message', async () => {
    const seen: unknown[] = [];
    const run = started({ json: (value) => seen.push(value), message: (message) => seen.push(message) });
    const link = await run.link();
    link.opened();
    link.message('{"a":[1]}');
    link.message('{');
    link.message(Uint8Array.of(1));
    expect(seen).toEqual([{ a: [1] }, Uint8Array.of(1)]);
    expect(run.told[1]).toMatch(/^SyntaxError/);
  });
});

it('JSON that names prototypes changes none (K9)', async () => {
  const seen: unknown[] = [];
  const run = started({ json: (value) => seen.push(value), token: { property: '__proto__', value: () => 'x' } });
  const link = await run.link();
  link.opened();
  link.message('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');
  run.client.sendJson({});
  expect(Object.keys(seen[0] as object)).toEqual(['__proto__', 'constructor']);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});

describe('the heartbeat', () => {
  it('is sent after silence, and the silence after it is bounded', async () => {
    const run = started({ heartbeat: { interval: 1_000, timeout: 200, message: () => 'beat' } });
    const link = await run.link();
    link.opened();
    run.clock.advance(900);
    link.message('x');
    run.clock.advance(999);
    expect(link.sent).toEqual([]);
    run.clock.advance(1);
    expect(link.sent).toEqual(['beat']);
    run.clock.advance(100);
    link.message('answer');
    run.clock.advance(1_199);
    expect(run.client.state).toBe('open');
    run.clock.advance(1);
    expect(run.told).toEqual(['open', 'waiting', 'lost the peer is silent 2500']);
    expect(link.closes).toHaveLength(1);
  });

  it('is sent at once when somebody comes back', async () => {
    const run = started({ heartbeat: { interval: 1_000, timeout: 200, message: () => 'beat' } });
    const link = await run.link();
    link.opened();
    run.tell('hidden');
    expect(link.sent).toEqual([]);
    run.tell('visible');
    expect(link.sent).toEqual(['beat']);
  });
});

describe('the surroundings', () => {
  it('stop it while they are offline, and start it at once when they are back', async () => {
    const run = started();
    (await run.link()).closed(LOST);
    run.tell('offline');
    expect([run.client.state, run.clock.nextTimer]).toEqual(['offline', undefined]);
    run.tell('visible');
    expect(run.client.state).toBe('offline');
    run.tell('online');
    expect(run.client.state).toBe('connecting');
    (await run.link()).opened();
    run.tell('offline');
    expect(run.client.state).toBe('open'); // perhaps it is not
    (await run.link()).closed(LOST);
    expect(run.client.state).toBe('offline');
  });

  it('hurry it when somebody looks', async () => {
    const run = started();
    (await run.link()).closed(LOST);
    run.tell('hidden');
    expect(run.client.state).toBe('waiting');
    run.tell('visible');
    expect(run.client.state).toBe('connecting');
  });

  it('close it when the page is left, and open it when that comes back from the cache', async () => {
    const run = started();
    const link = await run.link();
    link.opened();
    run.tell('left');
    expect([run.client.state, link.closes[0]]).toEqual(['offline', [1000, 'the page was left']]);
    run.tell('returned');
    expect(run.client.state).toBe('connecting');
  });
});
