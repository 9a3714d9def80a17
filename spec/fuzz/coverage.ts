/**
 * Which characters of our source have run, by V8's own counters (the precise coverage of `node:inspector`).
 *
 * To read the counters takes milliseconds, so they are read for many inputs at a time.
 */
import { Session } from 'node:inspector';

interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

export class Coverage {
  /** Characters that have run. */
  covered = 0;
  readonly #session: Session = new Session();
  readonly #scripts: RegExp;
  /** For each script: which of its characters have run. */
  readonly #seen: Map<string, Uint8Array> = new Map();

  /** @param scripts - of which scripts. */
  constructor(scripts: RegExp) {
    this.#scripts = scripts;
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** Forgets what ran since the last reading. */
  skip(): void {
    this.#session.post('Profiler.takePreciseCoverage');
  }

  /**
   * Reads what ran since the last reading.
   *
   * @param keep - whether that is old news from now on.
   * @returns whether something ran that never had.
   */
  read(keep: boolean): boolean {
    let isNew = false;
    this.#session.post('Profiler.takePreciseCoverage', (error, { result }) => {
      if (error !== null) throw error;
      for (const { url, functions } of result) {
        if (!this.#scripts.test(url)) continue;
        for (const { ranges } of functions) if (this.#compare(url, ranges, keep)) isNew = true;
      }
    });
    return isNew;
  }

  /** Ranges are nested, the outermost first; what an inner one says goes. */
  #compare(url: string, ranges: readonly Range[], keep: boolean): boolean {
    const end = ranges[0]?.endOffset ?? 0;
    let seen = this.#seen.get(url) ?? new Uint8Array(0);
    if (seen.length < end) {
      const longer = new Uint8Array(end * 2);
      longer.set(seen);
      seen = longer;
      this.#seen.set(url, seen);
    }
    const start = ranges[0]?.startOffset ?? 0;
    const ran = new Uint8Array(end - start);
    for (const { startOffset, endOffset, count } of ranges) {
      ran.fill(count > 0 ? 1 : 0, startOffset - start, endOffset - start);
    }
    let isNew = false;
    for (let i = 0; i < ran.length; i++) {
      if (ran[i] === 0 || seen[start + i] === 1) continue;
      isNew = true;
      if (!keep) return true;
      seen[start + i] = 1;
      this.covered++;
    }
    return isNew;
  }

  close(): void {
    this.#session.disconnect();
  }
}
