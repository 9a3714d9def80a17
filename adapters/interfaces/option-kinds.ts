/** What kind of thing an option is. */
import { UsageError } from '../../core/index.ts';

/** @throws {UsageError} naming an option that is given, and is no function. */
export function checkFunctions(options: Readonly<Record<string, unknown>>, names: readonly string[]): void {
  for (const name of names) {
    const given = options[name];
    if (given !== undefined && typeof given !== 'function') {
      throw new UsageError(`the option "${name}" is a function, not ${nameOf(given)}`);
    }
  }
}

/** What something is, in a word. */
export const nameOf = (given: unknown): string =>
  given === null ? 'null' : Array.isArray(given) ? 'a list' : typeof given;

/** @throws {UsageError} where the options themselves are none. */
export function checkIsObject(options: unknown): void {
  if (typeof options === 'object' && options !== null && !Array.isArray(options)) return;
  throw new UsageError(`options are an object, such as { subprotocols: ['chat'] }, not ${nameOf(options)}`);
}
