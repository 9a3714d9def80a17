import { describe, expect, test } from 'vitest';
import { FragmentOrder } from '../../../core/messages/fragment-order.ts';

const TEXT = 1;
const CONTINUATION = 0;
const violation = (name: string): unknown =>
  expect.objectContaining({ violation: name, message: expect.stringMatching(/^\w.*\w/) });

describe('the order of data frames', () => {
  test('is a first frame, continuations, and a first frame again', () => {
    const order = new FragmentOrder(2);
    expect([order.opcode, order.fin]).toEqual([0, false]);
    for (let message = 0; message < 3; message++) {
      order.begin(false, TEXT, 0);
      order.begin(true, CONTINUATION, 0);
      expect([order.opcode, order.fin]).toEqual([TEXT, true]);
      order.end();
      expect(order.opcode).toBe(0);
    }
  });

  test('has no continuation without a message', () => {
    expect(() => new FragmentOrder(1).begin(true, CONTINUATION, 0)).toThrow(violation('continuation-unexpected'));
  });

  test('has no first frame inside of a message', () => {
    const order = new FragmentOrder(9);
    order.begin(false, TEXT, 0);
    expect(() => order.begin(true, TEXT, 0)).toThrow(violation('continuation-expected'));
  });

  test('ends where a message has one frame more than it may have', () => {
    const order = new FragmentOrder(1);
    order.begin(false, TEXT, 0);
    expect(() => order.begin(true, CONTINUATION, 0)).toThrow(violation('too-many-fragments'));
  });

  test('gives no meaning to RSV bits', () => {
    expect(() => new FragmentOrder(1).begin(true, TEXT, 0x40)).toThrow(violation('reserved-bits-set'));
  });
});
