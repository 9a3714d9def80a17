/** What is remembered of what happened: bounded for each connection, and in all, where the longest memory gives way. */
import { Buffer } from 'node:buffer';
import { type FrameFact, frameEntryOf } from './frame-entry.ts';
import type {
  EventEntry,
  HeadEntry,
  MessageEntry,
  PayloadAnswer,
  Preview,
  StepEntry,
  TimelineEntry,
} from './protocol.ts';

/** What an entry says, but for the bytes that are kept beside it; those of a frame are the frame's. */
export type Fact = FrameFact | WithoutPreview<MessageEntry | HeadEntry | StepEntry | EventEntry>;
type WithoutPreview<Entry> = Entry extends Preview ? Omit<Entry, keyof Preview> : Entry;

/** An entry as it is kept: what the page is told is made of it only when a page watches. */
export interface Kept {
  readonly seq: number;
  readonly connection: number;
  readonly at: number;
  readonly fact: Fact;
  /** The beginning of a message or of a head. */
  readonly bytes: Uint8Array | undefined;
}

/** Entries of one connection. */
const CONNECTION_ENTRIES = 1_000;
/** Entries in all: with 1 KiB of payload each, some 12 MB. */
const ENTRIES = 10_000;
/** Bytes of a payload that a page gets without asking. */
const PREVIEW_BYTES = 128;

export class Timeline {
  readonly #rings: Map<number, Kept[]> = new Map();
  #count = 0;
  #seq = 0;

  add(connection: number, at: number, fact: Fact, bytes?: Uint8Array): Kept {
    const kept: Kept = { seq: ++this.#seq, connection, at, fact, bytes };
    const ring = this.#rings.get(connection);
    if (ring === undefined) this.#rings.set(connection, [kept]);
    else ring.push(kept);
    this.#count++;
    if (ring !== undefined && ring.length > CONNECTION_ENTRIES) this.#halve(ring);
    else if (this.#count > ENTRIES) this.#halveLongest();
    return kept;
  }

  /** The entries kept of a connection, oldest first. */
  of(connection: number): readonly Kept[] {
    return this.#rings.get(connection) ?? [];
  }

  forget(connection: number): void {
    this.#count -= this.of(connection).length;
    this.#rings.delete(connection);
  }

  /** All that is kept of the bytes of one entry. */
  payload(seq: number): PayloadAnswer {
    for (const ring of this.#rings.values()) {
      const kept = ring.find((each) => each.seq === seq);
      if (kept !== undefined) return { type: 'payload', seq, payload: bytesOf(kept)?.toString('base64') ?? '' };
    }
    return { type: 'payload', seq, payload: null };
  }

  /** Forgets the older half, at once: to forget one by one would move the rest each time. */
  #halve(ring: Kept[]): void {
    const half = Math.ceil(ring.length / 2);
    ring.splice(0, half);
    this.#count -= half;
  }

  /** Of the longest memory, and of all that are more than half as long: with many connections each is short. */
  #halveLongest(): void {
    let longest = 0;
    for (const { length } of this.#rings.values()) longest = Math.max(longest, length);
    for (const ring of this.#rings.values()) if (ring.length * 2 > longest) this.#halve(ring);
  }
}

/** What is kept of its bytes, at most `most` of them. */
function bytesOf({ fact, bytes }: Kept, most?: number): Buffer | undefined {
  if (fact.kind === 'frame') return Buffer.from(fact.payload.slice(0, most), 'latin1');
  return bytes && Buffer.from(bytes.subarray(0, most));
}

/** An entry as the page is told it. */
export function entryOf(kept: Kept): TimelineEntry {
  const { seq, connection, at, fact } = kept;
  const { length = 0 } = fact.kind === 'frame' ? fact.payload : (kept.bytes ?? {});
  const bytes = bytesOf(kept, PREVIEW_BYTES);
  const preview = bytes && { payload: bytes.toString('base64'), cut: length > PREVIEW_BYTES };
  const said = fact.kind === 'frame' ? frameEntryOf(fact) : fact;
  return { seq, connection, at, ...said, ...preview } as TimelineEntry; // facts that have a preview come with bytes
}
