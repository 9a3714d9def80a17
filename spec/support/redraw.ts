/** Draws the diagrams in ARCHITECTURE.md anew. */
import { readFileSync, writeFileSync } from 'node:fs';
import { charts } from '../../core/index.ts';
import { redraw } from './diagram.ts';

const file = new URL('../../../ARCHITECTURE.md', import.meta.url);
writeFileSync(file, redraw(readFileSync(file, 'utf8'), charts));
