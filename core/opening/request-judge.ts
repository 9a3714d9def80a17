/**
 * What a client's request must be (RFC 6455 §4.2.1; RFC 9112 §3.2 for target and Host).
 *
 * The rules are applied in one order, whoever parsed the head. Messages say what was expected and quote nothing: they
 * are sent back to the client (RFC 6455 §10.7). Fields that may stand only once are joined like a list, which no
 * repeated one survives.
 */

import type { OpeningRequest } from '../events.ts';
import type { FieldList } from '../http/fields.ts';
import { type ExtensionElement, isToken, listElements, listHas, parseExtensions } from '../http/lists.ts';
import { demand } from './demand.ts';

/** A request line (RFC 9112 §3). */
export interface RequestLine {
  readonly method: string;
  readonly target: string;
  /** The digits of the HTTP version, such as `1.1`. */
  readonly version: string;
}

export interface Judgement {
  readonly request: OpeningRequest;
  /** The Sec-WebSocket-Key; `undefined` where the request asks for no WebSocket. */
  readonly key: string | undefined;
  /** The extensions it offers, in the client's order of preference (RFC 6455 §9.1). */
  readonly extensions: readonly ExtensionElement[];
}

/** Three parts, one space between them (RFC 9112 §3). @throws {ProtocolError} `head-malformed`. */
export function parseRequestLine(line: string): RequestLine {
  const [, method = '', target = '', version = ''] = /^(\S+) (\S+) HTTP\/(\d\.\d)$/.exec(line) ?? [];
  demand(isToken(method), 'head-malformed', 'a request line: method, target, HTTP/1.1');
  return { method, target, version };
}

/**
 * @param offers - how many subprotocols, and how many extensions, the request may offer.
 * @param plainRequests - whether a request that asks for no WebSocket is let through, whatever its method and body.
 * @throws {ProtocolError} naming the first rule that is broken.
 */
export function judgeRequest(
  { method, target, version }: RequestLine,
  fields: FieldList,
  offers: number,
  plainRequests: boolean,
): Judgement {
  // HTTP/1.0 has no Upgrade (RFC 9110 §7.8); a minor version above 1 is understood as 1.1 (RFC 9110 §2.5).
  const upgrade = version !== '1.0' && listHas(fields.all('upgrade'), 'websocket');
  const plain = plainRequests && !upgrade;
  demand(/^1\.\d$/.test(version) && (plain || version !== '1.0'), 'http-version-unsupported', 'HTTP/1.1');
  demand(plain || method === 'GET', 'method-not-get', 'GET');

  const { path, authority } = parseTarget(target);
  const hosts = fields.all('host');
  const host = hosts.length > 0 ? hosts.join() : (authority ?? '');
  demand(
    hosts.length === 1 ? AUTHORITY.test(host) : hosts.length === 0 && version === '1.0',
    'host-wrong',
    'one Host field: host or host:port',
  );
  // RFC 9112 §3.2.2 lets the target win. Whoever names two hosts is up to something, and is refused.
  demand(
    authority === undefined || authority.toLowerCase() === host.toLowerCase(),
    'host-wrong',
    'the host of the target in the Host field',
  );
  const origins = fields.all('origin');
  demand(origins.length < 2, 'origin-repeated', 'at most one Origin field');
  const request = (subprotocols: readonly string[]): OpeningRequest => ({
    upgrade,
    method,
    target: path,
    host,
    origin: origins[0],
    subprotocols,
    fields,
  });
  if (plain) return { request: request([]), key: undefined, extensions: [] };

  demand(upgrade, 'upgrade-missing', 'Upgrade: websocket');
  demand(listHas(fields.all('connection'), 'upgrade'), 'connection-not-upgrade', 'Connection: Upgrade');
  // A body would be taken for frames here, and for another request elsewhere.
  demand(
    fields.get('transfer-encoding') === undefined && fields.all('content-length').every((length) => length === '0'),
    'body-present',
    'a request without a body',
  );
  const versions = fields.all('sec-websocket-version').join();
  demand(/^(?:0|[1-9]\d*)$/.test(versions), 'version-missing', ONE_VERSION);
  demand(versions === '13', 'version-unsupported', ONE_VERSION);
  // 16 bytes. The last four bits mean nothing and may be anything: so do decoders read them (RFC 4648 §3.5).
  const key = fields.all('sec-websocket-key').join();
  demand(/^[A-Za-z0-9+/]{22}==$/.test(key), 'key-wrong', 'one Sec-WebSocket-Key: 16 bytes in base64');

  const subprotocols = listElements(fields.all('sec-websocket-protocol'));
  demand(
    subprotocols.length <= offers && subprotocols.every(isToken) && allDiffer(subprotocols),
    'subprotocols-malformed',
    `at most ${offers} different tokens in Sec-WebSocket-Protocol`,
  );
  const extensions = parseExtensions(fields.all('sec-websocket-extensions'), offers);
  return { request: request(subprotocols), key, extensions };
}

const allDiffer = (texts: readonly string[]): boolean => texts.length < 2 || new Set(texts).size === texts.length;

/**
 * The path of a target, and its authority where it has the absolute form, which servers must accept (RFC 9112 §3.2.2).
 *
 * A path that begins with `//` or `/\` is refused although the former is legal: resolved against a base URL, as
 * programs do to split a target, it names another server.
 */
function parseTarget(target: string): { path: string; authority: string | undefined } {
  const absolute = target.startsWith('/') ? null : /^(?:http|ws)s?:\/\/([^/?]*)(.*)$/i.exec(target);
  const [, authority, rest = target] = absolute ?? [];
  const path = authority === undefined || rest.startsWith('/') ? rest : `/${rest}`;
  demand(
    /^\/(?![/\\])[!"$-~]*$/.test(path) && (authority === undefined || AUTHORITY.test(authority)),
    'target-wrong',
    'a path as the target',
  );
  return { path, authority };
}

const ONE_VERSION = 'one Sec-WebSocket-Version: 13';

/** A host, and maybe a port (RFC 3986 §3.2.2, §3.2.3). */
const AUTHORITY = /^(?:\[[\da-f:.]+\]|(?:[\w.~!$&'()*+,;=-]|%[\da-f]{2})+)(?::\d*)?$/i;
