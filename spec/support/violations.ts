/** The menu of the playground: of each rule that a frame can break, some vectors, as the bytes that break it on the wire. */
import { ProtocolError } from '../../core/index.ts';
import type { Violation } from '../../examples/playground/orders.ts';
import { FRAME_VECTORS } from '../vectors/frames.ts';
import type { Vector } from '../vectors/vector.ts';
import { bytes, hex, join, masked } from './wire.ts';

const KEY = bytes('37fa213d');
/** Of one rule, so many. */
const MOST = 3;
/** What fits into a menu can be looked at, too. */
const LONGEST = 200;

/** The source of `examples/playground/violations.json`: a line for each. */
export const violationsSource = (): string =>
  `[\n${items()
    .map((item) => JSON.stringify(item))
    .join(',\n')}\n]\n`;

function items(): Violation[] {
  const found = new Map<string, Violation[]>();
  for (const vector of Object.values(FRAME_VECTORS).flat()) {
    const { ending, title } = vector;
    if (ending.type !== 'fails' || !isPlain(vector)) continue;
    const { violation: rule, closeCode } = ending;
    const same = found.get(rule) ?? [];
    if (same.length >= MOST) continue;
    const { clause } = new ProtocolError(rule, '');
    found.set(rule, [
      ...same,
      { id: `${rule} ${same.length + 1}`, rule, clause, title, closeCode, wire: wireOf(vector) },
    ]);
  }
  return [...found.values()].flat();
}

/** Whether it breaks the rule on any connection: without limits, extensions and a Close of its own. */
function isPlain({ limits, closeSent, deflate, wire }: Vector): boolean {
  const all = join(wire.map(bytes));
  const compressed = wire.some((frame) => ((bytes(frame)[0] ?? 0) & 0x40) !== 0);
  return limits === undefined && !closeSent && deflate === undefined && all.length <= LONGEST && !compressed;
}

function wireOf({ wire, receiver, asIs }: Vector): Violation['wire'] {
  const frames = wire.map(bytes);
  return {
    ...(receiver !== 'client' && { server: hex(join(asIs ? frames : frames.map((frame) => masked(frame, KEY)))) }),
    ...(receiver !== 'server' && { client: hex(join(frames)) }),
  };
}
