import { describe, expect, test } from 'vitest';
import { MaskingKeys } from '../../../core/framing/masking-keys.ts';
import { pseudoRandom } from '../../support/opened.ts';

describe('masking keys', () => {
  test('are the octets of the source, in order, each used once (I5)', () => {
    const drawn: number[] = [];
    const source = (target: Uint8Array): void => {
      pseudoRandom(drawn.length + 1)(target);
      drawn.push(...target);
    };
    const keys = MaskingKeys.of(source);
    const used: number[] = [];
    for (let i = 0; i < 10 * 256; i++) {
      const key = keys.next();
      used.push(key >>> 24, (key >>> 16) & 255, (key >>> 8) & 255, key & 255);
    }
    expect(used).toEqual(drawn);
    expect(drawn).toHaveLength(10 * 1_024);
  });

  test('come from one pool for each source, so that connections draw no octet twice', () => {
    const source = pseudoRandom(7);
    const other = pseudoRandom(7);
    expect(MaskingKeys.of(source)).toBe(MaskingKeys.of(source));
    expect(MaskingKeys.of(source)).not.toBe(MaskingKeys.of(other));
  });

  test('are drawn when the first is needed, not before', () => {
    let calls = 0;
    const keys = MaskingKeys.of(() => {
      calls++;
    });
    expect(calls).toBe(0);
    for (let i = 0; i < 256; i++) keys.next();
    expect(calls).toBe(1);
    keys.next();
    expect(calls).toBe(2);
  });

  test('a source that fails hands out nothing, then or later', () => {
    let broken = true;
    const keys = MaskingKeys.of((target) => {
      if (broken) throw new Error('no entropy');
      target.fill(9);
    });
    expect(() => keys.next()).toThrow('no entropy');
    expect(() => keys.next()).toThrow('no entropy');
    broken = false;
    expect(keys.next()).toBe(0x09090909);
  });
});
