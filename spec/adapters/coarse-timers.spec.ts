import { describe, expect, it } from 'vitest';
import { CoarseTimers } from '../../adapters/runtimes/coarse-timers.ts';
import { VirtualClock } from '../../adapters/runtimes/virtual-clock.ts';

/** Timers on a virtual clock, and how many of that clock's they use. */
function coarse() {
  const clock = new VirtualClock();
  const running = new Set<unknown>();
  let longest = 0;
  const timers = new CoarseTimers({
    now: clock.now,
    setTimer(expire, milliseconds) {
      longest = Math.max(longest, milliseconds);
      const timer = clock.setTimer(() => {
        running.delete(timer);
        expire();
      }, milliseconds);
      running.add(timer);
      return timer;
    },
    clearTimer(timer) {
      running.delete(timer);
      clock.clearTimer(timer);
    },
  });
  return { clock, running, timers, longest: () => longest };
}

describe('coarse timers', () => {
  it('are exact below a second', () => {
    const { clock, timers } = coarse();
    clock.advance(17);
    const met: number[] = [];
    for (const milliseconds of [1, 126, 999]) timers.set(() => met.push(clock.now() - 17), milliseconds);
    clock.advance(1_000);
    expect(met).toEqual([1, 126, 999]);
  });

  it('are never early, and late by an eighth of a second at most', () => {
    for (const offset of [0, 1, 62, 124, 125, 126]) {
      for (const milliseconds of [
        1_000, 1_001, 1_124, 1_125, 1_126, 20_000, 2_147_483_500, 2_147_483_600, 2_147_483_647,
      ]) {
        const { clock, timers, longest } = coarse();
        clock.advance(offset);
        let late: number | undefined;
        timers.set(() => {
          late = clock.now() - offset - milliseconds;
        }, milliseconds);
        clock.advance(milliseconds + 125);
        expect(late).toBeGreaterThanOrEqual(0);
        expect(late).toBeLessThan(125);
        expect(longest()).toBeLessThan(2 ** 31);
      }
    }
  });

  it('share one of the runtime for what falls due together, in the order in which they were set', () => {
    const { clock, running, timers } = coarse();
    const met: number[] = [];
    for (let i = 0; i < 1_000; i++) timers.set(() => met.push(i), 20_000);
    expect(running.size).toBe(1);
    clock.advance(20_000);
    expect(met).toEqual(Array.from({ length: 1_000 }, (_, i) => i));
    expect(running.size).toBe(0);
  });

  it('leave none of the runtime behind when all are cleared, whatever the order', () => {
    const { clock, running, timers } = coarse();
    const met: string[] = [];
    const [a, b, c] = ['a', 'b', 'c'].map((name) => timers.set(() => met.push(name), 20_000));
    timers.clear(b);
    timers.clear(b);
    timers.clear(a);
    expect(running.size).toBe(1);
    timers.clear(c);
    expect(running.size).toBe(0);
    timers.clear(timers.set(() => met.push('exact'), 1));
    clock.advance(30_000);
    expect(met).toEqual([]);
  });

  it('let those who are called clear each other, and set new ones', () => {
    const { clock, timers } = coarse();
    const met: string[] = [];
    timers.set(() => {
      met.push('first');
      timers.clear(second);
      timers.set(() => met.push('later'), 1_000);
    }, 2_000);
    const second = timers.set(() => met.push('second'), 2_000);
    timers.set(() => met.push('third'), 2_000);
    clock.advance(2_000);
    expect(met).toEqual(['first', 'third']);
    timers.clear(second);
    clock.advance(1_125);
    expect(met).toEqual(['first', 'third', 'later']);
  });

  it('meet the others when one throws, and throw behind them', () => {
    const { clock, timers } = coarse();
    const met: string[] = [];
    timers.set(() => {
      throw new Error('one');
    }, 1_000);
    timers.set(() => met.push('other'), 1_000);
    expect(() => clock.advance(1_000)).toThrow('one');
    expect(met).toEqual(['other']);
  });
});
