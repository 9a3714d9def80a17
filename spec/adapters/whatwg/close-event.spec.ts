import { describe, expect, it } from 'vitest';
import { CloseEvent, OwnCloseEvent } from '../../../adapters/interfaces/close-event.ts';

it("is the runtime's own class where it has one", () => {
  expect(CloseEvent).toBe((globalThis as { CloseEvent?: unknown }).CloseEvent ?? OwnCloseEvent);
});

describe('our own CloseEvent', () => {
  it('has the defaults of HTML', () => {
    const event = new OwnCloseEvent('foo');
    expect(event).toBeInstanceOf(Event);
    expect([event.type, event.bubbles, event.cancelable]).toEqual(['foo', false, false]);
    expect([event.wasClean, event.code, event.reason]).toEqual([false, 0, '']);
    expect(String(event)).toBe('[object CloseEvent]');
  });

  it('takes what it is given, converted', () => {
    const event = new OwnCloseEvent('foo', { bubbles: true, wasClean: true, code: 7, reason: 'x' });
    expect([event.bubbles, event.wasClean, event.code, event.reason]).toEqual([true, true, 7, 'x']);
    const odd = Reflect.construct(OwnCloseEvent, ['foo', { wasClean: 1, code: 65_537.5, reason: null }]);
    expect([odd.wasClean, odd.code, odd.reason]).toEqual([true, 1, 'null']);
  });

  it('throws TypeError without a type, and for what is no dictionary', () => {
    expect(() => Reflect.construct(OwnCloseEvent, [])).toThrow(TypeError);
    expect(() => Reflect.construct(OwnCloseEvent, ['foo', 1])).toThrow(TypeError);
    expect(OwnCloseEvent.length).toBe(1);
    expect(OwnCloseEvent.name).toBe('CloseEvent');
  });

  it.each(['wasClean', 'code', 'reason'])('has %s as a read-only attribute of its prototype', (name) => {
    const property = Object.getOwnPropertyDescriptor(OwnCloseEvent.prototype, name);
    expect(property).toMatchObject({ set: undefined, enumerable: true, configurable: true });
    expect(() => property?.get?.call({})).toThrow(TypeError);
  });
});
