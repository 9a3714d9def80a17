/** What is fuzzed, and how its answers are judged. */

export interface Target {
  /** What it is, for people. */
  readonly what: string;
  /** Whose coverage guides. */
  readonly scripts: RegExp;
  /** What its format is made of. */
  readonly words: readonly string[];
  /** Where to begin. */
  readonly seeds: readonly Uint8Array[];
  /**
   * Runs one input.
   *
   * @returns names of what came of it: a name that is new makes the input worth keeping.
   * @throws where something came of it that is not documented.
   */
  run(input: Uint8Array): Iterable<string>;
}

/** Reads an input piece by piece: the first bytes choose, the rest is what is read. */
export class Choices {
  readonly #input: Uint8Array;
  #at = 0;

  constructor(input: Uint8Array) {
    this.#input = input;
  }

  get left(): number {
    return this.#input.length - this.#at;
  }

  /** The next byte; 0 where there is none. */
  byte(): number {
    return this.#input[this.#at++] ?? 0;
  }

  bytes(count: number): Uint8Array {
    const taken = this.#input.slice(this.#at, this.#at + count);
    this.#at += taken.length;
    return taken;
  }

  rest(): Uint8Array {
    return this.bytes(this.left);
  }
}

/** Cuts bytes into pieces of `size`; 0 leaves them whole. */
export function cutInto(bytes: Uint8Array, size: number): Uint8Array[] {
  if (size === 0) return [bytes.slice()];
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.slice(at, at + size));
  return pieces;
}

export const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

export function equal(actual: string, expected: string, what: string): void {
  if (actual !== expected) throw new Error(`${what}: ${actual}\n  instead of ${expected}`);
}
