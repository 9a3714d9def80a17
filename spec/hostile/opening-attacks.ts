/** Attacks before a connection is open. */
import { setTimeout as pass } from 'node:timers/promises';
import { REQUEST } from '../support/opened.ts';
import { type Attack, DEADLINES, DECISION } from './attack.ts';
import { all, type Raw, times } from './target.ts';

/** Milliseconds until all have ended; throws where a deadline was not kept, give or take a second. */
async function endedInTime(raws: readonly Raw[], deadline: number, expected: number): Promise<string> {
  const start = performance.now();
  const ends = await Promise.all(raws.map((raw) => raw.end()));
  const time = performance.now() - start;
  all(ends, expected, 'status');
  if (time > deadline + 1_500)
    throw new Error(`the last ended after ${time.toFixed(0)} ms, the deadline is ${deadline}`);
  return `all ended ${time.toFixed(0)} ms after the last had come`;
}

export const OPENING_ATTACKS: readonly Attack[] = [
  {
    name: 'half-open',
    what: '10,000 connections that say nothing',
    victim: 'echo',
    growth: 96,
    p99: 400,
    async run(target) {
      const raws = await times(10_000, () => target.dial());
      return endedInTime(raws, DEADLINES.opening, 408);
    },
  },
  {
    name: 'slow-handshake',
    what: '1,000 connections that send their request a byte at a time',
    victim: 'echo',
    growth: 16,
    p99: 250,
    async run(target) {
      const raws = await times(1_000, () => target.dial());
      const start = performance.now();
      for (let at = 0; raws.some(({ closed }) => !closed); at++) {
        for (const raw of raws) if (!raw.closed) raw.socket.write(REQUEST.subarray(at % 60, (at % 60) + 1));
        await pass(100);
        if (performance.now() - start > 10_000) throw new Error('the opening deadline is not kept');
      }
      return `all gone after ${(performance.now() - start).toFixed(0)} ms`;
    },
  },
  {
    name: 'header-flood',
    what: '500 requests with fields without an end',
    victim: 'echo',
    growth: 24,
    p99: 250,
    async run(target) {
      const ends = await times(500, async () => {
        const raw = await target.dial();
        await raw.write(REQUEST.subarray(0, -2));
        for (let i = 0; !raw.closed && i < 1_000; i++) await raw.write(Buffer.from(`X-${i}: ${'y'.repeat(100)}\r\n`));
        return raw.end();
      });
      all(ends, 431, 'status');
      return 'each got 431';
    },
  },
  {
    name: 'long-lines',
    what: '500 requests whose target has no end, and 500 with a field that has none',
    victim: 'echo',
    growth: 96, // 64 KiB a read, which V8 lets lie about up to 64 MiB
    p99: 250,
    async run(target) {
      const flood = async (head: string): Promise<number | undefined> => {
        const raw = await target.dial();
        await raw.write(Buffer.from(head));
        for (let i = 0; !raw.closed && i < 100; i++) await raw.write(Buffer.alloc(65_536, 0x61));
        return raw.end();
      };
      const targets = await times(500, () => flood('GET /'));
      const fields = await times(500, () => flood('GET / HTTP/1.1\r\nHost: x\r\nX: '));
      // A reset may overtake the answer where much was written that nobody reads any more.
      const answered = [...targets, ...fields].filter((end) => end === 414 || end === 431);
      return `${answered.length} of 1,000 saw 414 or 431, the others a reset`;
    },
  },
  {
    name: 'reset-while-deciding',
    what: '2,000 connections that are reset while the program decides on them',
    victim: 'deciding',
    growth: 24,
    p99: 250,
    async run(target) {
      await times(2_000, async () => {
        const raw = await target.dial();
        await raw.write(REQUEST);
        await pass(DECISION / 3);
        raw.reset();
        await raw.end();
      });
      await pass(3 * DECISION);
      return 'none was left';
    },
  },
];
