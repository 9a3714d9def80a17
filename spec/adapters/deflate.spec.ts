/** What holds for every engine of DEFLATE, alone and with each other. */
import { deflateRawSync, inflateRawSync, constants as zlib } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ContextMaker, DeflateContext } from '../../adapters/runtimes/deflate-context.ts';
import { DeflateEngine } from '../../adapters/runtimes/deflate-engine.ts';
import { nodeContexts, nodeDeflate } from '../../adapters/runtimes/node-deflate.ts';
import { portableDeflate } from '../../adapters/runtimes/portable-deflate.ts';
import { Blocks } from '../../core/bytes/blocks.ts';
import { ExtensionSink } from '../../core/extensions/extension-sink.ts';
import {
  type Deflate,
  type Deflater,
  InflateError,
  type Inflater,
  ProtocolError,
  permessageDeflate,
} from '../../core/index.ts';
import { MessageAssembler } from '../../core/messages/message-assembler.ts';

const ENGINES: readonly (readonly [string, Deflate])[] = [
  ['nodeDeflate', nodeDeflate],
  ['portableDeflate', portableDeflate],
];
const PAIRS = ENGINES.flatMap(([by, a]) => ENGINES.map(([to, b]) => [by, to, a, b] as const));
const TAIL = [0, 0, 0xff, 0xff];

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const deflaterOf = (engine: Deflate, windowBits = 15): Deflater =>
  engine.deflater({ takeover: true, windowBits, level: undefined, memoryLevel: undefined });

/** Inflates one message as it stood on the wire, without its tail. */
function inflate(inflater: Inflater, message: Uint8Array): Uint8Array {
  const pieces: Uint8Array[] = [];
  inflater.inflate(message, true, (piece) => pieces.push(piece.slice()));
  return Uint8Array.from(Buffer.concat(pieces));
}

describe.each(ENGINES)('%s inflates', (_name, engine) => {
  const read = (...messages: readonly string[]): string[] => {
    const inflater = engine.inflater({ windowBits: 15 });
    return messages.map((message) => Buffer.from(inflate(inflater, hex(message))).toString());
  };

  it.each([
    ['one block (§7.2.3.1)', ['f2 48 cd c9 c9 07 00'], ['Hello']],
    ['what refers to the last message (§7.2.3.2)', ['f2 48 cd c9 c9 07 00', 'f2 00 11 00 00'], ['Hello', 'Hello']],
    ['a stored block (§7.2.3.3)', ['00 05 00 fa ff 48 65 6c 6c 6f 00'], ['Hello']],
    ['a final block (§7.2.3.4)', ['f3 48 cd c9 c9 07 00 00'], ['Hello']],
    ['two blocks (§7.2.3.5)', ['f2 48 05 00 00 00 ff ff ca c9 c9 07 00'], ['Hello']],
    ['nothing (§7.2.3.6)', ['00', '02 00', 'f2 48 cd c9 c9 07 00'], ['', '', 'Hello']],
    ['two final blocks', ['f3 48 cd c9 c9 07 00 f3 48 cd c9 c9 07 00 00'], ['HelloHello']],
    [
      'a final block whose last byte has the header of the empty block in it',
      ['f3 48 cd c9 c9 07 00', 'f2 00 11 00 00'],
      ['Hello', 'Hello'],
    ],
    ['what refers to before a final block', ['f3 48 cd c9 c9 07 00 00', 'f2 00 11 00 00'], ['Hello', 'Hello']],
  ])('%s', (_what, messages, texts) => {
    expect(read(...messages)).toEqual(texts);
  });

  it.each([
    ['truncated in a block', 'f2 48 cd'],
    ['truncated before the header of the last block', 'f2 48 cd c9 c9 07'],
    ['truncated in a stored block', '00 05 00 fa ff 48 65'],
    ['with a tail that was left on', 'f2 48 cd c9 c9 07 00 00 00 ff ff'],
    ['with bytes behind a final block', 'f3 48 cd c9 c9 07 00 de ad be ef'],
    ['with a block type that does not exist', '07'],
    ['that is noise', 'ff ff ff'],
    ['that refers to before the beginning', 'f2 00 11 00 00'],
  ])('no message %s', (_what, message) => {
    expect(() => read(message)).toThrow(InflateError);
    expect(read('f2 48 cd c9 c9 07 00')).toEqual(['Hello']);
  });

  it('a message that grows a thousandfold piece by piece, and stops where the sink throws', () => {
    const bomb = deflateRawSync(new Uint8Array(64 << 20), { finishFlush: zlib.Z_SYNC_FLUSH });
    let taken = 0;
    const stop = new Error('enough');
    const start = performance.now();
    expect(() =>
      engine.inflater({ windowBits: 15 }).inflate(bomb, true, (piece) => {
        expect(piece.length).toBeLessThanOrEqual(16_384);
        taken += piece.length;
        if (taken > 1 << 20) throw stop;
      }),
    ).toThrow(stop);
    expect(taken).toBeLessThanOrEqual((1 << 20) + 16_384);
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  it('C1 a bomb into no more memory than its limit and a mebibyte', () => {
    const limit = 2 ** 24;
    const zeros = deflateRawSync(new Uint8Array(65_536), { finishFlush: zlib.Z_SYNC_FLUSH });
    const bomb = Uint8Array.from(Buffer.concat(new Array(1_024).fill(zeros)).subarray(0, -4));
    const inflating = permessageDeflate({ deflate: engine }).accept([]);
    if (inflating === undefined) throw new Error('it accepts an offer without parameters');
    const limits = { messageBytes: limit, fragments: 1 };
    const assembler = new MessageAssembler(
      limits,
      () => expect.fail('it is too big'),
      () => {},
      new Blocks(),
    );
    const sink = new ExtensionSink([{ reserved: 0x40, codec: inflating.codec }], assembler, limit, false);
    sink.dataFrame(true, 2, 0x40);
    const before = process.memoryUsage().arrayBuffers;
    expect(() => sink.payload(bomb, 0, bomb.length, 0)).toThrow(ProtocolError);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThanOrEqual(limit + 2 ** 20);
  });

  it('no message of final blocks alone', () => {
    const message = Uint8Array.from(new Array(2_000).fill([3, 0]).flat());
    expect(() => engine.inflater({ windowBits: 15 }).inflate(message, true, () => {})).toThrow(InflateError);
  });

  it('starts again after a reset, and not after a release', () => {
    const inflater = engine.inflater({ windowBits: 15 });
    inflate(inflater, hex('f2 48 cd c9 c9 07 00'));
    inflater.release();
    expect(Buffer.from(inflate(inflater, hex('f2 00 11 00 00'))).toString()).toBe('Hello');
    inflater.reset();
    expect(() => inflate(inflater, hex('f2 00 11 00 00'))).toThrow(InflateError);
  });

  it('a message whose pieces are cut by a release and by many other connections', () => {
    const inflater = engine.inflater({ windowBits: 15 });
    const pieces: Uint8Array[] = [];
    inflater.inflate(hex('f2 48 cd'), false, (piece) => pieces.push(piece.slice()));
    inflater.release();
    for (let i = 0; i < 40; i++) {
      expect(inflate(engine.inflater({ windowBits: 15 }), hex('f2 48 cd c9 c9 07 00'))).toEqual(utf8('Hello'));
    }
    inflater.inflate(hex('c9 c9 07 00'), true, (piece) => pieces.push(piece.slice()));
    expect(Buffer.concat(pieces).toString()).toBe('Hello');
  });
});

describe.each(ENGINES)('%s deflates', (_name, engine) => {
  it('every message to the end of a sync flush, empty ones too', () => {
    const deflater = deflaterOf(engine);
    const inflater = engine.inflater({ windowBits: 15 });
    for (const text of ['', 'Hello', '', '', 'Hello']) {
      const deflated = deflater.compress(utf8(text));
      expect([...deflated.subarray(-4)]).toEqual(TAIL);
      if (text === '') expect(deflated.length).toBe(5);
      expect(Buffer.from(inflate(inflater, deflated.subarray(0, -4))).toString()).toBe(text);
    }
  });

  it('a message in pieces, the last of which is empty', () => {
    const deflater = deflaterOf(engine);
    const parts = [deflater.compress(utf8('Hel')), deflater.compress(utf8('lo'))];
    const message = Buffer.concat([...parts, deflater.compress(new Uint8Array(0))]);
    expect(inflateRawSync(message, { finishFlush: zlib.Z_SYNC_FLUSH }).toString()).toBe('Hello');
  });

  it('with its context, that a release keeps and a reset drops', () => {
    const deflater = deflaterOf(engine);
    const message = utf8('What one message says, the next can refer to.');
    const fresh = deflater.compress(message);
    const next = deflater.compress(message);
    deflater.release();
    const released = deflater.compress(message);
    deflater.reset();
    expect(next.length).toBeLessThan(fresh.length / 2);
    expect(released.length).toBeLessThan(fresh.length / 2);
    expect(deflater.compress(message)).toEqual(fresh);
  });

  it('messages by themselves without takeover, piece by piece, in contexts that go from one to the next', () => {
    const lone = () => engine.deflater({ takeover: false, windowBits: 15, level: undefined, memoryLevel: undefined });
    const [one, other] = [lone(), lone()];
    const text = utf8('What one message says, the next can refer to.');
    const read = (...pieces: readonly Uint8Array[]): Uint8Array =>
      inflate(engine.inflater({ windowBits: 15 }), Uint8Array.from(Buffer.concat(pieces)).subarray(0, -4));
    const first = one.compress(text);
    one.release(); // in the middle of the message: nothing is lost
    const meanwhile = other.compress(text);
    const second = one.compress(text);
    expect(second.length).toBeLessThan(first.length / 2);
    expect(read(first, second)).toEqual(Uint8Array.from([...text, ...text]));
    expect(read(meanwhile)).toEqual(text);
    for (const each of [one, other]) each.reset();
    expect([one.compress(text), other.compress(text)]).toEqual([first, first]);
  });

  it('what its level and memory level say', () => {
    const data = utf8(Array.from({ length: 2_000 }, (_, i) => `line ${(i * 7919) % 1009}`).join('\n'));
    const size = (level: number, memoryLevel: number): number =>
      engine.deflater({ takeover: true, windowBits: 15, level, memoryLevel }).compress(data).length;
    expect(size(0, 8)).toBeGreaterThan(data.length);
    expect(size(9, 8)).not.toBe(size(1, 8));
    expect(size(9, 1)).not.toBe(size(9, 9));
  });
});

/** Text that repeats itself, near and far, and noise that does not. */
const message = fc.oneof(
  fc.uint8Array({ maxLength: 2_000 }),
  fc
    .tuple(fc.string({ minLength: 1, maxLength: 40 }), fc.nat(3_000))
    .map(([unit, length]) => utf8(unit.repeat(Math.ceil(length / unit.length)))),
  fc.nat(70_000).map((length) => Uint8Array.from({ length }, (_, i) => (i * i) >>> 7)),
);
const step = fc.record({
  message,
  cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 3 }),
  before: fc.constantFrom('nothing', 'reset', 'release sender', 'release receiver', 'crowd'),
});

describe.each(PAIRS)('what %s deflates, %s inflates', (_by, _to, sends, receives) => {
  it('wherever it is cut, with resets, releases and other connections in between', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), fc.integer({ min: 9, max: 15 }), (steps, windowBits) => {
        const deflater = deflaterOf(sends, windowBits);
        const inflater = receives.inflater({ windowBits });
        for (const { message, cuts, before } of steps) {
          if (before === 'reset') deflater.reset();
          if (before === 'release sender') deflater.release();
          if (before === 'release receiver') inflater.release();
          if (before === 'crowd') crowd(sends, receives, windowBits);
          const pieces: Uint8Array[] = [];
          const parts = cut(message, cuts);
          const deflated = Buffer.concat(parts.map((part) => deflater.compress(part)));
          const body = cut(new Uint8Array(deflated.subarray(0, -4)), cuts);
          body.forEach((part, i) => {
            const last = i === body.length - 1;
            inflater.inflate(part, last, (piece) => pieces.push(piece.slice()));
          });
          expect(Buffer.concat(pieces).equals(message)).toBe(true);
        }
      }),
      { numRuns: 30 },
    );
  });
});

/** As many other connections as take every context that is kept. */
function crowd(sends: Deflate, receives: Deflate, windowBits: number): void {
  for (let i = 0; i < 20; i++) {
    const deflated = deflaterOf(sends, windowBits).compress(utf8(`other ${i}`));
    expect(inflate(receives.inflater({ windowBits }), deflated.subarray(0, -4))).toEqual(utf8(`other ${i}`));
  }
}

function cut(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const at = cuts.map((part) => Math.floor(part * bytes.length)).sort((a, b) => a - b);
  return [...at, bytes.length].map((end, i) => bytes.subarray(at[i - 1] ?? 0, end));
}

describe.each(PAIRS)('PD19 of what %s deflates and %s inflates', (_by, _to, sends, receives) => {
  const bytes = Uint8Array.from({ length: 3_000 }, (_, i) => ((i % 600) * 7_919) >>> 3);
  const read = (windowBits: number, message: Uint8Array, size: number): Uint8Array => {
    const inflater = receives.inflater({ windowBits });
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < message.length; at += size) {
      inflater.inflate(message.subarray(at, at + size), false, (piece) => pieces.push(piece.slice()));
    }
    inflater.inflate(new Uint8Array(0), true, (piece) => pieces.push(piece.slice()));
    return Uint8Array.from(Buffer.concat(pieces));
  };

  it('no distance is larger than the window that was agreed on', () => {
    for (let windowBits = 9; windowBits <= 15; windowBits++) {
      const message = deflaterOf(sends, windowBits).compress(bytes).subarray(0, -4);
      expect(read(windowBits, message, 1)).toEqual(bytes);
    }
    // zlib's 9 bits, of which it uses 250 bytes: who has a window of 8 bits can read it, too.
    expect(read(8, deflaterOf(sends, 9).compress(bytes).subarray(0, -4), 1)).toEqual(bytes);
  });

  it('larger distances are an error or what was sent, never something else', () => {
    const message = deflaterOf(sends, 15).compress(bytes).subarray(0, -4);
    expect(() => read(9, message, 1)).toThrow(InflateError);
    for (const size of [3, 50, 700, 5_000]) {
      let result: Uint8Array | undefined;
      try {
        result = read(9, message, size);
      } catch (error) {
        expect(error).toBeInstanceOf(InflateError);
      }
      expect(result ?? bytes).toEqual(bytes);
    }
  });
});

/** An engine over the zlib of Node that counts its contexts, those open now, and how often they were called. */
function counting() {
  const count = { made: 0, open: 0, writes: 0 };
  const watch = (context: DeflateContext): DeflateContext => {
    count.made++;
    count.open++;
    let closed = false;
    return {
      get produced() {
        return context.produced;
      },
      get left() {
        return context.left;
      },
      write(...args) {
        count.writes++;
        context.write(...args);
      },
      reset: () => context.reset(),
      close() {
        if (!closed) count.open--;
        closed = true;
        context.close();
      },
    };
  };
  const contexts: ContextMaker = {
    deflating: (options) => watch(nodeContexts.deflating(options)),
    inflating: (windowBits) => watch(nodeContexts.inflating(windowBits)),
  };
  return { engine: new DeflateEngine(contexts), count };
}

it('PD24 any number of connections hold 18 contexts of a kind at most, and none once they are idle but two to spare', () => {
  const { engine, count } = counting();
  const connections = Array.from({ length: 1_000 }, () => ({
    deflater: deflaterOf(engine),
    inflater: engine.inflater({ windowBits: 15 }),
  }));
  for (const [i, { deflater, inflater }] of connections.entries()) {
    const text = `message ${i}`;
    expect(inflate(inflater, deflater.compress(utf8(text)).subarray(0, -4))).toEqual(utf8(text));
    expect(count.open).toBeLessThanOrEqual(2 * 18);
  }
  for (const { deflater, inflater } of connections) {
    deflater.release();
    inflater.release();
  }
  expect(count.open).toBeLessThanOrEqual(2 * 2);
});

it('C22 tiny compressed messages cost work in proportion to their number, on one connection and on many', () => {
  const tiny = hex('f2 48 cd c9 c9 07 00');
  const cost = (messages: number, connections: number) => {
    const { engine, count } = counting();
    const inflaters = Array.from({ length: connections }, () => engine.inflater({ windowBits: 15 }));
    for (let i = 0; i < messages; i++) inflaters[i % connections]?.inflate(tiny, true, () => {});
    return count;
  };
  expect(cost(10_000, 1)).toEqual({ made: 1, open: 1, writes: 20_000 });
  // Each takes the context of another then, and brings its window.
  const { made, writes } = cost(10_000, 100);
  expect(made).toBeLessThanOrEqual(18);
  expect(writes).toBeLessThanOrEqual(30_000);
});
