import { describe, expect, test } from 'vitest';
import { UsageError } from '../../../core/errors.ts';
import { type Payload, toBytes, toControlBytes } from '../../../core/messages/payload.ts';
import { bytes, hex } from '../../support/wire.ts';

describe('the bytes of a payload', () => {
  test.each([
    ['', ''],
    ['caf\u00e9', '636166c3a9'],
    ['\ud800', 'efbfbd'],
  ])('are the UTF-8 of a string: %j', (text, expected) => {
    expect(hex(toBytes(text))).toBe(expected);
  });

  test('are those a view covers, whatever its elements are (I2)', () => {
    const { buffer } = bytes('00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 11 12 13 14 15 16 17');
    const views = [
      new Uint8Array(buffer, 8, 8),
      new Uint8ClampedArray(buffer, 8, 8),
      new Int8Array(buffer, 8, 8),
      new Uint16Array(buffer, 8, 4),
      new Float32Array(buffer, 8, 2),
      new Float64Array(buffer, 8, 1),
      new BigInt64Array(buffer, 8, 1),
      new DataView(buffer, 8, 8),
      Buffer.from(buffer, 8, 8),
    ];
    for (const view of views) expect(hex(toBytes(view))).toBe('08090a0b0c0d0e0f');
  });

  test('are all of a buffer, of either kind', () => {
    const shared = new SharedArrayBuffer(2);
    new Uint8Array(shared).set([1, 2]);
    expect(hex(toBytes(shared))).toBe('0102');
    expect(hex(toBytes(new Uint8Array(shared, 1)))).toBe('02');
    expect(hex(toBytes(bytes('03 04').buffer))).toBe('0304');
  });

  test('may be none', () => {
    expect(toBytes(new Uint8Array(0))).toHaveLength(0);
    expect(toBytes(new ArrayBuffer(0))).toHaveLength(0);
    expect(toBytes(new DataView(new ArrayBuffer(4), 4))).toHaveLength(0);
  });

  test('are not copied', () => {
    const data = bytes('01 02');
    expect(toBytes(data)).toBe(data);
    expect(toBytes(new DataView(data.buffer)).buffer).toBe(data.buffer);
  });

  test('are not those of memory that was transferred away', () => {
    const views = [
      (b: ArrayBuffer) => new Uint8Array(b),
      (b: ArrayBuffer) => new Float32Array(b),
      (b: ArrayBuffer) => new DataView(b),
      (b: ArrayBuffer) => b,
    ];
    for (const view of views) {
      const buffer = new ArrayBuffer(8);
      const payload = view(buffer);
      structuredClone(buffer, { transfer: [buffer] });
      expect(() => toBytes(payload)).toThrow(new UsageError('the memory of this payload is gone'));
    }
  });

  test.each([
    ['a number', 50, 'number'],
    ['a boolean', true, 'boolean'],
    ['nothing', undefined, 'undefined'],
    ['null', null, 'null'],
    ['an object', {}, 'object'],
    ['an array', [1, 2], 'object'],
    ['a sparse array', new Array(5), 'object'],
    ['a date', new Date(0), 'object'],
    ['a symbol', Symbol('x'), 'symbol'],
    ['a function', () => 0, 'function'],
    ['a bigint', 5n, 'bigint'],
    ['a String object', new String('x'), 'object'],
    ['an object that is called a buffer, and more', { [Symbol.toStringTag]: 'ArrayBuffer]x' }, 'object'],
    ['an object that is called nearly a buffer', { [Symbol.toStringTag]: '[object ArrayBuffer' }, 'object'],
    ['an object that has a length', { length: 5, byteLength: 5 }, 'object'],
  ])('are not those of %s (I1)', (_, data, type) => {
    expect(() => toBytes(data as unknown as Payload)).toThrow(
      new UsageError(`a payload is a string, an ArrayBuffer or a view on one, not ${type}`),
    );
  });
});

test('of a control frame are 125 at most', () => {
  expect(toControlBytes('x'.repeat(125))).toHaveLength(125);
  expect(() => toControlBytes('ä'.repeat(63))).toThrow('a control frame has at most 125 bytes, not 126');
});
