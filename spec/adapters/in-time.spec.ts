import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { inTime } from '../../adapters/runtimes/in-time.ts';
import { type DialBounds, DialTimeout } from '../../adapters/tunnels/deadlines.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const bounds = (deadlines: Partial<DialBounds['deadlines']> = {}, signal?: AbortSignal): DialBounds => ({
  deadlines: { connecting: 10, tunnel: 20, ...deadlines },
  signal,
});

/** Waits for `pending`, and says what came of it and how often it was given up. */
async function outcome(phase: 'connecting' | 'tunnel', how: DialBounds, pending: Promise<unknown>) {
  let givenUp = 0;
  const result = await inTime(phase, how, pending, () => void givenUp++).then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  return { ...result, givenUp, timers: vi.getTimerCount() };
}

describe('a phase of the way to a transport', () => {
  it('comes to what it comes to, and leaves no timer', async () => {
    expect(await outcome('tunnel', bounds(), Promise.resolve(5))).toEqual({ value: 5, givenUp: 0, timers: 0 });
    const error = new Error('no');
    expect(await outcome('tunnel', bounds(), Promise.reject(error))).toEqual({ error, givenUp: 1, timers: 0 });
  });

  it.each([
    ['connecting', 10],
    ['tunnel', 20],
  ] as const)('%s ends at its deadline, whatever comes later', async (phase, milliseconds) => {
    const { promise, reject } = withReject();
    const told = outcome(phase, bounds(), promise);
    vi.advanceTimersByTime(milliseconds - 1);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(1);
    reject(new Error('too late'));
    expect(await told).toEqual({ error: new DialTimeout(phase), givenUp: 1, timers: 0 });
  });

  it('has no deadline where that is Infinity', () => {
    void inTime('tunnel', bounds({ tunnel: Infinity }), withReject().promise, () => {});
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([true, false])('ends with the reason of its signal (fired before: %s)', async (before) => {
    const controller = new AbortController();
    const reason = new Error('no more');
    if (before) controller.abort(reason);
    const told = outcome('connecting', bounds({}, controller.signal), withReject().promise);
    controller.abort(reason);
    expect(await told).toEqual({ error: reason, givenUp: 1, timers: 0 });
  });

  it('hears no signal any more once it is over', async () => {
    const controller = new AbortController();
    const told = await outcome('connecting', bounds({}, controller.signal), Promise.resolve(1));
    controller.abort();
    expect(told).toEqual({ value: 1, givenUp: 0, timers: 0 });
  });
});

function withReject() {
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<never>((_, no) => {
    reject = no;
  });
  return { promise, reject };
}
