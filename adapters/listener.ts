/** What a runtime offers whoever serves: transports that arrive, and an address to arrive at. */

/** What is known of a transport before its first byte. */
export interface Remote {
  /** The peer's address, or `''`. Asked for once, it stays; a transport may know it no more behind its end. */
  readonly address: string;
  /** The peer's port, where it has one. */
  readonly port?: number | undefined;
  /** Whether the transport is encrypted. */
  readonly secure: boolean;
}

/** Where to listen. */
export interface ListenAddress {
  /** Default 0: any free port. */
  readonly port?: number | undefined;
  /** Default `'127.0.0.1'`: whoever wants to be reached from elsewhere says so. */
  readonly host?: string | undefined;
  /** A Unix socket, instead of host and port. */
  readonly socketPath?: string | undefined;
}

/** Where a server is to be reached. */
export interface Listening {
  /** The port, or 0 for a Unix socket. */
  readonly port: number;
  /** The address as a URL with scheme ws or wss. */
  readonly url: string;
}

/** A socket that listens. */
export interface Listener extends Listening {
  /** Accepts nothing any more; what was accepted goes on. */
  close(): Promise<void>;
}

/** A listener that can also drop what it accepted. */
export interface Stoppable extends Listener {
  /** Destroys what is left, such as sockets in the middle of a TLS handshake. */
  drop(): void;
}

/** The URL of a server that listens on an IP address. */
export function urlOf(address: string, port: number, secure: boolean): string {
  return `${secure ? 'wss' : 'ws'}://${address.includes(':') ? `[${address}]` : address}:${port}/`;
}
