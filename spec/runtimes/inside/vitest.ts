/** What stands for `vitest` inside of a runtime that cannot run it: its own runner and matchers, without Node. */
import {
  ASYMMETRIC_MATCHERS_OBJECT,
  chai,
  type ExpectStatic,
  getState,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  setState,
} from '@vitest/expect';
import { restoreAllMocks, spyOn } from '@vitest/spy';

export { afterAll, afterEach, beforeAll, beforeEach, describe, it, onTestFinished, test } from '@vitest/runner';

for (const plugin of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(plugin);

export const expect: ExpectStatic = Object.assign(
  (value: unknown, message?: string) => chai.expect(value, message),
  chai.expect,
  (globalThis as unknown as Record<symbol, object>)[ASYMMETRIC_MATCHERS_OBJECT], // where the plugin has put them
  { poll, unreachable: (message?: string) => chai.assert.fail(message), getState: () => getState(expect) },
) as unknown as ExpectStatic;
setState({ assertionCalls: 0 }, expect);

/** Asks again and again until a matcher is content. */
function poll(
  read: () => unknown,
  { interval = 50, timeout = 1_000 }: { readonly interval?: number; readonly timeout?: number } = {},
): object {
  const matcher =
    (name: string) =>
    async (...expected: readonly unknown[]): Promise<void> => {
      for (let waited = 0; ; waited += interval) {
        try {
          const assertion = expect(await read()) as unknown as Record<string, (...args: readonly unknown[]) => void>;
          return assertion[name]?.(...expected);
        } catch (error) {
          if (waited >= timeout) throw error;
        }
        await new Promise((resolve) => {
          setTimeout(resolve, interval);
        });
      }
    };
  return new Proxy({}, { get: (_, name) => matcher(String(name)) });
}

/** Types were checked by the compiler. */
export const expectTypeOf = (): unknown => anything;
const anything: unknown = new Proxy(() => anything, { get: () => anything });

const originals = new Map<string, PropertyDescriptor | undefined>();

export const vi = {
  spyOn,
  restoreAllMocks,
  stubGlobal(name: string, value: unknown): void {
    if (!originals.has(name)) originals.set(name, Object.getOwnPropertyDescriptor(globalThis, name));
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
  },
  unstubAllGlobals(): void {
    for (const [name, original] of originals) {
      if (original === undefined) Reflect.deleteProperty(globalThis, name);
      else Object.defineProperty(globalThis, name, original);
    }
    originals.clear();
  },
};
