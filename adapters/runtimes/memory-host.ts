/** Time and chance that are the same at every run. */
import type { Host } from '../driver.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** A host that keeps what was reported. */
export interface MemoryHost extends Host {
  /** What `report` was told, in order. */
  readonly errors: readonly unknown[];
}

/**
 * A host whose time is `clock`, and whose random octets follow from `seed`: any whole number. They are good
 * for tests and for nothing else (RFC 6455 §10.3).
 */
export function memoryHost(clock: VirtualClock, seed = 1): MemoryHost {
  const errors: unknown[] = [];
  let state = seed;
  return {
    errors,
    now: clock.now,
    setTimer: clock.setTimer,
    clearTimer: clock.clearTimer,
    getRandomValues(bytes) {
      for (let i = 0; i < bytes.length; i++) {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        bytes[i] = state >>> 24;
      }
    },
    report: (error) => errors.push(error),
  };
}
