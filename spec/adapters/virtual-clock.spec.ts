import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryHost } from '../../adapters/runtimes/memory-host.ts';
import { Alarm, VirtualClock } from '../../adapters/runtimes/virtual-clock.ts';

describe('a virtual clock', () => {
  it('runs timers in the order of their times, and of the same time in the order of their creation', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5), { maxLength: 20 }), fc.array(fc.nat(3), { maxLength: 8 }), (delays, steps) => {
        const clock = new VirtualClock();
        const ran: { at: number; made: number }[] = [];
        for (const [made, delay] of delays.entries()) {
          clock.setTimer(() => {
            expect(clock.now()).toBe(delay);
            ran.push({ at: delay, made });
          }, delay);
        }
        for (const step of steps) clock.advance(step);
        const passed = clock.now();
        const due = delays.map((at, made) => ({ at, made })).filter(({ at }) => at <= passed);
        expect(ran).toEqual(steps.length === 0 ? [] : due.sort((a, b) => a.at - b.at || a.made - b.made));
      }),
    );
  });

  it('runs timers that timers set, if they fall due within the same time', () => {
    const clock = new VirtualClock();
    const ran: number[] = [];
    const again = (): void => {
      ran.push(clock.now());
      clock.setTimer(again, 3);
    };
    clock.setTimer(again, 0);
    clock.advance(10);
    expect(ran).toEqual([0, 3, 6, 9]);
    expect(clock.now()).toBe(10);
    expect(clock.nextTimer).toBe(2);
  });

  it('forgets timers that are cleared, and does not mind what it never knew', () => {
    const clock = new VirtualClock();
    const ran: string[] = [];
    const timer = clock.setTimer(() => ran.push('cleared'), 1);
    clock.setTimer(() => clock.clearTimer(timer), 1);
    const other = clock.setTimer(() => ran.push('cleared'), 2);
    clock.clearTimer(other);
    clock.clearTimer(other);
    clock.clearTimer(undefined);
    clock.advance(5);
    expect(ran).toEqual(['cleared']); // the first had run before it was cleared
    expect(clock.nextTimer).toBeUndefined();
  });

  it('lets no time pass in `settle`', () => {
    const clock = new VirtualClock();
    let ran = 0;
    clock.setTimer(() => ran++, 0);
    clock.setTimer(() => ran++, -1);
    clock.setTimer(() => ran++, 1);
    expect(ran).toBe(0);
    clock.settle();
    expect([ran, clock.now(), clock.nextTimer]).toEqual([2, 0, 1]);
  });

  it('throws what a timer throws, and runs the others later', () => {
    const clock = new VirtualClock();
    let ran = 0;
    clock.setTimer(() => {
      throw new Error('mine');
    }, 1);
    clock.setTimer(() => ran++, 1);
    expect(() => clock.advance(1)).toThrow('mine');
    clock.settle();
    expect(ran).toBe(1);
  });

  it('throws instead of running for ever', () => {
    const clock = new VirtualClock();
    const again = (): unknown => clock.setTimer(again, 0);
    again();
    expect(() => clock.settle()).toThrow('at the same time');
  });

  it('has alarms that ring at the time set last, once', () => {
    const clock = new VirtualClock();
    const rang: number[] = [];
    const alarm = new Alarm(clock, () => rang.push(clock.now()));
    alarm.set(5);
    alarm.set(3);
    alarm.set(3);
    clock.advance(10);
    alarm.set(12);
    alarm.set(undefined);
    clock.advance(10);
    alarm.set(20);
    clock.settle();
    expect(rang).toEqual([3, 20]);
    expect(clock.nextTimer).toBeUndefined();
  });
});

describe('a host in memory', () => {
  it('draws the same octets for the same seed, others for another, and no two batches alike', () => {
    const draw = (seed?: number): string[] => {
      const host = memoryHost(new VirtualClock(), seed);
      return [1, 2].map(() => {
        const bytes = new Uint8Array(16);
        host.getRandomValues(bytes);
        return bytes.toString();
      });
    };
    const [first, second] = draw();
    expect(draw(1)).toEqual([first, second]);
    expect(second).not.toBe(first);
    expect(draw(2)[0]).not.toBe(first);
  });

  it('keeps what is reported', () => {
    const clock = new VirtualClock();
    const { report, now, setTimer, errors } = memoryHost(clock);
    report('first');
    setTimer(() => report(now()), 7);
    clock.advance(7);
    expect(errors).toEqual(['first', 7]);
  });
});
