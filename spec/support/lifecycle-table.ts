/** Computes with xstate, from the charts of `core/lifecycle.ts`, the table that the core steps by. */
import { isDeepStrictEqual } from 'node:util';
import { type AnyMachineSnapshot, initialTransition, transition } from 'xstate';
import { charts, type LifecycleEvent, type Permits, type Role } from '../../core/lifecycle.ts';
import type { StateRow } from '../../core/lifecycle-table.ts';

const EVENTS: readonly LifecycleEvent[] = [
  'requestReceived',
  'accepted',
  'refused',
  'responseAccepted',
  'responseRefused',
  'closeRequested',
  'closeReceived',
  'violationFound',
  'peerUnresponsive',
  'abortRequested',
  'inputEnded',
  'transportClosed',
  'deadlinePassed',
];

/** The path of an xstate value: `{ closing: 'closeSent' }` is `closing.closeSent`. */
const nameOf = (value: string | object): string =>
  typeof value === 'string'
    ? value
    : Object.entries(value)
        .map(([parent, child]) => `${parent}.${nameOf(child)}`)
        .join();

/** Every state that a connection of `role` can reach, the first one first, and where each event leads from it. */
function tableOf(role: Role): Record<string, StateRow> {
  const rows: Record<string, StateRow> = {};
  const visit = (snapshot: AnyMachineSnapshot): void => {
    const name = nameOf(snapshot.value);
    if (name in rows) return;
    const { reads, deadline, sends } = Object.assign({}, ...Object.values(snapshot.getMeta())) as Permits;
    const on: Record<string, [string, ...string[]]> = {};
    rows[name] = { reads, deadline, sends, on: on as StateRow['on'] };
    for (const type of EVENTS) {
      const [next, actions] = transition(charts[role], snapshot, { type });
      const to = nameOf(next.value);
      if (to !== name || actions.length > 0) on[type] = [to, ...actions.map((action) => action.type)];
      visit(next);
    }
  };
  visit(initialTransition(charts[role])[0]);
  return rows;
}

/** The source of `core/lifecycle-table.ts`: rows that are the same for both roles stand once. */
export function tableSource(): string {
  const tables = { client: tableOf('client'), server: tableOf('server') };
  const alike = Object.entries(tables.client).filter(([name, row]) => isDeepStrictEqual(row, tables.server[name]));
  const own = (role: Role): string =>
    rowsSource(
      Object.entries(tables[role]).filter(([name]) => !alike.some(([other]) => other === name)),
      '    ',
    );
  return `/** Computed from the charts in lifecycle.ts by \`npm run lifecycle\`; a spec compares it with xstate. Not to be edited. */
import type { Effect, LifecycleEvent, Permits, Role } from './lifecycle-terms.ts';

/** What a state permits, and for each event it knows the next state and the effects. */
export interface StateRow extends Permits {
  readonly on: Readonly<Partial<Record<LifecycleEvent, readonly [to: string, ...effects: Effect[]]>>>;
}

// biome-ignore format: one line an event
const ALIKE: Readonly<Record<string, StateRow>> = {
${rowsSource(alike, '  ')}};

// biome-ignore format: one line an event
export const LIFECYCLE: Readonly<Record<Role, Readonly<Record<string, StateRow>>>> = {
  client: {
${own('client')}    ...ALIKE,
  },
  server: {
${own('server')}    ...ALIKE,
  },
};
`;
}

const rowsSource = (rows: readonly (readonly [string, StateRow])[], indent: string): string =>
  rows
    .map(([name, { reads, deadline, sends, on }]) => {
      const steps = Object.entries(on).map(([event, [...step]]) => `${indent}    ${event}: ${quote(step)},\n`);
      const events = steps.length > 0 ? `{\n${steps.join('')}${indent}  }` : '{}';
      return `${indent}'${name}': {\n${indent}  reads: '${reads}', deadline: '${deadline}', sends: ${sends},\n${indent}  on: ${events},\n${indent}},\n`;
    })
    .join('');

const quote = (step: readonly string[]): string => `[${step.map((each) => `'${each}'`).join(', ')}]`;
