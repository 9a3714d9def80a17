/** The numbers RFC 6455 gives names to: opcodes (§5.2, §11.8) and Close codes (§7.4, §11.7). */

/** What a frame carries (RFC 6455 §5.2). */
export const Opcode = {
  continuation: 0x0,
  text: 0x1,
  binary: 0x2,
  close: 0x8,
  ping: 0x9,
  pong: 0xa,
} as const;

/** Whether `opcode` belongs to a control frame: its highest bit is set (RFC 6455 §5.5). */
export const isControl = (opcode: number): boolean => opcode >= 0x8;

/** Why a connection closed (RFC 6455 §7.4.1 and the IANA registry of §11.7). */
export const CloseCode = {
  /** The purpose for which the connection was opened is fulfilled. */
  normal: 1000,
  /** A server shuts down, or a browser leaves the page. */
  goingAway: 1001,
  protocolError: 1002,
  /** The endpoint cannot accept this type of data. */
  unsupportedData: 1003,
  /** Reported, never sent: the peer's Close carried no code. */
  noStatus: 1005,
  /** Reported, never sent: the transport ended without a Close from the peer. */
  abnormal: 1006,
  /** Data did not fit the type of the message, such as text that is not UTF-8. */
  invalidPayload: 1007,
  /** A message violates the endpoint's policy; nothing more specific applies. */
  policyViolation: 1008,
  tooBig: 1009,
  /** A client expected an extension that the server did not negotiate. */
  mandatoryExtension: 1010,
  internalError: 1011,
  serviceRestart: 1012,
  tryAgainLater: 1013,
  badGateway: 1014,
  /** Reported, never sent: TLS failed. */
  tlsHandshake: 1015,
} as const;

/**
 * Whether a Close frame may carry `code`: 1000–1003 and 1007–1014 as registered with IANA, and
 * 3000–4999, which libraries, frameworks and applications own (RFC 6455 §7.4.1, §7.4.2).
 */
export const mayBeSent = (code: number): boolean =>
  Number.isInteger(code) &&
  ((code >= 1000 && code <= 1014 && !(code >= 1004 && code <= 1006)) || (code >= 3000 && code <= 4999));
