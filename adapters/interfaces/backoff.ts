/** How long to wait before the next attempt (RFC 6455 §7.2.3): at random, and longer each time, up to a bound. */

/** How long to wait before the next attempt. */
export interface BackoffOptions {
  /** Milliseconds within which the first delay falls. Default 5,000, as the RFC suggests. */
  readonly first?: number | undefined;
  /** By how much the bound grows each time. Default 2. */
  readonly factor?: number | undefined;
  /** Milliseconds that no delay exceeds. Default 60,000. */
  readonly most?: number | undefined;
}

/**
 * The delay in milliseconds after so many failures in a row, from 1; evenly spread from 0 to a bound, so that clients
 * that lost a server together do not come back together.
 *
 * @param random - from 0 to 1.
 */
export function backoff(
  failures: number,
  random: number,
  { first = 5_000, factor = 2, most = 60_000 }: BackoffOptions = {},
): number {
  return Math.round(random * Math.min(most, first * factor ** (failures - 1), 2_147_483_647)); // as much as a timer holds
}
