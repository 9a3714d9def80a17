/**
 * Errors by whose fault they are: the peer's is a `ProtocolError`, reported as data and never thrown
 * at the host; the host's is a `UsageError`, thrown, and nothing has changed.
 */

/**
 * Every rule a peer can break, with its clause and its consequence: a number below 1000 is the HTTP
 * status a server refuses with, one above it is the Close code the connection fails with, and 0 stands
 * for a client that drops the connection during the opening handshake (RFC 6455 §4.1).
 */
const VIOLATIONS = {
  // The frame (RFC 6455 §5)
  'reserved-bits-set': [1002, 'RFC 6455 §5.2'],
  'opcode-reserved': [1002, 'RFC 6455 §5.2'],
  'length-not-minimal': [1002, 'RFC 6455 §5.2'],
  'length-out-of-range': [1002, 'RFC 6455 §5.2'],
  'masking-wrong': [1002, 'RFC 6455 §5.1'],
  'control-frame-fragmented': [1002, 'RFC 6455 §5.5'],
  'control-frame-too-long': [1002, 'RFC 6455 §5.5'],
  'frame-too-big': [1009, 'RFC 6455 §10.4'],
  // The message (RFC 6455 §5.4, §8.1)
  'continuation-unexpected': [1002, 'RFC 6455 §5.4'],
  'continuation-expected': [1002, 'RFC 6455 §5.4'],
  'message-too-big': [1009, 'RFC 6455 §10.4'],
  'too-many-fragments': [1009, 'RFC 6455 §10.4'],
  'text-not-utf8': [1007, 'RFC 6455 §8.1'],
  // The message of an extension: of permessage-deflate (RFC 7692), and of any other
  'deflate-data-invalid': [1007, 'RFC 7692 §7.2.2'],
  'extension-data-invalid': [1002, 'RFC 6455 §9'],
  // The Close payload (RFC 6455 §5.5.1, §7.4)
  'close-payload-too-short': [1002, 'RFC 6455 §5.5.1'],
  'close-code-not-allowed': [1002, 'RFC 6455 §7.4'],
  'close-reason-not-utf8': [1007, 'RFC 6455 §5.5.1'],
  // Behaviour of the peer over time (RFC 6455 §5.5.2, §10.4)
  'pong-missing': [1011, 'RFC 6455 §5.5.2'],
  'backlog-too-big': [1008, 'RFC 6455 §10.4'],
  'queue-too-big': [1008, 'RFC 6455 §10.4'],
  // The head of either side (RFC 9112)
  'head-malformed': [400, 'RFC 9112 §2.2, §5'],
  'head-too-long': [431, 'RFC 6585 §5'],
  'too-many-fields': [431, 'RFC 6585 §5'],
  'start-line-too-long': [414, 'RFC 9110 §15.5.15'],
  'http-version-unsupported': [505, 'RFC 6455 §4.2.1'],
  'early-data-too-big': [413, 'RFC 9110 §15.5.14'],
  'opening-too-slow': [408, 'RFC 9110 §15.5.9'],
  // The client's request (RFC 6455 §4.2.1)
  'method-not-get': [405, 'RFC 6455 §4.2.1'],
  'target-wrong': [400, 'RFC 9112 §3.2'],
  'host-wrong': [400, 'RFC 6455 §4.2.1, RFC 9112 §3.2'],
  'upgrade-missing': [426, 'RFC 6455 §4.2.1'],
  'connection-not-upgrade': [400, 'RFC 6455 §4.2.1'],
  'key-wrong': [400, 'RFC 6455 §4.2.1'],
  'version-missing': [400, 'RFC 6455 §4.2.1'],
  'version-unsupported': [426, 'RFC 6455 §4.4'],
  'origin-repeated': [400, 'RFC 6455 §4.2.1, RFC 6454 §7.3'],
  'body-present': [400, 'RFC 6455 §4.1'],
  'subprotocols-malformed': [400, 'RFC 6455 §11.3.4'],
  'extensions-malformed': [400, 'RFC 6455 §9.1'],
  // The server's response (RFC 6455 §4.1)
  'response-missing': [0, 'RFC 6455 §4.1'],
  'too-many-interim-responses': [0, 'RFC 9110 §15.2'],
  'response-upgrade-wrong': [0, 'RFC 6455 §4.1'],
  'response-connection-wrong': [0, 'RFC 6455 §4.1'],
  'accept-wrong': [0, 'RFC 6455 §4.1'],
  'subprotocol-not-offered': [0, 'RFC 6455 §4.1'],
  'extension-not-offered': [0, 'RFC 6455 §4.1'],
  'extension-terms-wrong': [0, 'RFC 6455 §9.1, RFC 7692 §7.1'],
} as const;

/** The stable name of a rule the peer broke; match on it, not on the message. */
export type Violation = keyof typeof VIOLATIONS;

/**
 * The peer broke the protocol, or a limit. Never thrown to the host: see the `error` and `closed` events.
 * The message is for people; what it quotes from the peer is escaped and at most 64 characters long.
 */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly violation: Violation;
  /** The clause that was broken, such as `RFC 6455 §5.2`. */
  readonly clause: string;
  /** The code our Close frame carries (RFC 6455 §7.1.7); `undefined` during the opening handshake. */
  readonly closeCode: number | undefined;
  /** The HTTP status a server refuses the request with; `undefined` once the connection is open. */
  readonly status: number | undefined;

  constructor(violation: Violation, message: string) {
    super(message);
    void this.stack; // until it is written out, V8 keeps all that stood on the stack: what came of a message, too
    const [consequence, clause] = VIOLATIONS[violation];
    this.violation = violation;
    this.clause = clause;
    this.closeCode = consequence >= 1000 ? consequence : undefined;
    this.status = consequence > 0 && consequence < 1000 ? consequence : undefined;
  }
}

/** The host asked for something this connection cannot do, or not now. Nothing has changed. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Data are not DEFLATE (RFC 1951), or not whole: what an engine of the port `Deflate` throws. */
export class InflateError extends Error {
  override readonly name = 'InflateError';
}

/** Quotes what the peer said: printable ASCII only, and never more than 64 characters of it. */
export const quote = (text: string): string =>
  `"${text.slice(0, 64).replace(/[^ !#-[\]-~]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`)}${text.length > 64 ? '…' : ''}"`;
