/** What `WebSocket` and `WebSocketStream` refuse alike (WebSockets Standard): URLs, subprotocols, Close codes. */

/**
 * The URL to connect to, with scheme ws or wss.
 *
 * @throws {DOMException} `SyntaxError`.
 */
export function urlRecord(url: string): URL {
  let record: URL;
  try {
    // A page has an address that a URL may be relative to; a program has none, as a rule.
    record = new URL(url, (globalThis as { readonly location?: { readonly href?: string } }).location?.href);
  } catch {
    throw syntaxError(`not a URL: ${url}`);
  }
  if (record.protocol === 'http:') record.protocol = 'ws:';
  if (record.protocol === 'https:') record.protocol = 'wss:';
  if (record.protocol !== 'ws:' && record.protocol !== 'wss:') {
    throw syntaxError(`not the scheme of a WebSocket: ${record.protocol}`);
  }
  if (record.href.includes('#')) throw syntaxError('the URL of a WebSocket has no fragment');
  return record;
}

/** @throws {DOMException} `SyntaxError` where they are not different tokens; as in browsers, case makes no difference. */
export function checkSubprotocols(subprotocols: readonly string[]): void {
  const different = new Set(subprotocols.map((each) => each.toLowerCase()));
  if (different.size < subprotocols.length || !subprotocols.every((each) => TOKEN.test(each))) {
    throw syntaxError('subprotocols must be different tokens');
  }
}

/**
 * The code to close with: `code`, or 1000 where there is only a reason.
 *
 * @throws {DOMException} `InvalidAccessError` for a code that no page may send, `SyntaxError` for a reason too long.
 */
export function checkClose(code: number | undefined, reason: string): number | undefined {
  if (code !== undefined && code !== 1000 && !(code >= 3000 && code <= 4999)) {
    throw new DOMException(`a Close code is 1000, or from 3000 to 4999, not ${code}`, 'InvalidAccessError');
  }
  if (new TextEncoder().encode(reason).length > REASON_BYTES) {
    throw syntaxError(`a Close reason has at most ${REASON_BYTES} bytes`);
  }
  return code ?? (reason === '' ? undefined : 1000);
}

const syntaxError = (message: string): DOMException => new DOMException(message, 'SyntaxError');

/** RFC 9110 §5.6.2. */
const TOKEN: RegExp = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/;

/** RFC 6455 §5.5: a control frame has 125, the code takes 2. */
const REASON_BYTES = 123;
