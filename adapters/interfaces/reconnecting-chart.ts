/** The life of a reconnecting client as an xstate machine, of the table that runs: to draw, to explore, to test with. */
import { type AnyStateMachine, createMachine } from 'xstate';
import { RECONNECTING } from './reconnecting-states.ts';

/** The machine; its events are those of the table. */
export const reconnectingChart: AnyStateMachine = createMachine({
  id: 'reconnecting',
  initial: 'connecting',
  states: Object.fromEntries(
    Object.entries(RECONNECTING).map(([state, on]) => [state, state === 'ended' ? { type: 'final' } : { on }]),
  ),
});
