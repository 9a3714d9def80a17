import { describe, expect, test } from 'vitest';
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
  );
  const under = new ExtensionSink(agreed, assembler, messageBytes);
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
  expect(() => frame(true, 0, 0, 'lo!')).toThrow(expect.objectContaining({ violation: 'message-too-big' }));
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
  const under = new ExtensionSink([unmark(0x40, 'a')], streamer, 100);
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
