/** Mistakes in options that types forbid, and that programs without types would find at their first client, or never. */
import { UsageError } from '../../core/index.ts';
import { checkDurations } from './durations.ts';
import { checkOrigins, type Origins } from './origin.ts';

const HANDLERS = ['open', 'message', 'ping', 'pong', 'drain', 'close', 'error'];
const HOOKS = ['connect', 'upgrade', 'fetch'];

type Given = Readonly<Record<string, unknown>>;

/** @throws {UsageError} naming what is wrong with the options of a server or a client. */
export function checkOptions(options: object): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new UsageError(`options are an object, such as { subprotocols: ['chat'] }, not ${nameOf(options)}`);
  }
  const { messages, message, subprotocols } = options as Given;
  checkFunctions(options as Given, HANDLERS);
  checkList('subprotocols', subprotocols);
  if (messages === 'chunks' && message !== undefined) {
    throw new UsageError("with messages: 'chunks' the handler `message` would hear nothing: take them by `streams`");
  }
}

/** @throws {UsageError} naming what is wrong with the options of a server. */
export function checkServerOptions(options: object): void {
  checkOptions(options);
  const { path, hosts, origins, decisionDeadline } = options as Given;
  checkDurations({ decisionDeadline: decisionDeadline as number });
  checkFunctions(options as Given, HOOKS);
  checkList('hosts', hosts);
  if (path !== undefined && !(typeof path === 'string' && path.startsWith('/'))) {
    throw new UsageError(`the option "path" begins with a slash: ${String(path)}`);
  }
  if (origins !== undefined) checkOrigins(origins as Origins);
}

function checkFunctions(options: Given, names: readonly string[]): void {
  for (const name of names) {
    const given = options[name];
    if (given !== undefined && typeof given !== 'function') {
      throw new UsageError(`the option "${name}" is a function, not ${nameOf(given)}`);
    }
  }
}

function checkList(name: string, given: unknown): void {
  if (given !== undefined && !Array.isArray(given)) {
    throw new UsageError(`the option "${name}" is a list of strings, not ${nameOf(given)}`);
  }
}

const nameOf = (given: unknown): string => (given === null ? 'null' : Array.isArray(given) ? 'a list' : typeof given);
