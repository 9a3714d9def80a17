/** Time and chance as web platforms have them, and Node, Deno and Bun with them. */
import type { Host } from '../driver.ts';
import { portableDeflate } from './portable-deflate.ts';

export const webHost: Host = {
  now: () => performance.now(),
  setTimer: (expire, milliseconds) => setTimeout(expire, milliseconds),
  clearTimer: (timer) => clearTimeout(timer as number), // what setTimer returned
  getRandomValues: (bytes) => crypto.getRandomValues(bytes),
  deflate: portableDeflate,
  report: (error) => console.error('sansocket: the program failed:', error),
};
