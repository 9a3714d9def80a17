import { describe, expect, test } from 'vitest';
import { Blocks } from '../../../core/bytes/blocks.ts';
import type { AgreedExtension } from '../../../core/extensions/extension.ts';
import { ExtensionSink } from '../../../core/extensions/extension-sink.ts';
import { MessageAssembler } from '../../../core/messages/message-assembler.ts';
import { MessageStreamer } from '../../../core/messages/message-streamer.ts';

/** Undoes what added `mark` to the front of a message: takes that off again. */
const unmark = (reserved: number, mark: string): AgreedExtension => {
  let first = true;
  return {
    reserved,
    codec: {
      encode: (payload) => payload,
      decode(piece, last, sink) {
        const text = new TextDecoder().decode(piece);
        if (first && piece.length > 0 && !text.startsWith(mark)) throw new Error(`no ${mark} in ${text}`);
        if (piece.length > 0) {
          sink(new TextEncoder().encode(first ? text.slice(mark.length) : text));
          first = false;
        }
        if (last) first = true;
      },
    },
  };
};

function sink(agreed: readonly AgreedExtension[], messageBytes = 100) {
  const out: unknown[] = [];
  const assembler = new MessageAssembler(
    { messageBytes, fragments: 10 },
    (data) => out.push(data),
    (opcode) => out.push(opcode),
    new Blocks(),
  );
  const under = new ExtensionSink(agreed, assembler, messageBytes, false);
  const frame = (fin: boolean, opcode: number, reserved: number, ...pieces: string[]): number => {
    const limit = under.dataFrame(fin, opcode, reserved);
    pieces.forEach((piece, i) => {
      const bytes = new TextEncoder().encode(piece);
      under.payload(bytes, 0, bytes.length, pieces.slice(i + 1).join('').length);
    });
    return limit;
  };
  return { out, frame, under };
}

describe('with two extensions', () => {
  const both = () => sink([unmark(0x40, 'a'), unmark(0x20, 'b')]);

  test('the one that was applied last is undone first, each where its bit marks the message', () => {
    const { out, frame } = both();
    frame(true, 1, 0x60, 'bahello');
    frame(true, 1, 0x40, 'ahello');
    frame(true, 1, 0x20, 'bhello');
    frame(true, 1, 0, 'hello');
    expect(out).toEqual(['hello', 'hello', 'hello', 'hello']);
  });

  test('C13 the mark of a message holds for all its frames and pieces, also around a control frame', () => {
    const { out, frame, under } = both();
    frame(false, 1, 0x60, 'ba', 'he');
    under.controlFrame(9, new Uint8Array());
    frame(false, 0, 0, 'l');
    frame(true, 0, 0, 'lo');
    expect(out).toEqual([9, 'hello']);
  });

  test('C14, C16, PD11 a bit on a continuation, or one that nobody owns, is refused', () => {
    const { frame } = both();
    frame(false, 1, 0x40, 'a');
    expect(() => frame(true, 0, 0x40, 'x')).toThrow(expect.objectContaining({ violation: 'reserved-bits-set' }));
    expect(() => both().frame(true, 1, 0x10, 'x')).toThrow(expect.objectContaining({ violation: 'reserved-bits-set' }));
  });
});

test('C2, PD20 the limit is that of what a message becomes, over all its frames', () => {
  const { out, frame } = sink([unmark(0x40, 'a')], 5);
  expect(frame(true, 2, 0x40, 'ahello')).toBe(Infinity);
  expect(out).toHaveLength(1);
  frame(false, 2, 0x40, 'ahel');
  expect(() => frame(true, 0, 0, 'lo!')).toThrow(
    expect.objectContaining({ violation: 'message-too-big', message: expect.stringContaining('limit of 5 bytes') }),
  );
  expect(sink([unmark(0x40, 'a')], 5).frame(true, 2, 0, 'hello')).toBe(5);
});

test('an extension without a bit transforms every message', () => {
  const { out, frame } = sink([unmark(0, 'a')]);
  frame(true, 1, 0, 'ax');
  frame(true, 1, 0, 'ay');
  expect(out).toEqual(['x', 'y']);
});

test('what a frame has become is handed on with it, unless the message ends with that frame', () => {
  const parts: string[] = [];
  const streamer = new MessageStreamer(
    { messageBytes: 100, fragments: 10 },
    (part) => parts.push(part.type === 'messageChunk' ? String(part.data) : part.type),
    () => {},
  );
  const under = new ExtensionSink([unmark(0x40, 'a')], streamer, 100, true);
  const frame = (fin: boolean, opcode: number, reserved: number, text: string): void => {
    const bytes = new TextEncoder().encode(text);
    under.dataFrame(fin, opcode, reserved);
    under.payload(bytes, 0, bytes.length, 0);
  };
  frame(false, 1, 0x40, 'aone');
  expect(parts).toEqual(['messageStart', 'one']);
  frame(false, 0, 0, 'two');
  expect(parts).toEqual(['messageStart', 'one', 'two']);
  frame(true, 0, 0, '');
  expect(parts).toEqual(['messageStart', 'one', 'two', 'messageEnd']);
});

test('a message that no extension has transformed is handed on piece by piece, as it comes', () => {
  const pieces: string[] = [];
  const under = new ExtensionSink(
    [unmark(0x40, 'a')],
    {
      dataFrame: () => 100,
      payload: (bytes, start, end, left) =>
        pieces.push(`${new TextDecoder().decode(bytes.subarray(start, end))} ${left}`),
      controlFrame() {},
    },
    100,
    false,
  );
  under.dataFrame(true, 1, 0);
  under.payload(new TextEncoder().encode('-he-'), 1, 3, 3);
  under.payload(new TextEncoder().encode('llo'), 0, 3, 0);
  expect(pieces).toEqual(['he 3', 'llo 0']);
});

test('a last frame in pieces ends the message with the last of them', () => {
  const { out, frame } = sink([unmark(0x40, 'a')]);
  frame(true, 1, 0x40, 'a', 'b', 'c');
  expect(out).toEqual(['bc']);
});

test('every extension learns where a message ends, also one that hands on nothing until then', () => {
  const held: Uint8Array[] = [];
  const ends: boolean[] = [];
  const holding: AgreedExtension = {
    reserved: 0x20,
    codec: {
      encode: (payload) => payload,
      decode(piece, last, give) {
        held.push(piece.slice());
        ends.push(last);
        if (last) for (const each of held.splice(0)) give(each);
      },
    },
  };
  const { out, frame } = sink([holding, unmark(0x40, 'a')]);
  frame(false, 1, 0x60, 'ahe');
  frame(true, 0, 0, 'llo');
  expect(out).toEqual(['hello']);
  expect(ends).toEqual([false, false, true]);
});

test.each([false, true])('an extension may hand on everything in the same memory; in chunks: %s', (chunks) => {
  const memory = new Uint8Array(2);
  const slow: AgreedExtension = {
    reserved: 0x40,
    codec: {
      encode: (payload) => payload,
      decode(piece, _, next) {
        for (let at = 0; at < piece.length; at += 2) {
          memory.set(piece.subarray(at, at + 2));
          next(memory.subarray(0, Math.min(2, piece.length - at)));
        }
      },
    },
  };
  const out: unknown[] = [];
  const limits = { messageBytes: 100, fragments: 10 };
  const under = chunks
    ? new MessageStreamer(
        limits,
        (part) => part.type === 'messageChunk' && out.push(part.data),
        () => {},
      )
    : new MessageAssembler(
        limits,
        (data) => out.push(data),
        () => {},
        new Blocks(),
      );
  const above = new ExtensionSink([slow], under, 100, chunks);
  above.dataFrame(false, 2, 0x40);
  above.payload(Uint8Array.of(1, 2, 3, 4, 5), 0, 5, 0);
  above.dataFrame(true, 0, 0);
  above.payload(Uint8Array.of(6, 7), 0, 2, 0);
  above.dataFrame(true, 2, 0x40);
  above.payload(Uint8Array.of(8), 0, 1, 0);
  memory.fill(0);
  const bytes = out.map((each) => [...(each as Uint8Array)]);
  expect(chunks ? bytes.flat() : bytes).toEqual(chunks ? [1, 2, 3, 4, 5, 6, 7, 8] : [[1, 2, 3, 4, 5, 6, 7], [8]]);
});

test('a message that becomes empty is the program’s, who may give its memory away', () => {
  const { out, frame } = sink([unmark(0x40, 'a')]);
  for (let i = 0; i < 2; i++) {
    frame(true, 2, 0x40, 'a', '');
    const message = out[i] as Uint8Array<ArrayBuffer>;
    expect(message.length).toBe(0);
    structuredClone(message, { transfer: [message.buffer] });
  }
});
