/**
 * What every adapter must do, as plain functions: for any test runner, and for runtimes without one.
 *
 * The cases talk to the server of `conformanceServer`, which runs on the same adapter or on another.
 */
import { CLOSING } from './cases/closing.ts';
import { HOSTILE } from './cases/hostile.ts';
import { MESSAGES } from './cases/messages.ts';
import { OPENING } from './cases/opening.ts';
import { PRESSURE } from './cases/pressure.ts';
import { within } from './expecting.ts';
import type { Case, Result, Subject } from './subject.ts';

/** Every case. A runner may make a test of each: `run(subject, server)` rejects with what is wrong. */
export const CONFORMANCE: readonly Case[] = [...OPENING, ...MESSAGES, ...CLOSING, ...PRESSURE, ...HOSTILE];

/** No case needs a tenth of it. */
const CASE_MILLISECONDS = 20_000;
/** Cases at work at the same time: most of them wait. */
const AT_ONCE = 6;

/**
 * Runs cases, some at once, and tells how each went; it never rejects.
 *
 * @param server - the URL of a server of the suite, which ends in `/`.
 */
export async function runConformance(
  subject: Subject,
  server: string,
  cases: readonly Case[] = CONFORMANCE,
): Promise<Result[]> {
  const results = new Map<Case, Result>();
  const left = [...cases].reverse(); // what waits longest stands last, and begins first
  const worker = async (): Promise<void> => {
    for (let each = left.shift(); each !== undefined; each = left.shift()) {
      results.set(each, await runCase(subject, server, each));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return cases.flatMap((each) => results.get(each) ?? []);
}

async function runCase(subject: Subject, server: string, { title, run }: Case): Promise<Result> {
  const start = subject.host.now();
  let error: string | undefined;
  try {
    await within(subject.host, CASE_MILLISECONDS, run(subject, server), 'the case');
  } catch (thrown) {
    error = thrown instanceof Error ? thrown.message : String(thrown);
  }
  return { title, error, milliseconds: Math.round(subject.host.now() - start) };
}
