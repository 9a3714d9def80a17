/**
 * A clock that stands still until it is told to go on: deadlines and latency in tests, without waiting.
 */

interface Timer {
  readonly at: number;
  readonly expire: () => void;
}

/** The time half of a `Host`; its functions need no `this`. */
export class VirtualClock {
  #now = 0;
  /** In the order in which they run: by time, and of the same time by creation. */
  readonly #timers: Timer[] = [];

  /** Milliseconds since the clock was made. */
  readonly now: () => number = () => this.#now;

  /** Calls `expire` once, `milliseconds` from now, within `advance`. 0 means: as soon as the clock is told to go on. */
  readonly setTimer: (expire: () => void, milliseconds: number) => unknown = (expire, milliseconds) => {
    const timer = { at: this.#now + Math.max(0, milliseconds), expire };
    const behind = this.#timers.findLastIndex(({ at }) => at <= timer.at);
    this.#timers.splice(behind + 1, 0, timer);
    return timer;
  };

  /** Forgets what `setTimer` returned; nothing happens where that has run already. */
  readonly clearTimer: (timer: unknown) => void = (timer) => {
    const index = this.#timers.indexOf(timer as Timer); // anything else is not found
    if (index >= 0) this.#timers.splice(index, 1);
  };

  /** Milliseconds until the next timer runs; `undefined` where none is set. */
  get nextTimer(): number | undefined {
    const [first] = this.#timers;
    return first === undefined ? undefined : first.at - this.#now;
  }

  /**
   * Lets time pass, and runs the timers that fall due, also those that are set meanwhile.
   *
   * @throws what a timer threw; the others run with the next call. And an error where a million timers ran
   *   without time passing: they would go on for ever.
   */
  advance(milliseconds: number): void {
    const until = this.#now + milliseconds;
    let still = 0;
    for (let first = this.#timers[0]; first !== undefined && first.at <= until; first = this.#timers[0]) {
      still = first.at > this.#now ? 0 : still + 1;
      if (still > MOST_AT_ONCE) throw new Error(`more than ${MOST_AT_ONCE} timers ran at the same time`);
      this.#timers.shift();
      this.#now = first.at;
      first.expire();
    }
    this.#now = until;
  }

  /** Runs what is due now, until all is at rest: `advance(0)`. */
  settle(): void {
    this.advance(0);
  }
}

/** One timer that can be moved. */
export class Alarm {
  readonly #clock: VirtualClock;
  readonly #ring: () => void;
  #at: number | undefined;
  #timer: unknown;

  constructor(clock: VirtualClock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Rings `at` that time of the clock, and at no other; `undefined`: never. */
  set(at: number | undefined): void {
    if (at === this.#at) return;
    this.#clock.clearTimer(this.#timer);
    this.#at = at;
    if (at === undefined) return;
    this.#timer = this.#clock.setTimer(() => {
      this.#at = undefined;
      this.#ring();
    }, at - this.#clock.now());
  }
}

const MOST_AT_ONCE = 1_000_000;
