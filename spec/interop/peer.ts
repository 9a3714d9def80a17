/** Peers that are not ours: found, or missed out loud. */
import { spawnSync } from 'node:child_process';

/**
 * Whether a peer is here. One that is missing is an error where CI=true, and a printed notice elsewhere.
 *
 * @param command - succeeds where the peer is here.
 */
export function hasPeer(name: string, command: string, ...args: string[]): boolean {
  const { status, error } = spawnSync(command, args, { stdio: 'ignore' });
  if (status === 0) return true;
  const notice = `the peer ${name} is missing: \`${[command, ...args].join(' ')}\` ${error?.message ?? `ended with ${status}`}`;
  if (process.env.CI === 'true') throw new Error(notice);
  console.warn(`NOT TESTED: ${notice}`);
  return false;
}
