/** Which requests a server lets in: the rules that a program states, and then the program itself. */
import type { FieldInit } from '../../core/index.ts';
import { type Eventual, unwrap } from './answers.ts';
import { isKnownHost } from './hosts.ts';
import type { HttpAnswer } from './http-error.ts';
import { mayConnect, type Origins } from './origin.ts';
import type { IncomingRequest, ServerRequest } from './server-request.ts';

/** To accept a request; every part may be left out. */
export interface Accept<Data> {
  /** One of those offered. Default: the first of `subprotocols` that the client offers. */
  readonly subprotocol?: string | undefined;
  /** Fields to add to the response, such as Set-Cookie. */
  readonly headers?: FieldInit | undefined;
  /** What the connection has as `data`. Default: `undefined`, so that a program whose `Data` is another gives it with each acceptance. */
  readonly data?: Data | undefined;
  /** What has a status refuses. */
  readonly status?: undefined;
}

/** To accept, or to answer otherwise; `undefined` accepts without more ado. */
export type Decision<Data> = Accept<Data> | HttpAnswer | undefined;

/** Which requests are let in, in the order in which the rules are applied. */
export interface AdmissionOptions<Data = undefined> {
  /**
   * The hosts that requests may be for, such as `localhost` or `example.com:8443`; others get 421. To be set where the server is reached without a
   * proxy that checks it: by DNS rebinding, a page of any origin reaches 127.0.0.1 under its own host, and is of the `'same'` one. Default: any.
   */
  readonly hosts?: readonly string[] | undefined;
  /** The only path that is accepted; others get 404. Default: any. */
  readonly path?: string | undefined;
  /** The subprotocols spoken, in order of preference. Default: none. */
  readonly subprotocols?: readonly string[] | undefined;
  /** Which web pages may connect; others get 403. Default: `'same'`. */
  readonly origins?: Origins | undefined;
  /** Whether a request without an Origin field, which no browser sends, gets 403. Default: false. */
  readonly requireOrigin?: boolean | undefined;
  /**
   * Decides on a request, at once or after a while; the deadline `opening` covers it (408). What it returns accepts, or
   * refuses by its status; nothing accepts, too. To throw, or to return anything else, is to refuse with 500. Default:
   * every request is accepted, and its connection has no `data`.
   */
  readonly upgrade?:
    | ((request: ServerRequest) => Eventual<Accept<Data> | HttpAnswer | Response | undefined>)
    | undefined;
  /** Answers requests for something other than a WebSocket. Default: they get 426. */
  readonly fetch?: ((request: ServerRequest) => Eventual<HttpAnswer | Response>) | undefined;
}

/** Judges `request` by the rules of a server, and lets its program decide where they do not. */
export function admit<Data>(
  request: IncomingRequest,
  options: AdmissionOptions<Data>,
  closing: boolean,
): Eventual<Decision<Data>> {
  const { path, hosts, origins = 'same', requireOrigin = false, upgrade, fetch } = options;
  if (!request.hasUrl) return { status: 400, body: 'a host is required that a URL can have\n' };
  if (hosts !== undefined && !isKnownHost(hosts, request.host)) {
    return { status: 421, body: 'this server is not known by that host\n' };
  }
  if (!request.upgrade) return unwrap(fetch?.(request));
  if (closing) return { status: 503 };
  if (path !== undefined && path !== request.path) return { status: 404, body: 'no WebSocket here\n' };
  if (requireOrigin && request.origin === undefined) return { status: 403, body: 'an Origin field is required\n' };
  if (!mayConnect(origins, request.origin, request.host, request.secure)) {
    return { status: 403, body: 'this origin may not connect\n' };
  }
  return unwrap(upgrade?.(request));
}

/** The subprotocol of a connection where `upgrade` names none. */
export const chosenSubprotocol = (
  { subprotocols }: Pick<AdmissionOptions, 'subprotocols'>,
  request: ServerRequest,
): string | undefined => subprotocols?.find((each) => request.subprotocols.includes(each));
