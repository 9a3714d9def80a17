/**
 * The steps of the charts, computed by xstate when first taken and remembered for the process.
 *
 * A step through xstate costs microseconds, a remembered one a look into a map. The chart has no context
 * and no guards, so a step depends on nothing else and never has to be forgotten.
 */
import { type AnyMachineSnapshot, initialTransition, transition } from 'xstate';
import { charts, type Effect, type LifecycleEvent, type Permits, type Role } from './lifecycle.ts';

/** A state as the RFC names it (RFC 6455 §4.1, §7.1). */
export type Phase = 'connecting' | 'open' | 'closing' | 'closed';

/** One state of the chart, such as `closing.closeSent`. */
export interface State extends Permits {
  readonly name: string;
  /** The state as the RFC names it (RFC 6455 §4.1, §7.1). */
  readonly phase: Phase;
  /** The step `event` takes from here; an event the state does not know leads back to it, without effects. */
  step(event: LifecycleEvent): Step;
}

export interface Step {
  readonly to: State;
  readonly effects: readonly Effect[];
}

/** A state of a chart that remembers the steps taken from it. */
class RememberedState implements State {
  readonly name: string;
  readonly phase: Phase;
  readonly reads: Permits['reads'];
  readonly deadline: Permits['deadline'];
  readonly sends: boolean;
  readonly #role: Role;
  readonly #snapshot: AnyMachineSnapshot;
  readonly #steps: Map<LifecycleEvent, Step> = new Map();

  constructor(role: Role, name: string, snapshot: AnyMachineSnapshot) {
    this.#role = role;
    this.#snapshot = snapshot;
    this.name = name;
    this.phase = name.split('.')[0] as Phase; // the chart's top level is these four
    const { reads, deadline, sends } = Object.assign({}, ...Object.values(snapshot.getMeta())) as Permits;
    this.reads = reads;
    this.deadline = deadline;
    this.sends = sends;
  }

  step(event: LifecycleEvent): Step {
    let step = this.#steps.get(event);
    if (step === undefined) {
      const [snapshot, actions] = transition(charts[this.#role], this.#snapshot, { type: event });
      step = { to: remember(this.#role, snapshot), effects: actions.map((action) => action.type as Effect) };
      this.#steps.set(event, step);
    }
    return step;
  }
}

const states: Record<Role, Map<string, State>> = { client: new Map(), server: new Map() };

function remember(role: Role, snapshot: AnyMachineSnapshot): State {
  const name = nameOf(snapshot.value);
  let state = states[role].get(name);
  if (state === undefined) {
    state = new RememberedState(role, name, snapshot);
    states[role].set(name, state);
  }
  return state;
}

/** The path of an xstate value: `{ closing: 'closeSent' }` is `closing.closeSent`. */
const nameOf = (value: string | object): string =>
  typeof value === 'string'
    ? value
    : (Object.entries(value).map(([parent, child]) => `${parent}.${nameOf(child)}`)[0] ?? '');

/** Where a connection of each role begins. */
export const initialState: Readonly<Record<Role, State>> = {
  client: remember('client', initialTransition(charts.client)[0]),
  server: remember('server', initialTransition(charts.server)[0]),
};
