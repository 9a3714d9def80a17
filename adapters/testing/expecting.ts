/** Judging and waiting, with no test runner. */
import type { Host } from '../driver.ts';

/** @throws where `actual` and `expected` differ as JSON. */
export function equal(actual: unknown, expected: unknown, what: string): void {
  const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (is !== should) throw new Error(`${what}: ${shorten(is)} instead of ${shorten(should)}`);
}

/** What `promise` rejects with; throws where it does not. */
export async function rejection(promise: Promise<unknown>, what: string): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
    throw new Error(`${what} rejected with no error: ${String(error)}`);
  }
  throw new Error(`${what} did not reject`);
}

/** Resolves after a time. */
export const pass = (host: Host, milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    host.setTimer(resolve, milliseconds);
  });

/** `promise`, or a rejection where it takes longer than `milliseconds`. */
export function within<T>(host: Host, milliseconds: number, promise: Promise<T>, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = host.setTimer(() => reject(new Error(`${what} took more than ${milliseconds} ms`)), milliseconds);
    promise.then(resolve, reject).finally(() => host.clearTimer(timer));
  });
}

/** Bytes that are not the same at each place. */
export function pattern(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = (i * 31 + (i >> 8)) & 0xff;
  return bytes;
}

/** Whether two byte arrays hold the same. */
export function same(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

const shorten = (text: string | undefined = 'nothing'): string =>
  text.length > 200 ? `${text.slice(0, 200)}... (${text.length})` : text;
