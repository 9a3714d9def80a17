import { describe, expect, test } from 'vitest';
import { Blocks } from '../../../core/bytes/blocks.ts';
import type { Violation } from '../../../core/errors.ts';
import { MessageAssembler, type MessageLimits, ownBytes } from '../../../core/messages/message-assembler.ts';
import { bytes, hex } from '../../support/wire.ts';

const TEXT = 1;
const BINARY = 2;
const CONTINUATION = 0;

function setUp(limits: Partial<MessageLimits> = {}) {
  const messages: (string | Uint8Array)[] = [];
  const assembler = new MessageAssembler(
    { messageBytes: 1_000, fragments: 10, ...limits },
    (data) => messages.push(data),
    () => undefined,
    new Blocks(),
  );
  /** One data frame whose payload comes in pieces. */
  const frame = (fin: boolean, opcode: number, ...pieces: string[]): number => {
    const room = assembler.dataFrame(fin, opcode, 0);
    let left = bytes(pieces.join('')).length;
    for (const piece of pieces.map(bytes)) {
      left -= piece.length;
      assembler.payload(piece, 0, piece.length, left);
    }
    return room;
  };
  return {
    assembler,
    frame,
    messages,
    read: () => messages.map((data) => (typeof data === 'string' ? data : hex(data))),
  };
}

describe('a message assembler', () => {
  test('hands on a message of one frame that came in one piece without storing it', () => {
    const { assembler, messages } = setUp();
    const chunk = bytes('00 61 62 00');
    assembler.dataFrame(true, BINARY, 0);
    assembler.payload(chunk, 1, 3, 0);
    expect(messages).toEqual([bytes('61 62')]);
    expect((messages[0] as Uint8Array).buffer).toBe(chunk.buffer);
  });

  test('does so also behind a message that was stored', () => {
    const { assembler, frame, messages } = setUp();
    frame(false, TEXT, '61');
    frame(true, CONTINUATION, '62');
    const chunk = bytes('63');
    assembler.dataFrame(true, BINARY, 0);
    assembler.payload(chunk, 0, 1, 0);
    expect((messages[1] as Uint8Array).buffer).toBe(chunk.buffer);
  });

  test('copies a message that would keep a much larger chunk alive (B17)', () => {
    const { assembler, messages } = setUp();
    const chunk = new Uint8Array(65_536).fill(97);
    assembler.dataFrame(true, BINARY, 0);
    assembler.payload(chunk, 6, 11, 0);
    expect(messages).toEqual([bytes('61 61 61 61 61')]);
    expect((messages[0] as Uint8Array).buffer.byteLength).toBe(5);
  });

  test('takes a message that is whole as it is', () => {
    const { assembler, messages } = setUp();
    const data = bytes('61 62');
    assembler.message(BINARY, data);
    assembler.message(TEXT, data);
    assembler.message(TEXT, new Uint8Array());
    expect(messages).toEqual([data, 'ab', '']);
    expect(messages[0]).toBe(data);
    expect(() => assembler.message(TEXT, bytes('c3'))).toThrow(expect.objectContaining({ violation: 'text-not-utf8' }));
  });

  test('has room for a whole message between messages, and where one frame is allowed', () => {
    const { assembler, frame } = setUp({ messageBytes: 10 });
    expect(assembler.room).toBe(10);
    frame(false, TEXT, '');
    expect(assembler.room).toBe(-1);
    frame(true, CONTINUATION, '61');
    expect(assembler.room).toBe(10);
    expect(setUp({ fragments: 1 }).assembler.room).toBe(1_000);
    expect(setUp({ fragments: 0 }).assembler.room).toBe(-1);
  });

  test('joins pieces and fragments, whatever lies between them', () => {
    const { frame, read } = setUp();
    frame(true, TEXT, '61', '62', '63');
    frame(false, TEXT, '61');
    frame(false, CONTINUATION, '62', '63');
    frame(true, CONTINUATION, '64');
    frame(false, BINARY, '61');
    frame(true, CONTINUATION, '62');
    expect(read()).toEqual(['abc', 'abcd', '6162']);
  });

  test('takes empty fragments for what they are', () => {
    const { frame, read } = setUp();
    frame(true, TEXT, '');
    frame(true, BINARY, '');
    frame(false, TEXT, '');
    frame(true, CONTINUATION, '');
    frame(false, BINARY, '');
    frame(false, CONTINUATION, '');
    frame(true, CONTINUATION, '61');
    expect(read()).toEqual(['', '', '', '61']);
  });

  test('says how many bytes the frame may have', () => {
    const { frame } = setUp({ messageBytes: 10 });
    expect(frame(false, TEXT, '61 62 63')).toBe(10);
    expect(frame(false, CONTINUATION, '61')).toBe(7);
    expect(frame(true, CONTINUATION, '')).toBe(6);
    expect(frame(true, TEXT, '')).toBe(10);
  });

  test('forgets a message before it hands it on: the handler may lead back to it', () => {
    const seen: (string | Uint8Array)[] = [];
    const assembler: MessageAssembler = new MessageAssembler(
      { messageBytes: 10, fragments: 10 },
      (data) => {
        seen.push(data);
        if (seen.length > 1) return;
        assembler.dataFrame(true, TEXT, 0);
        assembler.payload(bytes('62'), 0, 1, 0);
      },
      () => undefined,
      new Blocks(),
    );
    assembler.dataFrame(false, TEXT, 0);
    assembler.payload(bytes('61'), 0, 1, 0);
    assembler.dataFrame(true, CONTINUATION, 0);
    assembler.payload(bytes('61'), 0, 1, 0);
    expect(seen).toEqual(['aa', 'b']);
  });

  test('retains no more than about twice the bytes it received (B2, B4)', () => {
    const { assembler, messages } = setUp({ messageBytes: Infinity, fragments: Infinity });
    const chunk = bytes('61');
    assembler.dataFrame(false, BINARY, 0);
    for (let i = 0; i < 10_000; i++) {
      assembler.payload(chunk, 0, 1, 0);
      assembler.dataFrame(false, CONTINUATION, 0);
    }
    assembler.payload(chunk, 0, 0, 0);
    assembler.dataFrame(true, CONTINUATION, 0);
    assembler.payload(chunk, 0, 0, 0);
    const [message] = messages;
    expect(message).toHaveLength(10_000);
    expect((message as Uint8Array).buffer.byteLength).toBeLessThanOrEqual(20_000);
  });

  test('allocates nothing for bytes that are only announced (A10)', () => {
    const { assembler, messages } = setUp({ messageBytes: Infinity });
    assembler.dataFrame(true, BINARY, 0);
    assembler.payload(bytes('61'), 0, 1, 2 ** 40);
    expect(messages).toEqual([]);
  });

  test('allocates no spare room where the end of the message is known', () => {
    const { assembler, messages } = setUp({ messageBytes: Infinity });
    const half = new Uint8Array(40).fill(97);
    assembler.dataFrame(true, BINARY, 0);
    assembler.payload(half, 0, 40, 40);
    assembler.payload(half, 0, 40, 0);
    expect((messages[0] as Uint8Array).buffer.byteLength).toBe(80);
  });

  test('hands control frames on', () => {
    const onControlFrame = (): void => undefined;
    const assembler = new MessageAssembler(
      { messageBytes: 1, fragments: 1 },
      () => undefined,
      onControlFrame,
      new Blocks(),
    );
    expect(assembler.controlFrame).toBe(onControlFrame);
  });
});

describe('a message assembler finds', () => {
  const violation = (name: Violation) => expect.objectContaining({ name: 'ProtocolError', violation: name });

  test('a continuation of nothing', () => {
    const { frame } = setUp();
    expect(() => frame(true, CONTINUATION, '61')).toThrow(violation('continuation-unexpected'));
    const behind = setUp();
    behind.frame(true, TEXT, '61');
    expect(() => behind.frame(true, CONTINUATION, '61')).toThrow(violation('continuation-unexpected'));
  });

  test.each([TEXT, BINARY])('a new message within one: opcode %i', (opcode) => {
    const { frame } = setUp();
    frame(false, TEXT, '61');
    expect(() => frame(true, opcode, '61')).toThrow(violation('continuation-expected'));
  });

  test.each([0x40, 0x20, 0x10, 0x70])('reserved bits 0x%i', (reserved) => {
    const { assembler } = setUp();
    expect(() => assembler.dataFrame(true, TEXT, reserved)).toThrow(violation('reserved-bits-set'));
  });

  test('a fragment more than the limit, and starts to count anew with each message (H1)', () => {
    const { frame } = setUp({ fragments: 2 });
    for (let i = 0; i < 5; i++) {
      frame(false, TEXT, '61');
      frame(true, CONTINUATION, '61');
    }
    frame(false, TEXT, '');
    frame(false, CONTINUATION, '');
    expect(() => frame(true, CONTINUATION, '')).toThrow(violation('too-many-fragments'));
  });

  test('no message at all may come where the limit is 0', () => {
    expect(() => setUp({ fragments: 0 }).frame(true, TEXT, '')).toThrow(violation('too-many-fragments'));
  });

  test.each([
    ['in a frame that came whole', ['ff']],
    ['at the first impossible byte', ['61', 'f4 90']],
    ['an unfinished character at the end of a frame that came whole', ['e2 82']],
    ['an unfinished character at the end of pieces', ['e2', '82']],
  ])('text that is not UTF-8: %s', (_, pieces) => {
    expect(() => setUp().frame(true, TEXT, ...pieces)).toThrow(violation('text-not-utf8'));
    expect(() => setUp().frame(true, BINARY, ...pieces)).not.toThrow();
  });

  test('text that is not UTF-8 before its frame ends (UT4)', () => {
    const { assembler } = setUp();
    assembler.dataFrame(true, TEXT, 0);
    assembler.payload(bytes('ce ba'), 0, 2, 100);
    expect(() => assembler.payload(bytes('f4 90'), 0, 2, 98)).toThrow(violation('text-not-utf8'));
  });

  test('text that is longer than a string can be (D16)', () => {
    const { assembler, read } = setUp({ messageBytes: Infinity });
    const size = 2 ** 29; // V8 holds 2^29 - 24 characters, other engines more
    assembler.dataFrame(true, TEXT, 0);
    if (canHold(size)) {
      assembler.payload(new Uint8Array(size), 0, size, 0);
      expect(read()).toEqual([expect.objectContaining({ length: size })]);
    } else {
      expect(() => assembler.payload(new Uint8Array(size), 0, size, 0)).toThrow(violation('message-too-big'));
    }
  });

  test('a character that the next message cannot complete (UT6)', () => {
    const { frame, read } = setUp();
    frame(false, TEXT, 'c3');
    frame(true, CONTINUATION, 'a9');
    expect(() => frame(true, TEXT, 'a9')).toThrow(violation('text-not-utf8'));
    expect(read()).toEqual(['\u00e9']);
  });
});

test('bytes for the application are a copy where their buffer is more than four times as large', () => {
  for (const [size, kept] of [
    [20, 20],
    [21, 5],
  ] as const) {
    const own = ownBytes(
      Uint8Array.from({ length: size }, (_, i) => i),
      10,
      15,
    );
    expect(hex(own)).toBe('0a0b0c0d0e');
    expect(own.buffer.byteLength).toBe(kept);
  }
});

/** Whether a string of this engine may have so many characters. */
function canHold(length: number): boolean {
  try {
    return ' '.repeat(length).length === length;
  } catch {
    return false;
  }
}
