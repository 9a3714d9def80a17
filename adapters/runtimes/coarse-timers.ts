/**
 * Timers for the deadlines of many connections: what falls due in the same eighth of a second shares one timer of
 * the runtime, instead of one for each connection.
 *
 * A deadline is never met early, and late by an eighth of a second at most; one of less than a second has a timer
 * of its own and is met to the millisecond, and so has one of nearly the longest that the runtime can hold.
 */
import type { Host } from '../driver.ts';

/** Exact timers, and the clock they go by. */
export type ExactTimers = Pick<Host, 'now' | 'setTimer' | 'clearTimer'>;

const TICK_MILLISECONDS = 125;
const EXACT_BELOW = 1_000;
const EXACT_FROM = 2_147_483_647 - TICK_MILLISECONDS;

export class CoarseTimers {
  readonly #exact: ExactTimers;
  /** Those that wait, by the tick at which they fall due. */
  readonly #ticks: Map<number, Tick> = new Map();

  constructor(exact: ExactTimers) {
    this.#exact = exact;
  }

  /** Calls `expire` once, unless what this returns is given to `clear` before. */
  set(expire: () => void, milliseconds: number): unknown {
    if (milliseconds < EXACT_BELOW || milliseconds > EXACT_FROM) return this.#exact.setTimer(expire, milliseconds);
    const number = Math.ceil((this.#exact.now() + milliseconds) / TICK_MILLISECONDS);
    let tick = this.#ticks.get(number);
    if (tick === undefined) {
      tick = new Tick(number);
      this.#ticks.set(number, tick);
      const fire = this.#fire.bind(this, tick);
      tick.timer = this.#exact.setTimer(fire, number * TICK_MILLISECONDS - this.#exact.now());
    }
    return new Wait(expire, tick);
  }

  clear(timer: unknown): void {
    if (!(timer instanceof Wait)) {
      this.#exact.clearTimer(timer);
      return;
    }
    const tick = timer.leave();
    // One that nobody waits for would keep a process alive.
    if (tick === undefined) return;
    this.#exact.clearTimer(tick.timer);
    this.#ticks.delete(tick.number);
  }

  #fire(tick: Tick): void {
    this.#ticks.delete(tick.number);
    for (let wait = tick.first; wait !== undefined; wait = tick.first) {
      wait.leave();
      try {
        wait.expire();
      } catch (error) {
        // As it would end in a timer of its own; the others are met all the same.
        this.#exact.setTimer(() => {
          throw error;
        }, 0);
      }
    }
  }
}

/** A link in a ring. */
class Link {
  previous: Link = this;
  next: Link = this;
}

/** The beginning and the end of a ring of those who wait for the same moment. */
class Tick extends Link {
  readonly number: number;
  timer: unknown;

  constructor(number: number) {
    super();
    this.number = number;
  }

  get first(): Wait | undefined {
    return this.next instanceof Wait ? this.next : undefined;
  }
}

class Wait extends Link {
  readonly expire: () => void;

  constructor(expire: () => void, tick: Tick) {
    super();
    this.expire = expire;
    this.previous = tick.previous;
    this.next = tick;
    tick.previous.next = this;
    tick.previous = this;
  }

  /** Waits no longer. Returns the tick where nobody else waits for it. */
  leave(): Tick | undefined {
    const { previous, next } = this;
    previous.next = next;
    next.previous = previous;
    this.previous = this;
    this.next = this;
    return previous === next && next instanceof Tick ? next : undefined;
  }
}
