/** What a program answers a request with, in any of the forms it may have: at once or later, and as a `Response`. */
import { UsageError } from '../../core/index.ts';
import type { HttpAnswer } from './http-error.ts';

/** Now, or later. */
export type Eventual<T> = T | Promise<T>;

/**
 * The answer without its wrappings.
 *
 * @throws {UsageError} (later as a rejection) for what is no answer: who returns false wants to refuse, and must not accept.
 */
export function unwrap<Answer extends object | undefined>(
  given: Eventual<Answer | Response>,
): Eventual<Exclude<Answer, Response> | HttpAnswer> {
  // Not `instanceof`: a promise, or a Response, may be of another realm or library.
  if (hasMethod(given, 'then')) return Promise.resolve(given as Promise<Answer | Response>).then(unwrap);
  if (hasMethod(given, 'arrayBuffer')) return plain(given as Response);
  if (given !== undefined && (typeof given !== 'object' || given === null || Array.isArray(given))) {
    throw new UsageError(
      `an answer to a request is an object, such as { status: 403 }, or none at all: ${String(given)}`,
    );
  }
  checkParts(given ?? {});
  return given as Exclude<Answer, Response>; // of the other forms it is none
}

/** @throws {UsageError} for a part that is none: who returns `{ statusCode: 403 }` wants to refuse, too. */
function checkParts(answer: object): void {
  const { status, body } = answer as { readonly status?: unknown; readonly body?: unknown };
  if (status === undefined && body !== undefined) throw new UsageError('an answer with a body has a status, too');
  for (const name in answer) {
    if (!PARTS.has(name)) throw new UsageError(`an answer to a request has no "${name}", but ${[...PARTS].join(', ')}`);
  }
}

const PARTS: ReadonlySet<string> = new Set(['status', 'headers', 'body', 'subprotocol', 'data']);

async function plain(response: Response): Promise<HttpAnswer> {
  const body = new Uint8Array(await response.arrayBuffer());
  // Of one that was fetched the body is decoded, whatever its fields say of how it came.
  const foreign = response.url === '' ? FRAMING : DECODED;
  return { status: response.status, headers: [...response.headers].filter(([name]) => !foreign.test(name)), body };
}

/** What is said of one transport (RFC 9110 §7.6.1), and of the length there: the answer has its own. */
const FRAMING = /^(?:connection|content-length|keep-alive|te|trailer|transfer-encoding|upgrade)$/i;
const DECODED = new RegExp(`${FRAMING.source}|^content-encoding$`, 'i');

const hasMethod = (given: unknown, name: string): boolean =>
  typeof (given as Readonly<Record<string, unknown>> | null | undefined)?.[name] === 'function';
