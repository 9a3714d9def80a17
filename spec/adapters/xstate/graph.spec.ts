import { getShortestPaths } from '@xstate/graph';
import { expect, it } from 'vitest';
import { charts } from '../../../adapters/xstate.ts';
import { LIFECYCLE } from '../../../core/lifecycle-table.ts';

const path = (value: unknown): string =>
  typeof value === 'string' ? value : (Object.entries(value as Record<string, string>)[0]?.join('.') ?? ''); // a chart has two levels

it.each(['client', 'server'] as const)('@xstate/graph reaches every state of the %s, and no other', (role) => {
  const chart = charts[role];
  const paths = getShortestPaths(chart);
  const reached = paths.map(({ state }) => path((state as { value?: unknown }).value));
  expect([...new Set(reached)].sort()).toEqual(Object.keys(LIFECYCLE[role]).sort());
});

it('says how a server fails, in events that a test can replay', () => {
  const [failed] = getShortestPaths(charts.server, {
    toState: (state) => path((state as { value?: unknown }).value) === 'closing.failed',
  });
  expect(failed?.steps.map(({ event }) => event.type)).toEqual([
    'xstate.init',
    'requestReceived',
    'accepted',
    'violationFound',
  ]);
});
