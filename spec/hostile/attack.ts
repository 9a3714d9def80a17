/** What an attack is, and what it may cost. */
import type { Target } from './target.ts';
import type { VictimKind } from './victim.ts';

export interface Attack {
  readonly name: string;
  /** What the attacker does, in a line; rows of docs/security-table.md in brackets. */
  readonly what: string;
  readonly victim: VictimKind;
  /** MiB by which the victim's RSS may grow at the peak. */
  readonly growth: number;
  /** Milliseconds that a turn of the victim's event loop may be late in the worst of a hundred cases. */
  readonly p99: number;
  /** Attacks, until it is over. Throws where the victim does not end it as it should. Returns what is worth telling. */
  run(target: Target): Promise<string>;
}

/** Milliseconds; shorter than the defaults, so that a run takes a minute. */
export const DEADLINES = { opening: 2_000, closing: 1_000, ping: 4_000, pong: 2_000 } as const;
/** Milliseconds that the deciding victim takes. */
export const DECISION = 30;
