/** Waiting for a phase of the way to a transport. */
import { type DialBounds, type DialPhase, DialTimeout } from '../tunnels/deadlines.ts';

/**
 * Waits for `pending`, as long as the deadline of the phase and the signal let it.
 *
 * @param giveUp - leaves nothing open; called once, and only where this rejects.
 * @returns what `pending` resolves to; rejects with what that rejects with, with a `DialTimeout`, or with the reason of
 *   the signal.
 */
export function inTime<T>(
  phase: DialPhase,
  { deadlines: { [phase]: milliseconds }, signal }: DialBounds,
  pending: Promise<T>,
  giveUp: () => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let isOver = false;
    const over = (): void => {
      isOver = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    const fail = (error: unknown): void => {
      if (isOver) return;
      over();
      giveUp();
      reject(error);
    };
    const onAbort = (): void => fail(signal?.reason);
    const timer = milliseconds === Infinity ? undefined : setTimeout(() => fail(new DialTimeout(phase)), milliseconds);
    signal?.addEventListener('abort', onAbort);
    pending.then((value) => {
      if (isOver) return;
      over();
      resolve(value);
    }, fail);
    if (signal?.aborted) onAbort();
  });
}
