/** Which ends of a connection are the last, where a program does not say so itself. */
import { UsageError } from '../../core/index.ts';

/** Codes with which a peer means it, or for which it would be the same again. */
const LAST_CODES: readonly number[] = [1000, 1002, 1003, 1005, 1007, 1008, 1009, 1010];

/** Statuses of 4xx that another time may be different: too slow, too early, too many. */
const LATER: readonly number[] = [408, 425, 429];

export function isLast({ code, error }: { readonly code: number; readonly error: unknown }): boolean {
  const { status } = (error ?? {}) as { readonly status?: unknown }; // whatever failed: a HandshakeError has one
  const isRefused = typeof status === 'number' && status >= 400 && status < 500;
  return error instanceof UsageError || LAST_CODES.includes(code) || (isRefused && !LATER.includes(status));
}
