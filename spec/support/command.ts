/** What a command of the house is told, or how it is to be told it. */
import { type ParseArgsConfig, parseArgs } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;

/** A mistake in how a command is called. */
export class CallError extends Error {}

/**
 * Runs a command with its options, and with the names that follow them. `--help` prints `help`; a mistake is said in a line, before
 * the help, and ends the process with 2.
 */
export async function command<Given extends Options>(
  help: string,
  options: Given,
  run: (
    values: ReturnType<typeof parseArgs<{ options: Given }>>['values'],
    names: readonly string[],
  ) => void | Promise<void>,
): Promise<void> {
  try {
    const all = { ...options, help: { type: 'boolean', short: 'h' } } as Given;
    const { values, positionals } = parseArgs({ options: all, allowPositionals: true });
    if ('help' in values) console.log(help);
    else await run(values, positionals);
  } catch (error) {
    const isMistake = error instanceof CallError || (error instanceof TypeError && 'code' in error);
    if (!isMistake) throw error;
    console.error(`${error.message}\n`);
    console.log(help);
    process.exitCode = 2;
  }
}

/** A whole number of at least 1. @throws {CallError} */
export function count(name: string, given: string): number {
  const number = Number(given);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new CallError(`--${name} is a whole number of at least 1, not ${given}`);
  return number;
}

/** A seed of 64 bits. @throws {CallError} */
export function seedOf(given: string): bigint {
  const seed = /^\d{1,20}$/.test(given) ? BigInt(given) : 2n ** 64n;
  if (seed >= 2n ** 64n) throw new CallError(`--seed is a number of up to 64 bits, not ${given}`);
  return seed;
}

/** The name `given`, or all. @throws {CallError} where it is none of them. */
export function chosen(given: readonly string[], all: readonly string[]): readonly string[] {
  const unknown = given.filter((name) => !all.includes(name));
  const known = all.length > 0 ? `: it is ${all.join(', ')}` : '';
  if (unknown.length > 0) throw new CallError(`there is no ${unknown.join(', ')}${known}`);
  return given.length > 0 ? given : all;
}
