/** Memory that counts what is done to it: work is held to a count, and not to a clock. */
import { vi } from 'vitest';

/** Bytes, and how often one of them was read or written by its index. */
export function watched(memory: Uint8Array): { readonly memory: Uint8Array; readonly touched: number } {
  const seen = { read: 0, written: 0 };
  return {
    memory: watching(memory, seen),
    get touched() {
      return seen.read + seen.written;
    },
  };
}

/** Until globals are unstubbed: how many views of words are made, and how often one of their words is read or written. */
export function watchedWords(): { readonly views: number; readonly read: number; readonly written: number } {
  const seen = { views: 0, read: 0, written: 0 };
  const Counted = new Proxy(Int32Array, {
    construct(Native, from: ConstructorParameters<typeof Int32Array>) {
      seen.views++;
      return watching(new Native(...from), seen);
    },
  });
  vi.stubGlobal('Int32Array', Counted);
  return seen;
}

function watching<Memory extends Uint8Array | Int32Array>(
  memory: Memory,
  seen: { read: number; written: number },
): Memory {
  const isIndex = (key: string | symbol): boolean => typeof key === 'string' && /^\d+$/.test(key);
  return new Proxy(memory, {
    get(target, key) {
      if (isIndex(key)) seen.read++;
      return Reflect.get(target, key, target) as unknown;
    },
    set(target, key, value) {
      if (isIndex(key)) seen.written++;
      return Reflect.set(target, key, value, target);
    },
  });
}
