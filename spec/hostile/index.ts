/**
 * A hostile peer: what each attack costs a server or clients of ours, and whether they are whole afterwards. Run: `npm run hostile`.
 *
 * A program and not a test of `npm test`: its figures depend on the machine, and it takes minutes.
 */
import { setTimeout as pass } from 'node:timers/promises';
import type { Attack } from './attack.ts';
import { FRAME_ATTACKS } from './frame-attacks.ts';
import { OPENING_ATTACKS } from './opening-attacks.ts';
import { PACE_ATTACKS } from './pace-attacks.ts';
import { SERVER_ATTACKS } from './server-attacks.ts';
import { Target } from './target.ts';
import { Trap } from './trap.ts';
import type { Usage } from './victim.ts';

const ATTACKS: readonly Attack[] = [...OPENING_ATTACKS, ...FRAME_ATTACKS, ...PACE_ATTACKS, ...SERVER_ATTACKS];
/** Of a second, how much more of a processor an idle victim may use than before, in microseconds. */
const IDLE_CPU = 20_000;
/** Seconds within which it has to be idle for one: V8 collects and compiles for a while. What goes on for ever, goes on longer. */
const REST = 5;
/** Bytes that may be in use after an attack and were not before: code that was compiled, tables that grew. */
const HEAP_KEPT = 3 * 1_048_576;
const MIB = 1_048_576;

const names = process.argv.slice(2);
const unknown = names.filter((name) => !name.startsWith('-') && !ATTACKS.some((attack) => attack.name === name));
if (unknown.length > 0 || names.some((name) => name.startsWith('-'))) {
  if (unknown.length > 0) {
    console.error(`no such attack: ${unknown.join(', ')}`);
    process.exitCode = 2;
  }
  console.log('usage: npm run hostile -- [--help] [name...]\n');
  for (const { name, what } of ATTACKS) console.log(`  ${name.padEnd(22)}${what}`);
} else {
  const chosen = ATTACKS.filter(({ name }) => names.length === 0 || names.includes(name));
  let failed = 0;
  for (const [i, attack] of chosen.entries()) {
    console.log(`\n${i + 1} of ${chosen.length}, ${attack.name}: ${attack.what}`);
    const faults = await observe(attack).catch((error: unknown) => [`${error}`]);
    for (const fault of faults) console.log(`  FAILED: ${fault}`);
    if (faults.length > 0) failed++;
  }
  console.log(
    failed === 0 ? `\nall ${chosen.length} attacks held` : `\n${failed} of ${chosen.length} attacks did harm`,
  );
  if (failed > 0) process.exitCode = 1;
}

/** Runs an attack on a fresh victim; returns which bars were not held. */
async function observe(attack: Attack): Promise<string[]> {
  const target = await Target.start(attack.victim);
  try {
    // What the first one needs is no harm.
    for (const raw of [await target.open(), await target.open()]) raw.reset();
    if (attack.victim === 'client') {
      const trap = await Trap.listen();
      for (const raw of await trap.open(target, 2)) raw.reset();
      trap.close();
    }
    await pass(200);
    const atRest = await target.ask('usage');
    await pass(1_000);
    const before = await target.ask('begin');
    const note = await attack.run(target);
    const during = await target.ask('usage');
    await pass(500);
    let after = await target.ask('usage');
    let idle = Infinity;
    for (let second = 0; second < REST && idle > IDLE_CPU; second++) {
      const rested = after;
      await pass(1_000);
      after = await target.ask('usage');
      idle = after.cpu - rested.cpu - (before.cpu - atRest.cpu);
    }
    const growth = (during.peak - before.rss) / MIB;
    const kept = after.heap - before.heap;
    console.log(`  ${note}`);
    console.log(
      `  RSS +${growth.toFixed(1)} MiB (bar ${attack.growth}), ${(kept / MIB).toFixed(2)} of heap kept; ` +
        `event loop late by ${during.p99.toFixed(0)} ms in 1 of 100 (bar ${attack.p99}), ${during.worst.toFixed(0)} at worst; ` +
        `${((during.cpu - before.cpu) / 1e6).toFixed(2)} s of processor`,
    );
    const faults: string[] = [];
    if (growth > attack.growth)
      faults.push(`RSS grew by ${growth.toFixed(1)} MiB, at most ${attack.growth} is allowed`);
    if (during.p99 > attack.p99) faults.push(`the event loop was late by ${during.p99.toFixed(0)} ms`);
    if (idle > IDLE_CPU) faults.push(`the victim is not idle again: ${idle} us more of processor in a second`);
    if (kept > HEAP_KEPT) faults.push(`${(kept / MIB).toFixed(1)} MiB are still in use`);
    if (after.connections > 0) faults.push(`${after.connections} connections are left`);
    faults.push(...left(before, after), ...after.uncaught);
    return faults;
  } finally {
    await target.stop();
  }
}

/** What there is more of than before. */
function left(before: Usage, after: Usage): string[] {
  return Object.entries(after.resources)
    .filter(([name, count]) => count > (before.resources[name] ?? 0))
    .map(([name, count]) => `left behind: ${count} of ${name}, before it was ${before.resources[name] ?? 0}`);
}
