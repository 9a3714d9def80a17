/** The menu of the playground is made from the vectors, and each item breaks the rule it is listed under. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Role } from '../../core/index.ts';
import type { Violation } from '../../examples/playground/orders.ts';
import { opened } from '../support/opened.ts';
import { violationsSource } from '../support/violations.ts';
import { bytes } from '../support/wire.ts';

const file = readFileSync(new URL('../../examples/playground/violations.json', import.meta.url), 'utf8');
const items = JSON.parse(file) as Violation[];
const broken = items.flatMap(({ wire, ...item }) =>
  (Object.entries(wire) as [Role, string][]).map(([role, hex]) => ({ ...item, role, hex })),
);

it('is made from the vectors', () => {
  expect(file, 'run `npm run lifecycle`').toBe(violationsSource());
});

it('has at least ten rules for each side to break', () => {
  for (const role of ['client', 'server']) {
    expect(new Set(broken.filter((item) => item.role === role).map(({ rule }) => rule)).size).toBeGreaterThanOrEqual(
      10,
    );
  }
});

it.each(broken)('$id to a $role breaks its rule', ({ role, hex, rule, clause, closeCode }) => {
  const { connection, outputs } = opened(role);
  connection.receive(bytes(hex));
  const [error] = outputs.flatMap((output) => (output.type === 'error' ? [output.error] : []));
  expect(error).toMatchObject({ violation: rule, clause, closeCode });
  expect(connection.state).toBe('closing.failed');
});
