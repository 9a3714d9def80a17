import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteQueue } from '../../../core/bytes/byte-queue.ts';
import { bytes, hex } from '../../support/wire.ts';

describe('a byte queue', () => {
  test('is empty at first, and after everything was taken', () => {
    const queue = new ByteQueue();
    expect(queue.length).toBe(0);
    expect(queue.take()).toHaveLength(0);
    queue.append(bytes('01 02'));
    expect(queue.length).toBe(2);
    queue.take();
    expect(queue.length).toBe(0);
    expect(queue.take()).toHaveLength(0);
  });

  test('returns the bytes in the order in which they came, whatever was put back in front', () => {
    const step = fc.record({
      type: fc.constantFrom('append', 'prepend', 'take'),
      data: fc.uint8Array({ maxLength: 40 }),
    });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const queue = new ByteQueue();
        let expected = '';
        for (const { type, data } of steps) {
          if (type === 'take') {
            expect(hex(queue.take())).toBe(expected);
            expected = '';
          } else if (type === 'append') {
            queue.append(data.slice());
            expected += hex(data);
          } else {
            queue.prepend(data.slice());
            expected = hex(data) + expected;
          }
          expect(queue.length * 2).toBe(expected.length);
        }
        expect(hex(queue.take())).toBe(expected);
      }),
    );
  });

  test('keeps a chunk that is alone without a copy', () => {
    const queue = new ByteQueue();
    const chunk = bytes('01 02 03');
    queue.append(chunk);
    expect(queue.take().buffer).toBe(chunk.buffer);
  });

  test('does not keep a large chunk alive for a short rest of it (B17)', () => {
    const queue = new ByteQueue();
    queue.append(new Uint8Array(65_536).subarray(65_530));
    expect(queue.take().buffer.byteLength).toBeLessThanOrEqual(12);
  });

  test('costs bytes and not objects where they come one at a time (B4)', () => {
    const queue = new ByteQueue();
    for (let i = 0; i < 100_000; i++) queue.append(Uint8Array.of(i));
    const all = queue.take();
    expect(all).toHaveLength(100_000);
    expect(all.buffer.byteLength).toBeLessThanOrEqual(400_000);
    expect(all[99_999]).toBe(99_999 % 256);
  });

  test('does not change a chunk when more comes behind it', () => {
    const queue = new ByteQueue();
    const memory = bytes('01 02 03 04');
    queue.append(memory.subarray(0, 3));
    queue.append(bytes('ff'));
    expect(hex(memory)).toBe('01020304');
    expect(hex(queue.take())).toBe('010203ff');
  });

  test('what is put back again and again is copied a few times, not each time (E4)', () => {
    const queue = new ByteQueue();
    const memories = new Set<ArrayBufferLike>();
    queue.append(new Uint8Array(10_000));
    queue.append(new Uint8Array(1));
    while (queue.length > 0) {
      const all = queue.take();
      memories.add(all.buffer);
      queue.prepend(all.subarray(2));
    }
    expect(memories.size).toBeLessThan(20);
  });
});
