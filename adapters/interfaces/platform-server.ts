/** A server that is given requests of a platform's HTTP server, and whose platform does the opening handshake. */
import { type Fields, type OpeningRequest, UsageError } from '../../core/index.ts';
import type { Host } from '../driver.ts';
import { type Accept, type AdmissionOptions, admit, chosenSubprotocol } from './admission.ts';
import { headerPairs } from './header-pairs.ts';
import type { HttpAnswer } from './http-error.ts';
import { checkServerOptions } from './option-checks.ts';
import { PlatformConnection, type PlatformHandlers, type PlatformSocket } from './platform-connection.ts';
import { IncomingRequest } from './server-request.ts';

/** As much of a platform's request as is needed: the `Request` of Fetch. */
export interface PlatformRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Iterable<[string, string]> & { get(name: string): string | null };
}

/** What is accepted, and the handlers of the connections. What a platform does by itself cannot be an option. */
export interface PlatformServerOptions<Data = undefined> extends AdmissionOptions<Data>, PlatformHandlers<Data> {}

/** What can be honoured. */
const OPTIONS: Readonly<Record<keyof PlatformServerOptions, true>> = {
  path: true,
  subprotocols: true,
  hosts: true,
  origins: true,
  requireOrigin: true,
  upgrade: true,
  fetch: true,
  open: true,
  message: true,
  close: true,
  error: true,
};

export class PlatformServer<Data = undefined> {
  /** Those that are open. */
  readonly connections: ReadonlySet<PlatformConnection<Data>>;
  readonly #connections: Set<PlatformConnection<Data>> = new Set();
  readonly #options: PlatformServerOptions<Data>;
  readonly #host: Host;

  /** @throws {UsageError} naming an option that the platform cannot honour, such as `limits`. */
  constructor(options: PlatformServerOptions<Data>, host: Host) {
    const foreign = Object.keys(options).find((name) => !Object.hasOwn(OPTIONS, name));
    if (foreign !== undefined) throw new UsageError(`a platform's WebSocket cannot honour the option ${foreign}`);
    checkServerOptions(options, OPTIONS);
    this.connections = this.#connections;
    this.#options = options;
    this.#host = host;
  }

  /**
   * Decides on a request.
   *
   * @returns what to answer, or what to accept with, and how to go on with the socket then.
   */
  async decide(request: PlatformRequest): Promise<HttpAnswer | Admitted> {
    try {
      const incoming = incomingOf(request);
      const decision = await admit(incoming, this.#options, false);
      if (decision?.status !== undefined) return decision;
      if (!incoming.upgrade) return UPGRADE_REQUIRED;
      return this.#accept(incoming, decision);
    } catch (error) {
      this.#host.report(error);
      return { status: 500 };
    }
  }

  #accept(request: IncomingRequest, decision: Accept<Data> | undefined): Admitted {
    const subprotocol = decision?.subprotocol ?? chosenSubprotocol(this.#options, request) ?? '';
    if (subprotocol !== '' && !request.subprotocols.includes(subprotocol)) {
      throw new UsageError('only a subprotocol that the client offers can be accepted');
    }
    return {
      headers: [
        ...headerPairs(decision?.headers),
        ...(subprotocol === '' ? [] : [['Sec-WebSocket-Protocol', subprotocol] as const]),
      ],
      open: (socket) => {
        const connection = new PlatformConnection<Data>(socket, this.#options, {
          subprotocol,
          remoteAddress: request.remoteAddress,
          data: decision?.data as Data, // where Data is not undefined, `upgrade` has set it
          report: (error) => this.#host.report(error),
        });
        this.#connections.add(connection);
        void connection.closed.then(() => this.#connections.delete(connection));
      },
    };
  }
}

/** A request that is accepted. */
export interface Admitted {
  readonly status?: undefined;
  readonly headers: readonly (readonly [string, string])[];
  /** Begins with the socket, which is open and has delivered nothing yet. */
  open(socket: PlatformSocket): void;
}

const UPGRADE_REQUIRED: HttpAnswer = { status: 426, headers: { Upgrade: 'websocket', Connection: 'Upgrade' } };

/** What a program is asked about. The platform has judged the handshake, and tells the client's address in a field. */
function incomingOf({ method, url, headers }: PlatformRequest): IncomingRequest {
  const { protocol, host, pathname, search } = new URL(url);
  const field = (name: string): string | undefined => headers.get(name) ?? undefined;
  const fields: Fields = {
    get: field,
    all: (name) => [field(name) ?? []].flat(),
    [Symbol.iterator]: () => headers[Symbol.iterator](),
  };
  const request: OpeningRequest = {
    upgrade: /(^|[\s,])websocket([\s,]|$)/i.test(field('upgrade') ?? ''),
    method,
    target: pathname + search,
    host: field('host') ?? host,
    origin: field('origin'),
    subprotocols: field('sec-websocket-protocol')?.split(/\s*,\s*/) ?? [],
    fields,
  };
  const remote = { address: field('cf-connecting-ip') ?? '', port: undefined, secure: protocol === 'https:' };
  return new IncomingRequest(request, remote, undefined);
}
