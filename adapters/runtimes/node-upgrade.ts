/** A socket that an `http.Server` hands over with its `upgrade` event. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { UsageError } from '../../core/index.ts';
import type { Driver } from '../driver.ts';
import type { Remote } from '../listener.ts';
import { driveSocket, isDriven } from './node-socket.ts';

/** The parts of a socket that only some duplexes have. */
interface Peer {
  readonly remoteAddress?: string;
  readonly remotePort?: number;
  readonly encrypted?: boolean;
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
  const { remoteAddress = '', remotePort, encrypted = false, setNoDelay, setTimeout } = socket as Duplex & Peer;
  setNoDelay?.call(socket);
  setTimeout?.call(socket, 0); // the HTTP server's own would end a connection that is only idle
  socket.allowHalfOpen = true; // https has it off: our Close would meet a socket that has ended itself
  const driver = attend({ address: remoteAddress, port: remotePort, secure: encrypted });
  driveSocket(socket, driver); // listens for `error` before anything else can happen
  if (socket.destroyed) return; // the client has gone
  const { method = '', url: target = '', httpVersion: version } = request;
  driver.requested({ method, target, version, fields: pairs(request.rawHeaders) });
  if (head.length > 0) driver.received(head);
}

/** Raw fields, since `headers` joins or drops the repeated ones that have to be refused. */
function* pairs(raw: readonly string[]): Generator<readonly [string, string]> {
  for (let i = 0; i + 1 < raw.length; i += 2) yield [raw[i] ?? '', raw[i + 1] ?? ''];
}
