/** Why mutants survive that are known. Whoever is not here, and not told by its kind, has no reason. */

export interface Reason {
  /** The file, below `core/`. */
  readonly file: string;
  /** What the line holds that is mutated. */
  readonly line: string;
  readonly why: string;
}

/** A mutant of what a person reads, and no program. */
export const WORDS = 'words for people: a spec holds that there are some, not which';

export const REASONS: readonly Reason[] = [];
