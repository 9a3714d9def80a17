/**
 * The contexts of one kind that are kept between messages: those of the connections that used theirs last.
 *
 * A context of zlib is 40 kB to inflate and 268 kB to deflate, and a connection needs it only while a message passes. So
 * any number of connections keeps no more of them than `WARM`, and `SPARE` that nobody has.
 */
import type { DeflateContext } from './deflate-context.ts';

/** Connections that find their context as they left it. */
const WARM = 16;
const SPARE = 2;

/** Whose context may be taken away between two messages. */
export interface Owner {
  context: DeflateContext | undefined;
  release(): void;
}

export class ContextPool {
  /** Oldest first. Who is in the middle of a message is not among them, so it loses nothing, and may be collected. */
  readonly #warm: Set<Owner> = new Set();
  readonly #spare: DeflateContext[] = [];

  /** The context of `owner`, which keeps it until `put`. */
  take(owner: Owner): DeflateContext | undefined {
    if (owner.context !== undefined) this.#warm.delete(owner);
    return owner.context;
  }

  /** `owner` is between two messages. */
  put(owner: Owner): void {
    this.#warm.add(owner);
    if (this.#warm.size <= WARM) return;
    const [oldest] = this.#warm;
    oldest?.release();
  }

  /**
   * `owner` needs its context no more.
   *
   * @param bound - whether no other can use it.
   */
  remove(owner: Owner, bound: boolean): void {
    this.cool(owner, bound);
    owner.context?.close(); // in the middle of a message, so nobody else's
    owner.context = undefined;
  }

  /** As `remove`, unless `owner` is in the middle of a message, whose context nothing could make again. */
  cool(owner: Owner, bound: boolean): void {
    if (owner.context !== undefined && this.#warm.delete(owner)) this.give(owner, bound);
  }

  /** Takes the context of an owner that was never put here. */
  give(owner: Owner, bound: boolean = false): void {
    const { context } = owner;
    owner.context = undefined;
    if (context === undefined) return;
    if (!bound && this.#spare.length < SPARE) this.#spare.push(context);
    else context.close();
  }

  /** A context that nobody has, as new. */
  spare(): DeflateContext | undefined {
    const context = this.#spare.pop();
    context?.reset();
    return context;
  }
}
