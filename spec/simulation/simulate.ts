/** Runs what a seed stands for, and judges it. */
import { setImmediate as turn } from 'node:timers/promises';
import { MemoryLink } from '../../adapters/runtimes/memory.ts';
import { VirtualClock } from '../../adapters/runtimes/virtual-clock.ts';
import { judgeSide } from './judge.ts';
import { drawPlan, type Plan } from './plan.ts';
import { Random } from './random.ts';
import { type Sabotage, Side } from './side.ts';

export interface Outcome {
  readonly seed: bigint;
  /** What did not hold; empty where all did. */
  readonly faults: readonly string[];
  readonly plan: Plan;
  /** What happened, in order. */
  readonly story: readonly string[];
  readonly messages: number;
  readonly clean: boolean;
}

/** Longer than any deadline of a plan, and all of them one after another. */
const PATIENCE = 200_000;

/**
 * @param tells - whether to write down what happens.
 * @param sabotage - what is done wrong on purpose, to see whether it is found.
 */
export async function simulate(seed: bigint, tells = false, sabotage: Sabotage = {}): Promise<Outcome> {
  const plan = drawPlan(seed);
  const clock = new VirtualClock();
  const link = new MemoryLink(clock, plan.network);
  const random = new Random(~seed);
  const client = new Side(plan, plan.client, clock, random.fork(), sabotage, tells);
  const server = new Side(plan, plan.server, clock, random.fork(), sabotage, tells);
  const sides = [client, server] as const;
  server.start(link.server);
  client.start(link.client);
  for (const fault of plan.faults) {
    clock.setTimer(() => {
      if (fault.fault === 'cut') link[fault.way].cut(fault.bytes, fault.how);
      else link[fault.way].stall();
    }, fault.at);
    if (fault.fault === 'stall' && fault.released !== undefined) {
      clock.setTimer(() => link[fault.way].release(), fault.released);
    }
  }
  const faults: string[] = [];
  try {
    await run(clock, sides, plan.end);
    for (const { program } of sides) {
      program.act({ do: 'resume' });
      program.act({ do: 'finish' });
      program.act({ do: 'close', code: 1000, reason: 'the end' });
    }
    await run(clock, sides, clock.now() + PATIENCE);
    await Promise.all(sides.map((side) => side.program.takeRest()));
    judgeSide(plan, client, server);
    judgeSide(plan, server, client);
  } catch (error) {
    faults.push(error instanceof Error ? String(error.stack) : String(error));
  }
  const records = sides.map(({ record }) => record);
  return {
    seed,
    plan,
    faults: [...faults, ...records.flatMap((record) => record.faults)],
    story: records.flatMap(({ story }) => story).sort((a, b) => Number.parseFloat(a) - Number.parseFloat(b)),
    messages: records.reduce((sum, { received }) => sum + received.length, 0),
    clean: records.every(({ closed }) => closed?.clean === true),
  };
}

/** Lets time pass, from timer to timer, and what promises do about it. */
async function run(clock: VirtualClock, sides: readonly Side[], until: number): Promise<void> {
  for (;;) {
    await turn();
    const next = clock.nextTimer;
    if (next === undefined || clock.now() + next > until) break;
    clock.advance(next);
    for (const { record } of sides) record.judge();
  }
  clock.advance(Math.max(0, until - clock.now()));
  await turn();
  for (const { record } of sides) record.judge();
}
