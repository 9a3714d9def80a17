import { describe, expect, test } from 'vitest';
import type { Output } from '../../core/events.ts';
import { Outlet } from '../../core/outlet.ts';
import { bytes, hex } from '../support/wire.ts';

function setUp(handler: (output: Output) => void = () => undefined) {
  const log: string[] = [];
  const outlet = new Outlet((output) => {
    log.push(output.type === 'write' ? `write ${output.chunks.map(hex).join()}` : output.type);
    handler(output);
  });
  return { log, outlet };
}

describe('an outlet', () => {
  test('lets what one outermost call gathered leave as one write', () => {
    const { log, outlet } = setUp();
    outlet.enter();
    outlet.append(bytes('01'));
    outlet.enter();
    outlet.append(bytes('02'));
    outlet.leave();
    expect(log).toEqual([]);
    outlet.emit({ type: 'end' });
    outlet.leave();
    expect(log).toEqual(['end', 'write 01,02']);
  });

  test('writes nothing where nothing was gathered', () => {
    const { log, outlet } = setUp();
    outlet.enter();
    outlet.leave();
    outlet.flush();
    outlet.relieve();
    expect(log).toEqual([]);
  });

  test('lets much leave early', () => {
    const { log, outlet } = setUp();
    outlet.append(new Uint8Array(65_535));
    outlet.relieve();
    expect(log).toHaveLength(0);
    outlet.append(new Uint8Array(1));
    outlet.relieve();
    expect(log).toHaveLength(1);
  });

  test('writes what a handler of a write gathered', () => {
    let once = true;
    const { log, outlet } = setUp(() => {
      if (once) outlet.append(bytes('02'));
      once = false;
    });
    outlet.append(bytes('01'));
    outlet.flush();
    expect(log).toEqual(['write 01', 'write 02']);
  });

  test('counts what was taken of what it wrote', () => {
    const { outlet } = setUp();
    expect(outlet.taken).toBe(0);
    outlet.append(bytes('010203'));
    expect(outlet.taken).toBe(0);
    outlet.queued = 3;
    outlet.flush();
    expect(outlet.taken).toBe(0);
    outlet.append(bytes('0405'));
    outlet.queued = 4;
    outlet.flush();
    expect(outlet.taken).toBe(1);
    outlet.queued = 0;
    expect(outlet.taken).toBe(5);
  });

  test('has lost what waits in a transport that failed', () => {
    const outlet = new Outlet(() => {});
    expect(outlet.lost(new Error('reset'))).toBe(false);
    outlet.queued = 1;
    expect([outlet.lost(new Error('reset')), outlet.lost(undefined)]).toEqual([true, false]);
  });

  test('counts what waits, here and in the transport', () => {
    const { outlet } = setUp();
    outlet.append(bytes('01 02'));
    outlet.queued = 5;
    expect(outlet.waiting).toBe(7);
  });

  test('drops what is gathered once it is shut', () => {
    const { log, outlet } = setUp();
    outlet.shut();
    outlet.append(bytes('01'));
    outlet.flush();
    expect(log).toEqual([]);
    expect(outlet.waiting).toBe(0);
  });
});

describe('the end of the transport', () => {
  test('comes behind what was gathered', () => {
    const { log, outlet } = setUp();
    outlet.append(bytes('01'));
    outlet.end();
    expect(log).toEqual(['write 01', 'end']);
  });

  test('is not asked for once the transport takes nothing any more', () => {
    const { log, outlet } = setUp();
    outlet.shut();
    outlet.end();
    expect(log).toEqual([]);
  });

  test('is the end of all outputs, once it is reported', () => {
    const { log, outlet } = setUp();
    outlet.emit({ type: 'closed', code: 1006, reason: '', clean: false, sent: undefined, error: undefined });
    outlet.emit({ type: 'abort' });
    outlet.append(bytes('01'));
    outlet.end();
    expect(log).toEqual(['closed']);
  });
});

describe('a handler that throws', () => {
  test('at a write has lost it', () => {
    const outlet = new Outlet(({ type }) => {
      throw new Error(type);
    });
    outlet.enter();
    outlet.emit({ type: 'resume' });
    expect(outlet.lost(undefined)).toBe(false);
    outlet.appendHead('a');
    outlet.append(Uint8Array.of(0x62));
    expect(outlet.length).toBe(2);
    outlet.flush();
    expect(outlet.lost(undefined)).toBe(true);
    expect(() => outlet.leave()).toThrow('several handlers threw');
  });

  test('loses no output, and the outermost call throws', () => {
    const { log, outlet } = setUp((output) => {
      if (output.type === 'end') throw new Error('mine');
    });
    outlet.enter();
    outlet.enter();
    outlet.emit({ type: 'end' });
    outlet.append(bytes('01'));
    expect(() => outlet.leave()).not.toThrow();
    expect(() => outlet.leave()).toThrow('mine');
    expect(log).toEqual(['end', 'write 01']);
    outlet.enter();
    expect(() => outlet.leave()).not.toThrow();
  });

  test('may throw nothing', () => {
    const { outlet } = setUp(() => {
      throw undefined;
    });
    outlet.enter();
    outlet.emit({ type: 'end' });
    let thrown = false;
    try {
      outlet.leave();
    } catch (error) {
      thrown = error === undefined;
    }
    expect(thrown).toBe(true);
  });

  test('is not alone where several do', () => {
    const { outlet } = setUp(({ type }) => {
      throw new Error(type);
    });
    outlet.enter();
    outlet.emit({ type: 'end' });
    outlet.append(bytes('01'));
    expect(() => outlet.leave()).toThrow(
      expect.objectContaining({ message: 'several handlers threw', errors: [new Error('end'), new Error('write')] }),
    );
  });
});
