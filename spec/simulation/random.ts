/** Chance that is the same each time: everything a simulation draws follows from one number of 64 bits. */

/** The generator sfc32 of Chris Doty-Humphrey. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #count = 1;

  constructor(seed: bigint) {
    this.#a = Number(seed & 0xffff_ffffn);
    this.#b = Number((seed >> 32n) & 0xffff_ffffn);
    this.#c = 0;
    for (let i = 0; i < 12; i++) this.next();
  }

  /** A whole number of 32 bits. */
  next(): number {
    const result = (this.#a + this.#b + this.#count) | 0;
    this.#count = (this.#count + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + result;
    return result >>> 0;
  }

  /** From 0 on, less than `end`. */
  below(end: number): number {
    return Math.floor((this.next() / 2 ** 32) * end);
  }

  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  chance(probability: number): boolean {
    return this.next() / 2 ** 32 < probability;
  }

  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.below(choices.length)] ?? choices[0];
  }

  /** A generator of its own, so that one part of a simulation draws the same whatever another does. */
  fork(): Random {
    return new Random((BigInt(this.next()) << 32n) | BigInt(this.next()));
  }
}
