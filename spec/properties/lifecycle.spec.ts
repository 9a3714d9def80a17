/** The steps that run are those of xstate, whatever the events are. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { initialTransition, transition } from 'xstate';
import { charts, type LifecycleEvent } from '../../core/lifecycle.ts';
import { initialState } from '../../core/lifecycle-steps.ts';

const LEADING: readonly LifecycleEvent[] = [
  'requestReceived',
  'accepted',
  'responseAccepted',
  'closeRequested',
  'closeReceived',
];
const ENDING: readonly LifecycleEvent[] = [
  'refused',
  'responseRefused',
  'violationFound',
  'peerUnresponsive',
  'abortRequested',
  'inputEnded',
  'transportClosed',
  'deadlinePassed',
];

/** Those that lead further are more frequent: every state is met. */
const event = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...LEADING) },
  { weight: 1, arbitrary: fc.constantFrom(...ENDING) },
);

const nameOf = (value: unknown): string =>
  typeof value === 'object' && value !== null
    ? Object.entries(value)
        .map(([parent, child]) => `${parent}.${nameOf(child)}`)
        .join()
    : String(value);

test.each(['client', 'server'] as const)('the remembered steps of a %s are those of its chart', (role) => {
  const met = new Set<string>();
  fc.assert(
    fc.property(fc.array(event, { maxLength: 20 }), (events) => {
      let [snapshot] = initialTransition(charts[role]);
      let state = initialState[role];
      for (const type of events) {
        const [next, actions] = transition(charts[role], snapshot, { type });
        const step = state.step(type);
        expect(step.to.name).toBe(nameOf(next.value));
        expect(step.to.phase).toBe(nameOf(next.value).replace(/\..*/, ''));
        expect(step.effects).toEqual(actions.map((action) => action.type));
        expect(Object.values(next.getMeta())).toEqual([
          { reads: step.to.reads, deadline: step.to.deadline, sends: step.to.sends },
        ]);
        expect(next.status === 'done').toBe(step.to.phase === 'closed');
        snapshot = next;
        state = step.to;
        met.add(state.name);
      }
    }),
    { numRuns: 500 },
  );
  expect(met.size).toBeGreaterThanOrEqual(role === 'client' ? 6 : 7);
});
