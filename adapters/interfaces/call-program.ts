/** Calling what a program has given us, whatever it does. */

/**
 * Calls a function of the program, if there is one.
 *
 * @param failed - told what it threw, or what the promise it returned rejects with.
 * @returns that promise, as one that never rejects; `undefined` where there is none to wait for.
 */
export function callProgram(
  call: (() => unknown) | undefined,
  failed: (error: unknown) => void,
): Promise<unknown> | undefined {
  try {
    const result = call?.() as { readonly then?: unknown } | null | undefined; // of anything it may be asked
    // Not `instanceof`: a promise may be of another realm or library.
    if (typeof result?.then !== 'function') return undefined;
    return Promise.resolve(result).catch(failed);
  } catch (error) {
    failed(error);
    return undefined;
  }
}
