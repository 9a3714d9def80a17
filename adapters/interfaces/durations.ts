/** Durations that a program gives: one that timers cannot hold would be over at once, and not after a long time. */
import { UsageError } from '../../core/index.ts';
import type { Host } from '../driver.ts';

const MOST = 2_147_483_647;

/** @throws {UsageError} naming the first that is neither a number of milliseconds from 0 to 2,147,483,647, nor `Infinity` for never. */
export function checkDurations(durations: Readonly<Record<string, number | undefined>>): void {
  for (const [name, value] of Object.entries(durations)) {
    if (value === undefined || value === Infinity) continue;
    if (!(typeof value === 'number' && value >= 0 && value <= MOST)) {
      throw new UsageError(`"${name}" is no duration that timers can hold: ${String(value)}`);
    }
  }
}

/** Sets a timer, but none for `Infinity`. */
export const setTimer = (host: Pick<Host, 'setTimer'>, expire: () => void, milliseconds: number): unknown =>
  milliseconds === Infinity ? undefined : host.setTimer(expire, milliseconds);
