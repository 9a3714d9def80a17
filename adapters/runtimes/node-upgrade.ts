/** A socket that an `http.Server` hands over with its `upgrade` event. */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { UsageError } from '../../core/index.ts';
import type { Driver } from '../driver.ts';
import type { Remote } from '../listener.ts';
import { driveSocket, isDriven, SocketTransport } from './node-socket.ts';

/** The parts of a socket that only some duplexes have. */
interface Peer {
  readonly encrypted?: boolean;
  /** The answer to an earlier request that is under way; no document promises it. */
  readonly _httpMessage?: unknown;
  setNoDelay?(): unknown;
  setTimeout?(milliseconds: number): unknown;
}

/**
 * Drives a connection over the socket of an upgrade request.
 *
 * @param attend - gives the driver for it.
 * @throws {UsageError} where a connection has been made of it before; that one goes on.
 */
export function handOver(
  request: IncomingMessage,
  socket: Duplex,
  head: Uint8Array,
  attend: (remote: Remote) => Driver,
): void {
  if (isDriven(socket)) throw new UsageError('the socket of this upgrade was taken before');
  const { setNoDelay, setTimeout } = socket as Duplex & Peer;
  setNoDelay?.call(socket);
  setTimeout?.call(socket, 0); // the HTTP server's own would end a connection that is only idle
  socket.allowHalfOpen = true; // https has it off: our Close would meet a socket that has ended itself
  const transport = new SocketTransport(socket);
  const driver = attend(transport);
  dropHasty(socket);
  driveSocket(socket, driver, transport); // listens for `error` before anything else can happen
  if (socket.destroyed) return; // the client has gone
  const { method = '', url: target = '', httpVersion: version } = request;
  driver.requested({ method, target, version, fields: pairs(request.rawHeaders) });
  if (head.length > 0) driver.received(head);
}

/**
 * Drops who did not wait for the answer to an earlier request: answers stand in order (RFC 9112 §9.3.2), and that one would come behind
 * ours, among frames.
 */
function dropHasty(socket: Duplex & Peer): void {
  if (socket._httpMessage != null) socket.destroy();
}

/** Whether a request asks for a WebSocket, and not for another protocol, such as HTTP/2 (`curl --http2`). */
export const isForWebSocket = ({ headers: { upgrade = '' } }: IncomingMessage): boolean =>
  upgrade.split(',').some((protocol) => protocol.trim().toLowerCase() === 'websocket');

/**
 * Whether nobody but us could take a request to upgrade, and the HTTP server can answer it as one for no upgrade. Not so
 * where Node may have dropped fields: without its Content-Length, a body would be read as another request.
 */
export const isForHttp = (httpServer: Server, request: IncomingMessage): boolean =>
  !isForWebSocket(request) &&
  !isCut(httpServer, request) &&
  httpServer.listenerCount('upgrade') === 1 &&
  httpServer.listenerCount('request') > 0;

/** Entries of `rawHeaders` at which Node begins to drop fields, where its server does not say so. */
const RAW_ENTRIES = 2_000;

function isCut({ maxHeadersCount: most }: Server, { headers, rawHeaders }: IncomingMessage): boolean {
  const entries = typeof most !== 'number' ? RAW_ENTRIES : most > 0 ? 2 * most : Infinity;
  return headers.upgrade === undefined || rawHeaders.length >= entries;
}

/** What a server of Node has since version 24: whether a request is to come as the event `upgrade`. */
interface Judging {
  shouldUpgradeCallback?: (this: Server, request: IncomingMessage) => boolean;
}

/** Lets the server answer by itself what `isForHttp`, where it can be told so; it comes as an `upgrade` otherwise. */
export function keepToHttp(httpServer: Server): void {
  const judging = httpServer as Server & Judging; // the types are those of Node 20
  const before = judging.shouldUpgradeCallback;
  if (before === undefined) return;
  judging.shouldUpgradeCallback = (request) => before.call(httpServer, request) && !isForHttp(httpServer, request);
}

/**
 * Gives a request that asks for another protocol back to its HTTP server, which answers it as one that asks for none: a
 * server need not change the protocol (RFC 9110 §7.8).
 */
export function handBack(httpServer: Server, request: IncomingMessage, socket: Duplex, head: Uint8Array): void {
  dropHasty(socket);
  if (socket.destroyed) return;
  const { method, url, httpVersion, rawHeaders } = request;
  let text = `${method} ${url} HTTP/${httpVersion}\r\n`;
  for (const [name, value] of pairs(rawHeaders)) {
    if (/^(upgrade|http2-settings)$/i.test(name)) continue;
    const rest = /^connection$/i.test(name) ? value.replace(/(^|,)\s*(upgrade|http2-settings)\s*(?=,|$)/gi, '') : value;
    if (rest === value || /[^\s,]/.test(rest)) text += `${name}: ${rest.replace(/^,\s*/, '')}\r\n`;
  }
  socket.unshift(Buffer.concat([Buffer.from(`${text}\r\n`, 'latin1'), head]));
  const { encrypted = false } = socket as Duplex & Peer;
  httpServer.emit(encrypted ? 'secureConnection' : 'connection', socket);
}

/** Raw fields, since `headers` joins or drops the repeated ones that have to be refused. */
function* pairs(raw: readonly string[]): Generator<readonly [string, string]> {
  for (let i = 0; i + 1 < raw.length; i += 2) yield [raw[i] ?? '', raw[i + 1] ?? ''];
}
