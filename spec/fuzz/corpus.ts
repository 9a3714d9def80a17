/** The inputs that were found, as files. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PARTS } from './parts.ts';
import type { Target } from './target.ts';
import { WHOLE } from './whole.ts';

export const TARGETS: Readonly<Record<string, Target>> = { ...PARTS, ...WHOLE };

/** The inputs of a target, by name. */
export function readCorpus(folder: string, target: string): [name: string, input: Uint8Array][] {
  const place = join(folder, target);
  mkdirSync(place, { recursive: true });
  return readdirSync(place)
    .sort()
    .map((name) => [name, new Uint8Array(readFileSync(join(place, name)))]);
}

/** Adds an input, named after what is in it; one that came to no documented end stays for good. Returns the name. */
export function addToCorpus(folder: string, target: string, input: Uint8Array, crashed: boolean): string {
  const name = `${crashed ? CRASH : ''}${createHash('sha256').update(input).digest('hex').slice(0, 16)}`;
  writeFileSync(join(folder, target, name), input);
  return name;
}

/** Has these inputs in the corpus, and those that once came to no documented end. */
export function replaceCorpus(folder: string, target: string, inputs: readonly Uint8Array[]): void {
  for (const [name] of readCorpus(folder, target)) {
    if (!name.startsWith(CRASH)) rmSync(join(folder, target, name));
  }
  for (const input of inputs) addToCorpus(folder, target, input, false);
}

const CRASH = 'crash-';
