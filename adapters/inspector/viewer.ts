/** One page that looks on: what it watches, and what is to be told to it with the next batch. */
import { parsePageMessage } from './page-message.ts';
import type { Batch, ConnectionSummary, HubMessage } from './protocol.ts';
import { entryOf, type Kept, type Timeline } from './timeline.ts';
import type { Watched } from './watched.ts';

/** Where a page is told something. */
export interface Page {
  send(text: string): void;
  /** Bytes that the page has not taken. */
  readonly waiting: number;
}

/** Where a viewer looks things up. */
export interface Source {
  readonly timeline: Timeline;
  /** Those that are tracked. */
  readonly connections: ReadonlyMap<number, Watched>;
  /** There is something to tell. */
  schedule(): void;
}

/** Entries of one batch; where there are more, the oldest are dropped. */
const BATCH_ENTRIES = 2_000;
/** Bytes that may wait for a slow page before it gets no batch. */
const WAITING_BYTES = 1_048_576;

export class Viewer {
  readonly #page: Page;
  readonly #source: Source;
  readonly #changed: Set<number>;
  /** Those the page knows. */
  readonly #told: Set<number> = new Set();
  #gone: number[] = [];
  #entries: Kept[] = [];
  #dropped = 0;
  #watched: ReadonlySet<number> | 'all' = new Set();
  #paused = false;

  constructor(page: Page, source: Source) {
    this.#page = page;
    this.#source = source;
    this.#changed = new Set(source.connections.keys());
  }

  /** Takes what the page says; returns whether it may be said. */
  receive(text: string): boolean {
    const message = parsePageMessage(text);
    if (message === undefined) return false;
    switch (message.type) {
      case 'watch':
        this.#watch(message.connections === 'all' ? 'all' : new Set(message.connections));
        break;
      case 'payload':
        this.#tell(this.#source.timeline.payload(message.seq));
        break;
      default:
        this.#paused = message.type === 'pause';
    }
    this.#source.schedule();
    return true;
  }

  changed(id: number): void {
    this.#changed.add(id);
  }

  noted(kept: Kept): void {
    if (!this.#watches(kept.connection)) return;
    this.#entries.push(kept);
    this.#shorten();
  }

  gone(id: number): void {
    this.#changed.delete(id);
    if (this.#told.delete(id)) this.#gone.push(id);
  }

  /**
   * Tells what there is to tell.
   *
   * @returns whether it must be tried again: the page is slow.
   */
  flush(at: number, untracked: number): boolean {
    const nothing = this.#changed.size + this.#gone.length + this.#entries.length + this.#dropped === 0;
    if (this.#paused || nothing) return false;
    if (this.#page.waiting > WAITING_BYTES) return true;
    const connections: ConnectionSummary[] = [];
    for (const id of this.#changed) {
      const watched = this.#source.connections.get(id);
      if (watched === undefined) continue;
      connections.push(watched.summary);
      this.#told.add(id);
    }
    const batch: Batch = {
      type: 'batch',
      at,
      connections,
      gone: this.#gone,
      entries: this.#entries.map(entryOf),
      dropped: this.#dropped,
      untracked,
    };
    this.#changed.clear();
    this.#gone = [];
    this.#entries = [];
    this.#dropped = 0;
    this.#tell(batch);
    return false;
  }

  #watch(watched: ReadonlySet<number> | 'all'): void {
    const before = this.#watched;
    this.#watched = watched;
    const pending = this.#entries.filter(({ connection }) => this.#watches(connection));
    const added = [...(watched === 'all' ? this.#source.connections.keys() : watched)].filter(
      (id) => before !== 'all' && !before.has(id),
    );
    const past = added.flatMap((id) => [...this.#source.timeline.of(id)]);
    this.#entries = [...past, ...pending].sort((a, b) => a.seq - b.seq);
    this.#shorten();
  }

  #watches(connection: number): boolean {
    return this.#watched === 'all' || this.#watched.has(connection);
  }

  /** Drops half at once: to drop one by one would move the rest each time. */
  #shorten(): void {
    if (this.#entries.length <= BATCH_ENTRIES) return;
    const left = this.#entries.slice(-BATCH_ENTRIES / 2);
    this.#dropped += this.#entries.length - left.length;
    this.#entries = left;
  }

  #tell(message: HubMessage): void {
    this.#page.send(JSON.stringify(message));
  }
}
