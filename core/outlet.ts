/**
 * The one way out of a connection: outputs leave in order, and what a call wrote leaves gathered.
 *
 * A handler that throws loses nothing: what follows is still put out, and the outermost call throws in the
 * end what the handlers threw.
 */
import { OutputGatherer } from './bytes/output-gatherer.ts';
import type { Output } from './events.ts';

/** Gathered bytes that leave before their call ends: more would only wait longer, and in memory. */
const FLUSH_BYTES = 65_536;

export class Outlet extends OutputGatherer {
  /** Bytes written that the transport holds, as the host reports them. */
  queued = 0;
  #written = 0;
  readonly #output: (output: Output) => void;
  #depth = 0;
  #writable = true;
  #over = false;
  #thrown: unknown[] | undefined;
  /** Whether the host could not write. */
  #failed = false;

  constructor(output: (output: Output) => void) {
    super();
    this.#output = output;
  }

  /** Bytes that wait, here and in the transport. */
  get waiting(): number {
    return this.length + this.queued;
  }

  /** Bytes written that the transport holds no more. */
  get taken(): number {
    return this.#written - this.queued;
  }

  /** Puts `output` out, and nothing behind `closed`: a transport that closes within a call finds the rest obsolete. */
  emit(output: Output): void {
    if (this.#over) return;
    this.#over = output.type === 'closed';
    try {
      this.#output(output);
    } catch (error) {
      this.#failed ||= output.type === 'write';
      this.#thrown ??= [];
      this.#thrown.push(error);
    }
  }

  /** Whether our last bytes are lost, as far as is known: they could not be written, or wait in a transport that failed. */
  lost(error: unknown): boolean {
    return this.#failed || (error !== undefined && this.queued > 0);
  }

  /** Gathers a head: text whose characters are its bytes, or bytes. */
  appendHead(head: string | Uint8Array): void {
    if (typeof head === 'string') this.appendLatin1(head);
    else this.append(head);
  }

  /** Begins a call of the host's or the program's; each is ended by `leave`. */
  enter(): void {
    this.#depth++;
  }

  /** @throws where this was the outermost call: what was thrown by a handler, or by several. */
  leave(): void {
    if (this.#depth === 1) this.flush();
    this.#depth--;
    if (this.#depth > 0 || this.#thrown === undefined) return;
    const errors = this.#thrown;
    this.#thrown = undefined;
    throw errors.length === 1 ? errors[0] : new AggregateError(errors, 'several handlers threw');
  }

  /** Lets what was gathered leave early where it has become much. */
  relieve(): void {
    if (this.length >= FLUSH_BYTES) this.flush();
  }

  flush(): void {
    while (this.length > 0) {
      this.#written += this.length;
      const chunks = this.take();
      if (this.#writable) this.emit({ type: 'write', chunks });
    }
  }

  /** Ends the transport behind everything written, unless it is past that. */
  end(): void {
    this.flush();
    if (this.#writable) this.emit({ type: 'end' });
  }

  /** Drops what may still be gathered: the transport takes nothing any more. */
  shut(): void {
    this.#writable = false;
  }
}
