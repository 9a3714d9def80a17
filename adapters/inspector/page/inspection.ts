/** What the page knows of the process it watches, and what a person has chosen to see of it. */
import {
  type ConnectionSummary,
  type Hello,
  type HubMessage,
  INSPECTOR_VERSION,
  type PageMessage,
  type TimelineEntry,
} from '../protocol.ts';
import { connectionFilter, entryFilter } from './filter.ts';

/** Entries that are kept; of a tenth more, the oldest go. */
const KEPT_ENTRIES = 20_000;
/** Two ends of one connection are begun within this time, in milliseconds. */
const SAME_TIME = 2_000;

/** A step of a lifecycle. */
export type Step = Extract<TimelineEntry, { readonly kind: 'step' }>;

export class Inspection {
  /** Called after each change. */
  onChange: () => void = () => {};
  /** How the hub is told something; nobody is, while there is none. */
  tell: (message: PageMessage) => void = () => {};
  /** Whether there is a hub that speaks our version. */
  link: 'connecting' | 'live' | 'lost' | 'other version' = 'connecting';
  process: Hello['process'] | undefined;
  paused = false;
  /** Entries that the hub left out since the page began. */
  dropped = 0;
  untracked = 0;
  readonly connections: Map<number, ConnectionSummary> = new Map();
  /** The connection that is looked at. */
  selected: number | undefined;
  /** Whether entries of all connections are shown, rather than of the one selected and its other end. */
  all = false;
  /** The `seq` of the entry that is opened. */
  opened: number | undefined;
  /** The entries that pass the filter, by `seq`. */
  shown: readonly TimelineEntry[] = [];
  /** Payloads that were asked for: base64, or `null` where they are forgotten. */
  readonly payloads: Map<number, string | null> = new Map();
  #entries: TimelineEntry[] = [];
  #steps: Map<number, Step[]> = new Map();
  #entryFilter = '';
  #connectionFilter = '';
  #watched = '';

  /** What the hub says. */
  hear(message: HubMessage): void {
    if (message.type === 'hello') {
      this.#begin(message);
    } else if (message.type === 'payload') {
      this.payloads.set(message.seq, message.payload);
    } else {
      for (const connection of message.connections) this.connections.set(connection.id, connection);
      const other = this.otherEnd?.id;
      for (const id of message.gone) if (id !== this.selected && id !== other) this.#forget(id);
      this.dropped += message.dropped;
      this.untracked = message.untracked;
      this.#add(message.entries);
      if (this.selected === undefined) this.#selectFirst();
      this.#watch();
    }
    this.onChange();
  }

  lost(): void {
    if (this.link !== 'other version') this.link = 'lost';
    this.onChange();
  }

  select(id: number | undefined): void {
    if (id === this.selected) return;
    this.selected = id;
    this.opened = undefined;
    this.#watch();
    this.#filter();
    this.onChange();
  }

  showAll(all: boolean): void {
    this.all = all;
    this.#watch();
    this.#filter();
    this.onChange();
  }

  /** Opens an entry, or none; asks for what is cut of its payload. */
  open(entry: TimelineEntry | undefined): void {
    this.opened = entry?.seq;
    if (entry !== undefined && 'cut' in entry && entry.cut && !this.payloads.has(entry.seq)) {
      this.tell({ type: 'payload', seq: entry.seq });
    }
    this.onChange();
  }

  pause(paused: boolean): void {
    this.paused = paused;
    this.tell({ type: paused ? 'pause' : 'resume' });
    this.onChange();
  }

  /** Forgets the entries there are. */
  clear(): void {
    this.#entries = [];
    this.opened = undefined;
    this.#filter();
    this.onChange();
  }

  get entryFilter(): string {
    return this.#entryFilter;
  }

  set entryFilter(typed: string) {
    this.#entryFilter = typed;
    this.#filter();
    this.onChange();
  }

  get connectionFilter(): string {
    return this.#connectionFilter;
  }

  set connectionFilter(typed: string) {
    this.#connectionFilter = typed;
    this.onChange();
  }

  /** The connections that pass the filter, the oldest first. */
  get listed(): readonly ConnectionSummary[] {
    return [...this.connections.values()].filter(connectionFilter(this.#connectionFilter));
  }

  get selection(): ConnectionSummary | undefined {
    return this.selected === undefined ? undefined : this.connections.get(this.selected);
  }

  /**
   * The other end of the connection that is selected, where this process has it, too: the only one of the other role
   * that was begun at that time for the same host and path.
   */
  get otherEnd(): ConnectionSummary | undefined {
    const one = this.selection;
    if (one === undefined || one.path === '') return undefined;
    const candidates = [...this.connections.values()].filter(
      ({ role, host, path, startedAt }) =>
        role !== one.role && host === one.host && path === one.path && Math.abs(startedAt - one.startedAt) < SAME_TIME,
    );
    return candidates.length === 1 ? candidates[0] : undefined;
  }

  /** The entry that is opened. */
  get entry(): TimelineEntry | undefined {
    return this.#entries.find(({ seq }) => seq === this.opened);
  }

  /** The message that ended with the frame `seq`. */
  messageOf(seq: number): TimelineEntry | undefined {
    return this.#entries.find((entry) => entry.kind === 'message' && entry.frame === seq);
  }

  /** The steps of a connection that are known, the oldest first. */
  stepsOf(id: number): readonly Step[] {
    return this.#steps.get(id) ?? [];
  }

  /** Everything there is to see, with what is filtered out left out, as JSON. */
  export(): string {
    const { process, shown } = this;
    return JSON.stringify({ exportedAt: Date.now(), process, connections: this.listed, entries: shown }, null, 2);
  }

  #begin({ version, process }: Hello): void {
    this.link = version === INSPECTOR_VERSION ? 'live' : 'other version';
    this.process = process;
    this.connections.clear();
    this.payloads.clear();
    this.#steps.clear();
    this.#entries = [];
    this.selected = undefined;
    this.opened = undefined;
    this.#watched = '';
    this.#watch();
    if (this.paused) this.tell({ type: 'pause' });
    this.#filter();
  }

  #forget(id: number): void {
    this.connections.delete(id);
    this.#steps.delete(id);
  }

  #selectFirst(): void {
    const [first] = this.connections.keys();
    this.selected = first;
    this.#filter();
  }

  /** Tells the hub whose entries are needed, where that has changed. */
  #watch(): void {
    const ids = [this.selected, this.otherEnd?.id].filter((id) => id !== undefined);
    const connections = this.all ? 'all' : ids;
    if (String(connections) === this.#watched) return;
    this.#watched = String(connections);
    this.tell({ type: 'watch', connections });
    this.#filter();
  }

  #add(added: readonly TimelineEntry[]): void {
    if (added.length === 0) return;
    const last = this.#entries.at(-1)?.seq ?? 0;
    const inOrder = added.every(({ seq }, at) => seq > (added[at - 1]?.seq ?? last));
    // Those of a connection that is watched again were there before, perhaps.
    const all = inOrder ? this.#entries.concat(added) : merged(this.#entries, added);
    const full = all.length > KEPT_ENTRIES * 1.1;
    this.#entries = full ? all.slice(-KEPT_ENTRIES) : all;
    for (const entry of added) if (entry.kind === 'step') this.#addStep(entry);
    if (inOrder && !full) this.shown = this.shown.concat(added.filter(this.#test));
    else this.#filter();
  }

  #addStep(step: Step): void {
    const steps = this.#steps.get(step.connection) ?? [];
    if ((steps.at(-1)?.seq ?? 0) >= step.seq) return; // told before
    this.#steps.set(step.connection, [...steps, step]);
  }

  #test: (entry: TimelineEntry) => boolean = () => true;

  #filter(): void {
    const test = entryFilter(this.#entryFilter);
    const ends = new Set([this.selected, this.otherEnd?.id]);
    this.#test = this.all ? test : (entry) => ends.has(entry.connection) && test(entry);
    this.shown = this.#entries.filter(this.#test);
  }
}

/** Both by `seq`, each once. */
function merged(one: readonly TimelineEntry[], other: readonly TimelineEntry[]): TimelineEntry[] {
  const all = new Map([...one, ...other].map((entry) => [entry.seq, entry]));
  return [...all.values()].sort((a, b) => a.seq - b.seq);
}
