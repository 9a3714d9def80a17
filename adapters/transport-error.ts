/** What a client is told that gets no transport: the same words on every runtime, whatever its own are. */

/** Why there is no transport. */
export type TransportFailure =
  /** Nobody listens there. */
  | 'refused'
  /** There is no such host. */
  | 'not-found'
  /** The network has no way to it, or gave up. */
  | 'unreachable'
  /** The transport was reset, or ended in the middle of a TLS handshake. */
  | 'lost'
  /** Nobody that is trusted vouches for the server's certificate, or it is not valid now. */
  | 'untrusted-certificate'
  /** The server's certificate is for another host. */
  | 'wrong-host'
  /** The TLS handshake failed, as with a server that does not speak TLS. */
  | 'tls-failed'
  /** What the runtime does not tell: workerd never tells more. */
  | 'unknown';

/** A client got no transport, or lost it before the connection was open. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly code: TransportFailure;

  /** @param cause - the runtime's own error. */
  constructor(code: TransportFailure, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }

  /** What a runtime's error means. */
  static of(cause: unknown): TransportError {
    if (cause instanceof TransportError) return cause;
    const {
      code = '',
      name = '',
      message = String(cause),
    } = (cause ?? {}) as { code?: unknown; name?: string; message?: string };
    const [failure = 'unknown'] =
      MEANINGS.find(([, ...told]) => [String(code), name, message].some((text, i) => told[i]?.test(text))) ?? [];
    const text = message.trim();
    return new TransportError(failure, failure === 'tls-failed' ? `${TLS_FAILED}: ${text}` : text, cause);
  }
}

/** What OpenSSL says then, such as a wrong version number, few understand. */
const TLS_FAILED = 'the TLS handshake failed, as with a server that does not speak TLS';

/** The first that fits: a failure, and what is said for it by the code, the name or the message of an error. */
const MEANINGS: readonly (readonly [TransportFailure, code: RegExp, name?: RegExp | undefined, message?: RegExp])[] = [
  ['refused', /^(ECONNREFUSED|ENOENT)$/],
  ['not-found', /^(ENOTFOUND|EAI_\w+)$/, undefined, /lookup address/],
  ['unreachable', /^(EHOST|ENET)(UNREACH|DOWN)$|^ETIMEDOUT$/, /^TimedOut$/],
  ['lost', /^(ECONNRESET|ECONNABORTED|EPIPE)$/, /^(UnexpectedEof|Connection(Reset|Aborted)|BrokenPipe)$/],
  ['wrong-host', /^ERR_TLS_CERT_ALTNAME_INVALID$/, undefined, /not valid for name/],
  // OpenSSL's names for what X.509 verification finds: CERT_HAS_EXPIRED, UNABLE_TO_VERIFY_LEAF_SIGNATURE and so on.
  ['untrusted-certificate', /CERT|_SIGNATURE$|^INVALID_CA$/, undefined, /peer certificate/],
  ['tls-failed', /^(ERR_SSL_|ERR_TLS_|EPROTO$)/, /^InvalidData$/],
];
