/** The drawings of the inspector are those of the charts as they stand. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { charts, type Role } from '../../../core/lifecycle.ts';
import { LIFECYCLE } from '../../../core/lifecycle-table.ts';
import { type Drawing, layoutSource, SHAPES } from '../../support/chart-layout.ts';

const file = readFileSync(new URL('../../../adapters/inspector/page/chart-layout.json', import.meta.url), 'utf8');
const layouts = JSON.parse(file) as Record<Role, Record<(typeof SHAPES)[number], Drawing>>;
const drawings = (['client', 'server'] as const).flatMap((role) =>
  SHAPES.map((shape) => ({ role, shape, drawing: layouts[role][shape] })),
);

it('is what ELK makes of the charts', async () => {
  expect(file, 'run `npm run lifecycle`').toBe(await layoutSource());
});

it.each(drawings)('$role, $shape: has a place for every state, within the drawing and apart', ({ role, drawing }) => {
  const leaves = drawing.states.filter(({ compound }) => !compound);
  expect(leaves.map(({ id }) => id).sort()).toEqual(Object.keys(LIFECYCLE[role]).sort());
  for (const one of leaves) {
    expect(one.x + one.width).toBeLessThanOrEqual(drawing.width);
    expect(one.y + one.height).toBeLessThanOrEqual(drawing.height);
    const covered = leaves.filter(
      (other) =>
        other !== one &&
        other.x < one.x + one.width &&
        one.x < other.x + other.width &&
        other.y < one.y + one.height &&
        one.y < other.y + other.height,
    );
    expect(covered).toEqual([]);
  }
});

it.each(drawings)('$role, $shape: has a line for every transition, from state to state', ({ role, drawing }) => {
  const drawn = drawing.transitions.flatMap(({ from, events, to }) => events.map((event) => `${from} ${event} ${to}`));
  const all = Object.values(charts[role].root.states).flatMap((state) => [state, ...Object.values(state.states)]);
  const transitions = all.flatMap((state) =>
    state.ownEvents.flatMap((event) =>
      (state.transitions.get(event) ?? []).flatMap(({ target = [] }) =>
        target.map((to) => `${state.path.join('.')} ${event} ${to.path.join('.')}`),
      ),
    ),
  );
  expect(drawn.sort()).toEqual(transitions.sort());
  for (const { points } of drawing.transitions) expect(points.length).toBeGreaterThanOrEqual(2);
});
