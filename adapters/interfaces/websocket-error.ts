/** The error of WebSocketStream (WebSockets Standard, WebSocketError): a Close code and reason, to close with or received. */
import { defineInterface, enforceShort, toDictionary, toDOMString, toUSVString } from './webidl.ts';
import { checkClose } from './whatwg-rules.ts';

/** How a connection is closed, or was. */
export interface WebSocketCloseInfo {
  /** 1000, or from 3000 to 4999, to close with; what was received may be another. Default: none, or 1000 for a reason. */
  readonly closeCode?: number | undefined;
  /** At most 123 bytes of UTF-8. Default: `''`. */
  readonly reason?: string | undefined;
}

let received: (message: string, info: { closeCode: number; reason: string }) => WebSocketError;

/**
 * Why a stream failed; given to `abort` or `cancel`, what its connection closes with.
 *
 * @throws {DOMException} `InvalidAccessError` or `SyntaxError` for a code or a reason that may not be sent.
 */
export class WebSocketError extends DOMException {
  #closeCode: number | null;
  readonly #reason: string;

  constructor(message: string = '', init: WebSocketCloseInfo = {}) {
    super(toDOMString(message), 'WebSocketError');
    const { code, reason } = toCloseInfo(init);
    this.#closeCode = code ?? null;
    this.#reason = reason;
  }

  static {
    received = (message, { closeCode, reason }) => {
      const error = new WebSocketError(message, { reason });
      error.#closeCode = closeCode;
      return error;
    };
    defineInterface(WebSocketError, { new: 0 });
  }

  /** `null` where there is none. */
  get closeCode(): number | null {
    return this.#closeCode;
  }

  get reason(): string {
    return this.#reason;
  }
}

/** The error for a connection that failed; its code may be one that may not be sent, such as 1006. */
export const receivedError = (message: string, info: { closeCode: number; reason: string }): WebSocketError =>
  received(message, info);

/** What closes a connection, converted and checked. */
export function toCloseInfo(value: unknown): { readonly code: number | undefined; readonly reason: string } {
  const { closeCode, reason } = toDictionary<'closeCode' | 'reason'>(value, 'the close info');
  const code = closeCode === undefined ? undefined : enforceShort(closeCode);
  const text = reason === undefined ? '' : toUSVString(reason);
  return { code: checkClose(code, text), reason: text };
}
