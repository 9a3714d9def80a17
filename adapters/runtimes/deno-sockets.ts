/** `Deno.listen` and `Deno.connect`, plain and with TLS. */
import { UsageError } from '../../core/index.ts';
import type { TransportUser } from '../driver.ts';
import { type ListenAddress, type Remote, type Stoppable, urlOf } from '../listener.ts';
import { TransportError } from '../transport-error.ts';
import type { DialBounds } from '../tunnels/deadlines.ts';
import { type AsyncBytes, driveAsync } from './async-bytes.ts';
import { inTime } from './in-time.ts';

/** As much of Deno as is needed: programs on Deno bring its types. */
declare const Deno: {
  listen(options: object): DenoListener;
  listenTls(options: object): DenoListener;
  connect(options: object): Promise<DenoConn>;
  connectTls(options: object): Promise<DenoConn>;
};

interface DenoListener extends AsyncIterable<DenoConn> {
  readonly addr: { readonly hostname?: string; readonly port?: number };
  close(): void;
}

interface DenoConn {
  readonly remoteAddr: { readonly hostname?: string; readonly port?: number };
  read(target: Uint8Array): Promise<number | null>;
  write(bytes: Uint8Array): Promise<number>;
  closeWrite(): Promise<void>;
  close(): void;
  setNoDelay?(on: boolean): void;
  /** Of a connection with TLS alone. */
  handshake?(): Promise<unknown>;
}

/** Where and how to listen. */
export interface ListenOptions extends ListenAddress {
  /** Certificate chain and key, in PEM; without them, connections are not encrypted. Not on a Unix socket. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
}

/** How a client gets to its server on Deno. */
export interface DialOptions {
  /** `ca`: certificates to trust besides those of the system, in PEM. */
  readonly tls?: { readonly ca?: string | readonly string[] | undefined } | undefined;
  /** A Unix socket to connect to, instead of the host and port of the URL. */
  readonly socketPath?: string | undefined;
}

const ALPN = { alpnProtocols: ['http/1.1'] };

/** Listens, and drives each connection with what `attend` gives for it. Rejects where the address is not to be had. */
export async function listen(
  { port = 0, host = '127.0.0.1', socketPath, tls }: ListenOptions,
  attend: (remote: Remote) => TransportUser,
): Promise<Stoppable> {
  if (socketPath !== undefined && tls !== undefined) throw new UsageError('Deno serves no TLS on a Unix socket');
  const where = socketPath === undefined ? { hostname: host, port } : { transport: 'unix', path: socketPath };
  const listener = tls === undefined ? Deno.listen(where) : Deno.listenTls({ ...where, ...ALPN, ...tls });
  const secure = tls !== undefined;
  const conns = new Set<DenoConn>();
  const accept = (conn: DenoConn): void => {
    conns.add(conn);
    const { hostname = '', port } = conn.remoteAddr;
    void driveAsync(bytesOf(conn), attend({ address: hostname, port, secure })).then(() => conns.delete(conn));
  };
  const accepted = acceptAll(listener, accept);
  let listens = true;
  const { hostname = '', port: at = 0 } = listener.addr;
  return {
    port: at,
    url: socketPath === undefined ? urlOf(hostname, at, secure) : `${secure ? 'wss' : 'ws'}+unix:${socketPath}`,
    async close() {
      if (listens) listener.close(); // twice is an error
      listens = false;
      await accepted;
    },
    drop() {
      for (const conn of conns) close(conn);
    },
  };
}

/** Hands on what arrives until the listener is closed. */
async function acceptAll(listener: DenoListener, accept: (conn: DenoConn) => void): Promise<void> {
  for (let listens = true; listens; ) {
    try {
      for await (const conn of listener) accept(conn);
      listens = false;
    } catch {
      // a connection that was reset before it was accepted concerns nobody that is connected
    }
  }
}

/** Whether Deno's own sockets lead to no such server: they speak no TLS to a Unix socket. */
export const hasNoSocket = ({ secure }: { readonly secure: boolean }, { socketPath }: DialOptions): boolean =>
  secure && socketPath !== undefined;

/**
 * Connects, and drives `user` over it.
 *
 * @returns a promise that rejects with a `TransportError`, a `DialTimeout`, or the reason of the signal.
 */
export async function dial(
  { secure, hostname, port }: { readonly secure: boolean; readonly hostname: string; readonly port: number },
  { tls = {}, socketPath }: DialOptions,
  user: TransportUser,
  bounds: DialBounds,
): Promise<void> {
  const where = socketPath === undefined ? { hostname, port } : { transport: 'unix', path: socketPath };
  const caCerts = [tls.ca ?? []].flat();
  const connecting = secure ? Deno.connectTls({ ...where, ...ALPN, caCerts }) : Deno.connect(where);
  const connected = connecting.then(async (conn) => {
    await conn.handshake?.();
    return conn;
  });
  const failed = (error: unknown): never => {
    throw TransportError.of(error);
  };
  const conn = await inTime('connecting', bounds, connected.catch(failed), () => void connecting.then(close, () => {}));
  void driveAsync(bytesOf(conn), user);
}

const READ_BYTES = 65_536;

function bytesOf(conn: DenoConn): AsyncBytes {
  try {
    conn.setNoDelay?.(true);
  } catch {
    // it was reset before it was accepted, which reading tells
  }
  return new DenoBytes(conn);
}

class DenoBytes implements AsyncBytes {
  readonly #conn: DenoConn;
  /** What is read into, chunk behind chunk: each is given away as a part of it, and not copied. */
  #memory = new Uint8Array(READ_BYTES);
  #take: (chunk: Uint8Array | undefined) => void = () => {};
  // One for all reads, and not one a chunk.
  readonly #came = (length: number | null): void => this.#take(length === null ? undefined : this.#chunk(length));

  constructor(conn: DenoConn) {
    this.#conn = conn;
  }

  read(take: (chunk: Uint8Array | undefined) => void, fail: (error: unknown) => void): void {
    this.#take = take;
    this.#conn.read(this.#memory).then(this.#came, fail);
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#conn.write(bytes);
  }

  end(): Promise<void> {
    return this.#conn.closeWrite();
  }

  close(): void {
    close(this.#conn);
  }

  #chunk(length: number): Uint8Array {
    const memory = this.#memory;
    // A large message is a view of the memory, which its program may transfer: nothing is read into that any more.
    const goesOn = length * 4 < READ_BYTES && (memory.length - length) * 2 >= READ_BYTES;
    this.#memory = goesOn ? memory.subarray(length) : new Uint8Array(READ_BYTES);
    return memory.subarray(0, length);
  }
}

function close(conn: DenoConn): void {
  try {
    conn.close();
  } catch {
    // it was closed already
  }
}
