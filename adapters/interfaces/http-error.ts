/** Refusals that programs read, too: the answer to a request as JSON. */
import type { FieldInit } from '../../core/index.ts';
import { headerPairs } from './header-pairs.ts';

/** An HTTP answer; to an upgrade request it is a refusal, with a status from 300 to 599. A `Response` may stand for it. */
export interface HttpAnswer {
  /** A final status; from 300 to 599 where it refuses. */
  readonly status: number;
  /** Fields to add, such as Set-Cookie or Retry-After. */
  readonly headers?: FieldInit | undefined;
  /** A string is sent as UTF-8, and as text/plain unless `headers` has a Content-Type. */
  readonly body?: string | Uint8Array | undefined;
}

/**
 * A refusal with a JSON body, `{"status": 403, "message": "…", …details}`, that nothing caches, sniffs or frames.
 *
 * @param status - from 300 to 599.
 * @param message - for people.
 * @param details - what else the body says; neither `status` nor `message` are changed by it.
 * @param headers - fields to add, such as Retry-After or WWW-Authenticate.
 */
export function httpError(
  status: number,
  message: string,
  details: Readonly<Record<string, unknown>> = {},
  headers: FieldInit = [],
): HttpAnswer {
  return {
    status,
    headers: [
      ['Content-Type', 'application/json; charset=utf-8'],
      ['Cache-Control', 'no-store'],
      ['X-Content-Type-Options', 'nosniff'],
      ['X-Frame-Options', 'DENY'],
      ...headerPairs(headers),
    ],
    body: `${JSON.stringify(Object.assign({ status, message }, details, { status, message }))}\n`,
  };
}
