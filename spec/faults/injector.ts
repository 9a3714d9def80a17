/** Fails the n-th call of one kind, and no other. */
import type { Host, Transport } from '../../adapters/driver.ts';
import type { Deflate } from '../../core/index.ts';

/** Where something may fail: what a transport is told, what a host is asked for, and a program's handlers. */
export const POINTS = [
  'write',
  'end',
  'abort',
  'pause',
  'resume',
  'read',
  'setTimer',
  'clearTimer',
  'getRandomValues',
  'sha1',
  'decodeAscii',
  'deflate',
  'inflate',
  'handler',
  'promise of a handler',
] as const;
export type Point = (typeof POINTS)[number];

/** The failure that was injected. */
export class Injected extends Error {
  override readonly name = 'Injected';
}

export class Injector {
  /** The failure, once it has happened. */
  injected: Injected | undefined;
  readonly counts: Map<Point, number> = new Map();
  readonly #point: Point | undefined;
  readonly #number: number;

  /** @param number - which call fails, counted from 1. */
  constructor(point?: Point, number = 0) {
    this.#point = point;
    this.#number = number;
  }

  /** To be called at each call of that kind; throws where it is to fail. */
  pass(point: Point): void {
    const count = (this.counts.get(point) ?? 0) + 1;
    this.counts.set(point, count);
    if (point !== this.#point || count !== this.#number) return;
    this.injected = new Injected(`${point} ${count}`);
    throw this.injected;
  }

  host(host: Host): Host {
    const { sha1, decodeAscii, deflate } = host;
    return {
      ...host,
      setTimer: (expire, milliseconds) => {
        this.pass('setTimer');
        return host.setTimer(expire, milliseconds);
      },
      clearTimer: (timer) => {
        // It runs on, as if it could not be taken back: what it then does must do no harm.
        this.pass('clearTimer');
        host.clearTimer(timer);
      },
      getRandomValues: (bytes) => {
        this.pass('getRandomValues');
        return host.getRandomValues(bytes);
      },
      sha1:
        sha1 &&
        ((text) => {
          this.pass('sha1');
          return sha1(text);
        }),
      decodeAscii:
        decodeAscii &&
        ((bytes) => {
          this.pass('decodeAscii');
          return decodeAscii(bytes);
        }),
      deflate: deflate && this.#engine(deflate),
    };
  }

  #engine(engine: Deflate): Deflate {
    return {
      deflater: (options) => {
        const deflater = engine.deflater(options);
        return {
          compress: (...args) => {
            const compressed = deflater.compress(...args);
            this.pass('deflate'); // behind it: what it has read, it will refer to
            return compressed;
          },
          reset: () => deflater.reset(),
          release: () => deflater.release(),
        };
      },
      inflater: (options) => {
        const inflater = engine.inflater(options);
        return {
          inflate: (...args) => {
            this.pass('inflate');
            return inflater.inflate(...args);
          },
          reset: () => inflater.reset(),
          release: () => inflater.release(),
        };
      },
    };
  }

  transport(transport: Transport): Transport {
    const call = (point: Point & keyof Transport, act: () => void): void => {
      this.pass(point);
      act();
    };
    return {
      get queued() {
        return transport.queued;
      },
      write: (chunks) => call('write', () => transport.write(chunks)),
      end: () => call('end', () => transport.end()),
      abort: () => {
        try {
          this.pass('abort');
        } finally {
          transport.abort(); // one that throws and does not abort would be no transport
        }
      },
      pause: () => call('pause', () => transport.pause()),
      resume: () => call('resume', () => transport.resume()),
    };
  }
}
