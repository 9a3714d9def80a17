/**
 * What a proxy is asked before the connection begins: a small handshake without I/O, in front of TLS and of the
 * opening handshake. Bytes go in, bytes to write come out; what follows the proxy's last byte belongs to whoever
 * comes next.
 */

/** What came of the bytes that were received. */
export interface TunnelStep {
  /** Bytes to write now; empty where there are none. */
  readonly write: Uint8Array;
  /** Bytes behind the handshake, once that is done; `undefined` before. */
  readonly rest: Uint8Array | undefined;
}

export interface Tunnel {
  /** The bytes to begin with. */
  readonly greeting: Uint8Array;
  /**
   * Takes bytes of the proxy, and keeps no reference to them.
   *
   * @throws {TunnelError} where the proxy refuses, or breaks a rule of its protocol.
   */
  receive(bytes: Uint8Array): TunnelStep;
}

/** Where the proxy is to connect to. */
export interface Destination {
  /** A name, or an address without brackets. Names are resolved by the proxy. */
  readonly hostname: string;
  readonly port: number;
}

/** What the proxy wants to know of us. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** The proxy refused, or answered what is not its protocol; there is no connection. */
export class TunnelError extends Error {
  override readonly name = 'TunnelError';
  /** The status of an HTTP proxy, or the reply code of a SOCKS5 proxy; `undefined` where there was none. */
  readonly status: number | undefined;
  /** The fields of an HTTP proxy's refusal, in order, such as Proxy-Authenticate. Text of the proxy. */
  readonly headers: readonly (readonly [name: string, value: string])[];

  constructor(message: string, status?: number, headers: readonly (readonly [string, string])[] = []) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/** Bytes of a handshake that is not complete. */
export class Pending {
  #bytes = new Uint8Array(0);

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  append(bytes: Uint8Array): void {
    const joined = new Uint8Array(this.#bytes.length + bytes.length);
    joined.set(this.#bytes);
    joined.set(bytes, this.#bytes.length);
    this.#bytes = joined;
  }

  /** Takes the first `count` bytes; `undefined`, and nothing is taken, where there are fewer. */
  take(count: number): Uint8Array | undefined {
    if (this.#bytes.length < count) return undefined;
    const taken = this.#bytes.subarray(0, count);
    this.#bytes = this.#bytes.subarray(count);
    return taken;
  }
}
