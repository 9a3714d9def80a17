import { describe, expect, test } from 'vitest';
import { Inlet, type Reader, type Reads } from '../../core/inlet.ts';
import { bytes, hex } from '../support/wire.ts';

/** A reader that takes a byte at a time and writes it down; `onByte` may do more. */
function setUp(onByte: (byte: string) => void = () => undefined) {
  const log: string[] = [];
  const state: { reads: Reads } = { reads: 'frames' };
  const reader: Reader = {
    reads: () => state.reads,
    read(data, start) {
      const byte = hex(data.subarray(start, start + 1));
      log.push(byte);
      onByte(byte);
      return start + 1;
    },
    end: (end) => {
      log.push(end);
    },
  };
  const inlet = new Inlet(reader);
  return { inlet, log, state };
}

describe('an inlet', () => {
  test('lets a Close wait, and reads nothing behind it until it reads on', () => {
    const taken: string[] = [];
    const { inlet, log, state } = setUp((byte) => {
      if (byte === '88') inlet.pause(() => taken.push(`close, ${log.length} read`));
    });
    inlet.receive(bytes('01 88 02'));
    expect(inlet).toMatchObject({ paused: true, wanted: false, backlog: 1 });
    inlet.pause();
    inlet.receiveEnd('input');
    expect([log, taken]).toEqual([['01', '88'], []]);
    inlet.resume();
    expect(taken).toEqual(['close, 2 read']);
    state.reads = 'discard';
    inlet.readOn();
    expect(log).toEqual(['01', '88', 'input']);
    inlet.resume();
    expect(taken).toHaveLength(1);
  });

  test('reads at once what may be read', () => {
    const { inlet, log } = setUp();
    inlet.receive(bytes('01 02'));
    inlet.receive(bytes(''));
    expect(log).toEqual(['01', '02']);
    expect(inlet.backlog).toBe(0);
  });

  test('keeps what may not be read yet, in order', () => {
    const { inlet, log, state } = setUp();
    state.reads = 'nothing';
    inlet.receive(bytes('01'));
    inlet.receive(bytes('02 03'));
    expect(log).toEqual([]);
    expect(inlet.backlog).toBe(3);
    expect(inlet.wanted).toBe(false);
    state.reads = 'frames';
    inlet.receive(bytes('04'));
    expect(log).toEqual(['01', '02', '03', '04']);
    expect(inlet.backlog).toBe(0);
  });

  test('drops what nobody reads, whether it waits or comes', () => {
    const { inlet, log, state } = setUp();
    state.reads = 'nothing';
    inlet.receive(bytes('01'));
    state.reads = 'discard';
    inlet.readOn();
    inlet.receive(bytes('02'));
    expect(inlet.backlog).toBe(0);
    expect(inlet.wanted).toBe(true);
    expect(log).toEqual([]);
  });

  test('drops the rest of a chunk where a byte of it ended the reading', () => {
    const { inlet, log, state } = setUp((byte) => {
      if (byte === '02') state.reads = 'discard';
    });
    inlet.receive(bytes('01 02 03 04'));
    expect(log).toEqual(['01', '02']);
    expect(inlet.backlog).toBe(0);
  });

  test('drops what came while it was reading the byte that ended the reading', () => {
    const { inlet, log, state } = setUp((byte) => {
      if (byte !== '01') return;
      inlet.receive(bytes('02'));
      state.reads = 'discard';
      inlet.receive(bytes('03'));
    });
    inlet.receive(bytes('01'));
    expect(log).toEqual(['01']);
    expect(inlet.backlog).toBe(0);
  });

  test('reads what comes from within a read behind what it has (D13)', () => {
    const { inlet, log } = setUp((byte) => {
      if (byte === '01') inlet.receive(bytes('03 04'));
    });
    inlet.receive(bytes('01 02'));
    expect(log).toEqual(['01', '02', '03', '04']);
  });

  test('meets an end that comes from within a read once that is done, and behind what came before it', () => {
    const { inlet, log } = setUp((byte) => {
      if (byte !== '01') return;
      inlet.receiveEnd('input');
      inlet.receive(bytes('02'));
      expect(log).toEqual(['01']);
    });
    inlet.receive(bytes('01'));
    expect(log).toEqual(['01', '02', 'input']);
  });

  test('goes on after a reader that throws', () => {
    const { inlet, log } = setUp((byte) => {
      if (byte === '01') throw new Error('mine');
    });
    expect(() => inlet.receive(bytes('01'))).toThrow('mine');
    inlet.receive(bytes('02'));
    expect(log).toEqual(['01', '02']);
  });
});

describe('a pause', () => {
  test.each([1, 2, 3, 4])('behind byte %i of a chunk keeps the rest (H11)', (count) => {
    const { inlet, log } = setUp((byte) => {
      if (byte === `0${count}`) inlet.pause();
    });
    inlet.receive(bytes('01 02 03 04'));
    inlet.receive(bytes('05'));
    expect(log).toHaveLength(count);
    expect(inlet.backlog).toBe(5 - count);
    expect(inlet.paused).toBe(true);
    inlet.resume();
    inlet.readOn();
    expect(log).toEqual(['01', '02', '03', '04', '05']);
  });

  test('from within a read keeps what came within that read in its place', () => {
    const { inlet, log } = setUp((byte) => {
      if (byte !== '01') return;
      inlet.pause();
      inlet.receive(bytes('03'));
    });
    inlet.receive(bytes('01 02'));
    inlet.receive(bytes('04'));
    inlet.resume();
    inlet.readOn();
    expect(log).toEqual(['01', '02', '03', '04']);
  });

  test('that ends within the same read changes nothing', () => {
    const { inlet, log } = setUp(() => {
      inlet.pause();
      inlet.resume();
      inlet.readOn();
    });
    inlet.receive(bytes('01 02'));
    expect(log).toEqual(['01', '02']);
  });

  test('holds frames back, and nothing else', () => {
    const { inlet, log, state } = setUp();
    inlet.pause();
    expect(inlet.wanted).toBe(false);
    state.reads = 'head';
    expect(inlet.wanted).toBe(true);
    inlet.receive(bytes('01'));
    expect(log).toEqual(['01']);
    state.reads = 'discard';
    expect(inlet.wanted).toBe(true);
  });
});

describe('the end', () => {
  test.each(['input', 'transport'] as const)('of the %s comes behind the bytes, and once', (end) => {
    const { inlet, log } = setUp((byte) => {
      if (byte === '01') inlet.receiveEnd(end);
    });
    inlet.receive(bytes('01 02'));
    inlet.readOn();
    expect(log).toEqual(['01', '02', end]);
  });

  test.each(['input', 'transport'] as const)('of the %s waits for frames that wait', (end) => {
    const { inlet, log } = setUp();
    inlet.pause();
    inlet.receive(bytes('01'));
    inlet.receiveEnd(end);
    expect(log).toEqual([]);
    inlet.resume();
    inlet.readOn();
    expect(log).toEqual(['01', end]);
  });

  test('of the input waits while a request is decided, that of the transport does not', () => {
    const { inlet, log, state } = setUp();
    state.reads = 'nothing';
    inlet.receive(bytes('01'));
    inlet.receiveEnd('input');
    expect(log).toEqual([]);
    inlet.receiveEnd('transport');
    expect(log).toEqual(['transport']);
  });

  test('of the input that waited comes behind the frames that waited with it', () => {
    const { inlet, log, state } = setUp();
    state.reads = 'nothing';
    inlet.receive(bytes('01'));
    inlet.receiveEnd('input');
    state.reads = 'frames';
    inlet.readOn();
    expect(log).toEqual(['01', 'input']);
  });

  test('of the transport is not taken back by that of the input', () => {
    const { inlet, log } = setUp();
    inlet.pause();
    inlet.receive(bytes('01'));
    inlet.receiveEnd('transport');
    inlet.receiveEnd('input');
    inlet.resume();
    inlet.readOn();
    expect(log).toEqual(['01', 'transport']);
  });
});
