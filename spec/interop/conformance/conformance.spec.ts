/** The conformance suite beside this file, which knows nothing of our code, against our servers and clients. */
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { connect } from '../../../adapters/node.ts';
import { nextLine, nextValue, start, stopAll } from '../../runtimes/processes.ts';
import { BUN, bundle, DENO, DENO_FLAGS, NODE_20 } from '../../runtimes/programs.ts';
import { hasPeer } from '../peer.ts';
import { QUESTION, type Told } from './subject.ts';

const PYTHON = '/usr/bin/python3';
const SUITE = join(import.meta.dirname, 'suite.py');

/** What became of a case, and what the subject's program is to be told, as far as that is certain. */
interface Verdict {
  readonly case: string;
  readonly number: number;
  readonly verdict: 'OK' | 'NON-STRICT' | 'FAIL';
  readonly why: string;
  readonly told: {
    readonly opened?: false;
    readonly errors?: number;
    readonly code?: number;
    readonly clean?: boolean;
  } | null;
}

afterAll(stopAll);

const present = hasPeer('Python', PYTHON, '--version');

/** Whether a program was told exactly once how its connection ended, and of each violation. */
function isRight({ told }: Verdict, heard: Told | undefined): boolean {
  if (told === null) return heard === undefined || !heard.opened || heard.closes.length === 1;
  if (told.opened === false) return heard?.opened === false && heard.closes.length === 0;
  const [closed] = heard?.closes ?? [];
  return (
    heard?.closes.length === 1 &&
    closed?.code === (told.code ?? closed?.code) &&
    closed?.clean === (told.clean ?? closed?.clean) &&
    heard.errors.length === (told.errors ?? heard.errors.length)
  );
}

describe.skipIf(!present).each([
  ['node', NODE_20, [], '', 'whole,steps,bytes'],
  ['node', NODE_20, [], 'compression', 'whole,steps'],
  ['deno', DENO, ['run', ...DENO_FLAGS], 'compression', 'whole'],
  ['bun', BUN, ['run'], 'compression', 'whole'],
] as const)('on %s', (name, program, flags, compression, modes) => {
  const subject = async (...args: string[]) =>
    start(program(), [...flags, await bundle(`interop/conformance/subjects/${name}`), ...args]);

  const how = compression === '' ? 'uncompressed' : 'compressed';
  const options = [...(compression ? ['--compression'] : []), '--modes', modes];

  /** Runs the suite; what `begin` returns asks the subject in the end. Returns what is not strictly right. */
  async function judge(
    args: readonly string[],
    begin: (
      head: { readonly port: number; readonly cases: number },
      suite: ChildProcess,
    ) => Promise<() => Promise<string>>,
  ): Promise<string[]> {
    const suite = start(PYTHON, ['-B', SUITE, ...args, ...options]);
    const head = (await nextValue(suite)) as { port: number; cases: number };
    const ask = await begin(head, suite);
    const verdicts: Verdict[] = [];
    while (verdicts.length < head.cases) verdicts.push((await nextValue(suite)) as Verdict);
    expect(verdicts.length).toBeGreaterThan(900);
    const wrong = verdicts
      .filter(({ verdict }) => verdict !== 'OK')
      .map(({ case: each, verdict, why }) => `${each}: ${verdict}, ${why}`);
    let misheard: string[] = [];
    await expect
      .poll(async () => {
        const heard = new Map<number, Told>(JSON.parse(await ask()));
        misheard = verdicts
          .filter((each) => each.verdict === 'OK' && !isRight(each, heard.get(each.number)))
          .map((each) => `${each.case}: told ${JSON.stringify(heard.get(each.number))}`);
        return misheard;
      })
      .toEqual([]);
    return wrong;
  }

  it(`a server passes strictly, ${how}`, async () => {
    const port = await nextLine(await subject('server', compression));
    const asking = await connect(`ws://127.0.0.1:${port}/0`);
    const wrong = await judge(['server', port], async () => async () => {
      asking.send(QUESTION);
      return String(await asking.receive());
    });
    await asking.close();
    expect(wrong).toEqual([]);
  }, 120_000);

  it(`a client passes strictly, ${how}`, async () => {
    const wrong = await judge(['client'], async ({ port, cases }, suite) => {
      const told = nextLine(await subject('client', `${cases}`, `${port}`, compression));
      told.catch(() => suite.kill()); // it waits for nobody then
      return () => told;
    });
    expect(wrong).toEqual([]);
  }, 120_000);
});
