/** Time and chance on Node, and wherever `node:` modules exist. */
import { webcrypto } from 'node:crypto';
import type { Host } from '../driver.ts';

export const nodeHost: Host = {
  now: () => performance.now(),
  setTimer: (expire, milliseconds) => setTimeout(expire, milliseconds),
  clearTimer: (timer) => clearTimeout(timer as NodeJS.Timeout), // what setTimer returned
  getRandomValues: (bytes) => webcrypto.getRandomValues(bytes),
  report: (error) => console.error('sansocket: a handler threw', error),
};
