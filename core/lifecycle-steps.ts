/**
 * The steps of the charts: what happens to an event in a state, as objects that refer to each other.
 *
 * They are made of a table that xstate computed from the charts (`npm run lifecycle`), once per release and
 * not once per process: a connection never waits for xstate, and a program that only connects does not carry
 * it. The chart has no context and no guards, so a step depends on nothing else.
 */

import { LIFECYCLE, type StateRow } from './lifecycle-table.ts';
import type { Effect, LifecycleEvent, Permits, Role } from './lifecycle-terms.ts';

/** A state as the RFC names it (RFC 6455 §4.1, §7.1). */
export type Phase = 'connecting' | 'open' | 'closing' | 'closed';

/** One state of the chart, such as `closing.closeSent`. */
export interface State extends Permits {
  readonly name: string;
  readonly phase: Phase;
  /** The step `event` takes from here; an event the state does not know leads back to it, without effects. */
  step(event: LifecycleEvent): Step;
}

/** A step as it was taken, for somebody who watches. */
export interface LifecycleStep {
  /** States of the chart, such as `closing.closeSent`; the same twice where the event changed nothing. */
  readonly from: string;
  readonly event: LifecycleEvent;
  readonly to: string;
  /** What it demands, in this order. */
  readonly effects: readonly Effect[];
}

/** Where an event leads, and what it demands. */
interface Step {
  readonly to: State;
  readonly effects: readonly Effect[];
}

class TableState implements State {
  readonly name: string;
  readonly phase: Phase;
  readonly reads: Permits['reads'];
  readonly deadline: Permits['deadline'];
  readonly sends: boolean;
  readonly steps: Map<string, Step> = new Map();
  readonly #stay: Step = { to: this, effects: [] };

  constructor(name: string, { reads, deadline, sends }: StateRow) {
    this.name = name;
    this.phase = name.split('.')[0] as Phase; // the chart's top level is these four
    this.reads = reads;
    this.deadline = deadline;
    this.sends = sends;
  }

  step(event: LifecycleEvent): Step {
    return this.steps.get(event) ?? this.#stay;
  }
}

/** Makes the states of one chart, and returns the first of its table, where a connection begins. */
function link(rows: Readonly<Record<string, StateRow>>): State {
  const states = new Map(Object.entries(rows).map(([name, row]) => [name, new TableState(name, row)]));
  for (const [name, { on }] of Object.entries(rows)) {
    const state = states.get(name);
    for (const [event, [target, ...effects]] of Object.entries(on)) {
      const to = states.get(target);
      if (to !== undefined) state?.steps.set(event, { to, effects });
    }
  }
  return [...states.values()][0] as State; // no chart is empty
}

/** Where a connection of each role begins. */
export const initialState: Readonly<Record<Role, State>> = {
  client: link(LIFECYCLE.client),
  server: link(LIFECYCLE.server),
};
