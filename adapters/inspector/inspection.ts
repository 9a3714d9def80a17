/** The option `inspect`, and what it costs where it is off: a comparison. The inspector itself is loaded where it is on. */
import { UsageError } from '../../core/index.ts';
import type { Driver, Host } from '../driver.ts';
import { checkIsObject, nameOf } from '../interfaces/option-kinds.ts';
import { checkNames } from '../interfaces/option-names.ts';
import type { Membership } from './process-inspector.ts';

/** Where the page is, and who is told. */
export interface InspectOptions {
  /** The port of the page, on 127.0.0.1. Default 0: any free one. All of a process share one page. */
  readonly port?: number | undefined;
  /** Whether to print the address, on stderr. Default: false. */
  readonly print?: boolean | undefined;
}

/** The option of servers and clients that can be looked at. */
export interface Inspectable {
  /**
   * Whether a page on this machine shows the connections, their states and what they carry, for whoever knows its
   * address, with a random token in it. Default: false.
   */
  readonly inspect?: boolean | InspectOptions | undefined;
}

/** Where a page shows what connections do. */
export interface Inspector {
  /** The address of the page. It has a secret in it: whoever knows it sees all that the connections carry. */
  readonly url: string;
}

/** A share in the inspector of the process. */
export class Inspection {
  /** Is `host`, and shows the inspector every driver, once it is there. */
  readonly host: Host;
  readonly joined: Promise<Membership>;
  #settled = false;

  constructor(host: Host, options: InspectOptions) {
    let membership: Membership | undefined;
    this.joined = import('./process-inspector.ts').then(({ join }) => join(options));
    this.joined.then(
      (joined) => {
        membership = joined;
        this.#settled = true;
      },
      () => {
        this.#settled = true; // whoever waits for it hears of it
      },
    );
    this.host = {
      ...host,
      watch(driver: Driver) {
        host.watch?.(driver);
        membership?.watch(driver);
      },
    };
  }

  /** Calls `begin` once the inspector is there, or is known not to be had: what began before would be seen in part. */
  settled(begin: () => void): void {
    if (this.#settled) begin();
    else void this.joined.then(begin, begin);
  }

  async leave(): Promise<void> {
    const membership = await this.joined.catch(() => undefined);
    await membership?.leave();
  }
}

const OPTIONS: Readonly<Record<keyof InspectOptions, true>> = { port: true, print: true };

/**
 * @returns `undefined` where the option is off.
 * @throws {UsageError} for what is no such option.
 */
export function inspection(host: Host, options: Inspectable): Inspection | undefined {
  checkIsObject(options);
  const { inspect } = options;
  if (inspect === undefined || inspect === false) return undefined;
  if (inspect === true) return new Inspection(host, {});
  if (typeof inspect !== 'object' || inspect === null) {
    throw new UsageError(`the option "inspect" is true, false or an object, not ${nameOf(inspect)}`);
  }
  checkNames(inspect, OPTIONS);
  return new Inspection(host, inspect);
}

/** What tells when it is over: an HTTP server, or a socket. */
interface Closable {
  once(event: 'close', listener: () => void): unknown;
}

const shared: WeakMap<Closable, Inspection> = new WeakMap();

/** One for all connections of `owner`, from the first that has the option on until `owner` is closed. */
export function inspectionOf(owner: Closable, host: Host, options: Inspectable): Inspection | undefined {
  const inspected = options.inspect ? (shared.get(owner) ?? inspection(host, options)) : undefined;
  if (inspected === undefined || shared.has(owner)) return inspected;
  shared.set(owner, inspected);
  owner.once('close', () => void inspected.leave());
  inspected.joined.catch(() => shared.delete(owner)); // the next may find the port free
  return inspected;
}
