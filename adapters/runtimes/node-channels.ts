/**
 * What connections do, on Node's `diagnostics_channel`, for tracers that know nothing of a program.
 *
 * - `sansocket:connection`: a `Driver` was made; its `observe` shows the rest.
 * - `sansocket:observation`: `{ driver, observation }`, of connections made while somebody subscribed.
 */
import { channel } from 'node:diagnostics_channel';
import type { Driver } from '../driver.ts';

const made = channel('sansocket:connection');
const observed = channel('sansocket:observation');

/** Publishes what `driver` does, if anybody subscribes. */
export function publish(driver: Driver): void {
  if (made.hasSubscribers) made.publish(driver);
  if (observed.hasSubscribers) driver.observe((observation) => observed.publish({ driver, observation }));
}
