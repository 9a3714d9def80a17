/** Mistakes in options that types forbid, and that programs without types would find at their first client, or never. */
import { CloseCode, mayBeSent, UsageError } from '../../core/index.ts';
import { checkDurations } from './durations.ts';
import { checkFunctions, checkIsObject, nameOf } from './option-kinds.ts';
import { checkNames, insteadOf, type Names } from './option-names.ts';
import { checkOrigins, type Origins } from './origin.ts';
import { checkTrustedProxies } from './trusted-proxies.ts';

const HANDLERS = ['open', 'message', 'ping', 'pong', 'drain', 'close', 'error'];
const HOOKS = ['connect', 'upgrade', 'fetch'];

type Given = Readonly<Record<string, unknown>>;

/**
 * @param names - the options there are, whatever the runtime.
 * @throws {UsageError} naming what is wrong with the options of a server or a client.
 */
export function checkOptions(options: object, names: Names): void {
  checkIsObject(options);
  const { messages, message, subprotocols, extensions, tls, signal } = options as Given;
  checkNames(options, names, insteadOf);
  checkFunctions(options as Given, HANDLERS);
  checkList('subprotocols', subprotocols, 'strings');
  checkList('extensions', extensions, 'extensions');
  if (tls !== undefined && (typeof tls !== 'object' || tls === null)) {
    throw new UsageError(`the option "tls" is an object, not ${nameOf(tls)}`);
  }
  if (signal !== undefined && typeof (signal as AbortSignal | null)?.throwIfAborted !== 'function') {
    throw new UsageError(`the option "signal" is an AbortSignal, not ${nameOf(signal)}`);
  }
  if (messages === 'chunks' && message !== undefined) {
    throw new UsageError("with messages: 'chunks' the handler `message` would hear nothing: take them by `streams`");
  }
}

/** @throws {UsageError} naming what is wrong with the options of a server. */
export function checkServerOptions(options: object, names: Names): void {
  checkOptions(options, names);
  const {
    path,
    hosts,
    origins,
    requireOrigin,
    decisionDeadline,
    subprotocols = [],
    trustProxy,
    tls,
  } = options as Given;
  checkDurations({ decisionDeadline: decisionDeadline as number });
  checkFunctions(options as Given, HOOKS);
  checkList('hosts', hosts, 'strings');
  if (path !== undefined && !(typeof path === 'string' && path.startsWith('/'))) {
    throw new UsageError(`the option "path" begins with a slash: ${String(path)}`);
  }
  for (const each of subprotocols as unknown[]) {
    if (typeof each !== 'string' || !TOKEN.test(each))
      throw new UsageError(`not a subprotocol: ${JSON.stringify(each)}`);
  }
  const { cert, key } = (tls ?? {}) as Given;
  if (tls !== undefined && (Object.keys(tls as object).length === 0 || (cert !== undefined && key === undefined))) {
    throw new UsageError('the option "tls" has a certificate, `cert`, and its `key`: no client could connect');
  }
  if (requireOrigin !== undefined && typeof requireOrigin !== 'boolean') {
    throw new UsageError(`the option "requireOrigin" is true or false, not ${nameOf(requireOrigin)}`);
  }
  if (origins !== undefined) checkOrigins(origins as Origins);
  if (trustProxy !== undefined) checkTrustedProxies(trustProxy);
}

/** How a server is to close. */
export interface Closing {
  readonly code?: number;
  readonly reason?: string;
  readonly grace?: number;
}

/** @throws {UsageError} for a code or reason that may not be sent, whether or not there is a connection to send it on, and for a grace that is none. */
export function checkClosing({ code = CloseCode.goingAway, reason = '', grace }: Closing = {}): void {
  checkDurations({ grace });
  if (!mayBeSent(code) && !(code === CloseCode.noStatus && reason === '')) {
    throw new UsageError(`Close code ${code} may not be sent (RFC 6455 §7.4)`);
  }
  if (new TextEncoder().encode(reason).length > 123) throw new UsageError('a Close reason has at most 123 bytes');
}

function checkList(name: string, given: unknown, what: string): void {
  if (given !== undefined && !Array.isArray(given)) {
    throw new UsageError(`the option "${name}" is a list of ${what}, not ${nameOf(given)}`);
  }
}

/** What a subprotocol may be written with (RFC 6455 §4.1, RFC 9110 §5.6.2). */
const TOKEN = /^[!#$%&'*+\-.^`|~\w]+$/;
