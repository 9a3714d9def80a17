/** The table of what must not happen: attacks that others met, and fine points of the RFCs. */
import { ATTACKS } from './attacks.ts';
import type { Row, Section } from './row.ts';
import { RULES } from './rules.ts';

export const SECTIONS: readonly Section[] = [...ATTACKS, ...RULES];

export const ROWS: readonly Row[] = SECTIONS.flatMap(({ rows }) => rows);
