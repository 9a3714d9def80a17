/** Memory that counts what is done to it: work is held to a count, and not to a clock. */

/** Bytes, and how often one of them was read or written by its index. */
export function watched(memory: Uint8Array): { readonly memory: Uint8Array; touched: number } {
  const seen = { touched: 0 };
  const count = (key: string | symbol): void => {
    if (typeof key === 'string' && /^\d+$/.test(key)) seen.touched++;
  };
  const proxy = new Proxy(memory, {
    get(target, key) {
      count(key);
      return Reflect.get(target, key, target) as unknown;
    },
    set(target, key, value) {
      count(key);
      return Reflect.set(target, key, value, target);
    },
  });
  return Object.assign(seen, { memory: proxy });
}
