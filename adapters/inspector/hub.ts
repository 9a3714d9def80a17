/** Collects what connections do, within bounds, and tells the pages that look on, in batches. */
import type { Driver, Host } from '../driver.ts';
import { type Hello, type HubMessage, INSPECTOR_VERSION } from './protocol.ts';
import { type Fact, Timeline } from './timeline.ts';
import { type Page, type Source, Viewer } from './viewer.ts';
import { type Notebook, Watched } from './watched.ts';

export interface HubOptions {
  readonly host: Pick<Host, 'now' | 'setTimer' | 'clearTimer'>;
  /** Milliseconds since 1970 at the zero of the host's clock. */
  readonly epoch: number;
  /** The token of the inspector, which nothing it shows may contain. */
  readonly token: string;
  readonly process: Hello['process'];
}

/** Milliseconds between batches: twenty a second look like motion. */
const BATCH_MILLISECONDS = 50;
/** Connections at a time; those beyond are counted. */
const CONNECTIONS = 2_000;
/** Connections that are remembered after their end. */
const ENDED = 200;

export class Hub implements Notebook, Source {
  readonly timeline: Timeline = new Timeline();
  readonly connections: Map<number, Watched> = new Map();
  readonly token: string;
  readonly epoch: number;
  readonly #host: HubOptions['host'];
  readonly #process: Hello['process'];
  readonly #viewers: Set<Viewer> = new Set();
  #ended: number[] = [];
  #lastId = 0;
  #untracked = 0;
  #timer: unknown;

  constructor({ host, epoch, token, process }: HubOptions) {
    this.#host = host;
    this.epoch = epoch;
    this.token = token;
    this.#process = process;
  }

  /** Begins to watch a connection that has not started. */
  watch(driver: Driver): void {
    const id = ++this.#lastId;
    if (this.connections.size - this.#ended.length >= CONNECTIONS) {
      this.#untracked++;
      return;
    }
    const watched = new Watched(id, driver, this);
    this.connections.set(id, watched);
    this.changed(watched);
  }

  /** A page looks on, and is greeted; `leave` ends it. */
  open(page: Page): Viewer {
    const hello: HubMessage = { type: 'hello', version: INSPECTOR_VERSION, process: this.#process };
    page.send(JSON.stringify(hello));
    const viewer = new Viewer(page, this);
    this.#viewers.add(viewer);
    this.schedule();
    return viewer;
  }

  leave(viewer: Viewer): void {
    this.#viewers.delete(viewer);
    if (this.#viewers.size > 0 || this.#timer === undefined) return;
    this.#host.clearTimer(this.#timer);
    this.#timer = undefined;
  }

  note({ id }: Watched, at: number, fact: Fact, bytes?: Uint8Array): number {
    const kept = this.timeline.add(id, at, fact, bytes);
    for (const viewer of this.#viewers) viewer.noted(kept);
    return kept.seq;
  }

  changed({ id }: Watched): void {
    for (const viewer of this.#viewers) viewer.changed(id);
    this.schedule();
  }

  over({ id }: Watched): void {
    this.#ended.push(id);
    if (this.#ended.length <= ENDED) return;
    const [oldest = 0, ...others] = this.#ended;
    this.#ended = others;
    this.connections.delete(oldest);
    this.timeline.forget(oldest);
    for (const viewer of this.#viewers) viewer.gone(oldest);
  }

  schedule(): void {
    if (this.#viewers.size === 0 || this.#timer !== undefined) return;
    this.#timer = this.#host.setTimer(() => this.flush(), BATCH_MILLISECONDS);
  }

  /** Tells the pages now what they would be told with the next batch. */
  flush(): void {
    if (this.#timer !== undefined) this.#host.clearTimer(this.#timer);
    this.#timer = undefined;
    const at = this.epoch + this.#host.now();
    let again = false;
    for (const viewer of this.#viewers) again = viewer.flush(at, this.#untracked) || again;
    if (again) this.schedule();
  }
}
