/**
 * Fresh, unpredictable masking keys (RFC 6455 §5.3, §10.3), drawn from the host's source in batches.
 */

/** Fills `bytes` with unpredictable octets, as `crypto.getRandomValues` does. */
export type GetRandomValues = (bytes: Uint8Array<ArrayBuffer>) => unknown;

const BATCH_BYTES = 1_024;

/** The keys that were drawn and not yet used, for each source: connections share them. */
const pools = new WeakMap<GetRandomValues, MaskingKeys>();

export class MaskingKeys {
  readonly #getRandomValues: GetRandomValues;
  readonly #bytes = new Uint8Array(BATCH_BYTES);
  #offset = BATCH_BYTES;

  private constructor(getRandomValues: GetRandomValues) {
    this.#getRandomValues = getRandomValues;
  }

  static of(getRandomValues: GetRandomValues): MaskingKeys {
    let keys = pools.get(getRandomValues);
    if (keys === undefined) {
      keys = new MaskingKeys(getRandomValues);
      pools.set(getRandomValues, keys);
    }
    return keys;
  }

  /** The next key as one number; none is handed out twice. */
  next(): number {
    if (this.#offset === BATCH_BYTES) {
      this.#getRandomValues(this.#bytes);
      this.#offset = 0;
    }
    const bytes = this.#bytes;
    const at = this.#offset;
    this.#offset = at + 4;
    return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
  }
}
