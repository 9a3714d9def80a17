/** Writes what is derived from the charts: `core/lifecycle-table.ts`, the inspector's drawings, the diagrams in ARCHITECTURE.md; and from the vectors the menu of the playground. */
import { readFileSync, writeFileSync } from 'node:fs';
import { charts } from '../../core/lifecycle.ts';
import { layoutSource } from './chart-layout.ts';
import { redraw } from './diagram.ts';
import { tableSource } from './lifecycle-table.ts';
import { violationsSource } from './violations.ts';

const file = (name: string): URL => new URL(`../../../${name}`, import.meta.url);

writeFileSync(file('core/lifecycle-table.ts'), tableSource());
writeFileSync(file('ARCHITECTURE.md'), redraw(readFileSync(file('ARCHITECTURE.md'), 'utf8'), charts));
writeFileSync(file('adapters/inspector/page/chart-layout.json'), await layoutSource());
writeFileSync(file('examples/playground/violations.json'), violationsSource());
