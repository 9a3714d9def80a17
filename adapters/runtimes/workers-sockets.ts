/** Cloudflare's TCP sockets: those a Worker opens, and those that come in to its `connect` handler. */
import type { TransportUser } from '../driver.ts';
import { type AsyncBytes, driveAsync } from './async-bytes.ts';
import { type StreamPair, streamBytes } from './web-streams.ts';

/** A socket as workerd gives it. */
export interface WorkersSocket extends StreamPair {
  readonly opened: Promise<{ readonly remoteAddress?: string | undefined }>;
  readonly closed: Promise<unknown>;
  readonly secureTransport?: string | undefined;
  close(): Promise<unknown>;
}

/**
 * Drives `user` over a socket; resolves, and never rejects, once that is over.
 *
 * @param first - what was read of it before.
 */
export function driveWorkersSocket(
  socket: WorkersSocket,
  user: TransportUser,
  first: Uint8Array = NOTHING,
): Promise<void> {
  for (const promise of [socket.opened, socket.closed]) promise.catch(ignore); // reading and writing tell of it, too
  const bytes = streamBytes(socket, () => void socket.close().catch(ignore));
  return driveAsync(first.length === 0 ? bytes : behind(first, bytes), user);
}

function behind(first: Uint8Array, bytes: AsyncBytes): AsyncBytes {
  let read: AsyncBytes['read'] = (take) => {
    read = bytes.read;
    queueMicrotask(() => take(first));
  };
  return { ...bytes, read: (take, fail) => read(take, fail) };
}

function ignore(): void {}

const NOTHING = new Uint8Array(0);
