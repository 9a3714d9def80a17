/** Cloudflare's TCP sockets: those a Worker opens, and those that come in to its `connect` handler. */
import { connect } from 'cloudflare:sockets';
import type { TransportUser } from '../driver.ts';
import { driveAsync } from './async-bytes.ts';
import { type StreamPair, streamBytes } from './web-streams.ts';

/** A socket as workerd gives it. */
export interface WorkersSocket extends StreamPair {
  readonly opened: Promise<{ readonly remoteAddress?: string | undefined }>;
  readonly closed: Promise<unknown>;
  readonly secureTransport?: string | undefined;
  close(): Promise<unknown>;
}

/** Drives `user` over a socket; resolves, and never rejects, once that is over. */
export function driveWorkersSocket(socket: WorkersSocket, user: TransportUser): Promise<void> {
  for (const promise of [socket.opened, socket.closed]) promise.catch(ignore); // reading and writing tell of it, too
  return driveAsync(
    streamBytes(socket, () => void socket.close().catch(ignore)),
    user,
  );
}

/** Connects, and drives `user` over it. Certificates are verified by the runtime, as its configuration says. */
export function dial(
  { secure, hostname, port }: { readonly secure: boolean; readonly hostname: string; readonly port: number },
  user: TransportUser,
): void {
  const options = { secureTransport: secure ? 'on' : 'off', allowHalfOpen: true };
  const socket = connect({ hostname, port }, options) as WorkersSocket; // what workerd gives
  void driveWorkersSocket(socket, user);
}

function ignore(): void {}
