import { describe, expect, test } from 'vitest';
import type { MessageLimits } from '../../../core/messages/message-assembler.ts';
import { MessageStreamer } from '../../../core/messages/message-streamer.ts';
import { bytes, hex } from '../../support/wire.ts';

const TEXT = 1;
const BINARY = 2;
const CONTINUATION = 0;

function setUp(limits: Partial<MessageLimits> = {}) {
  const parts: string[] = [];
  const streamer = new MessageStreamer(
    { messageBytes: 1_000, fragments: 10, ...limits },
    (part) => {
      if (part.type === 'messageStart') parts.push(part.kind);
      else if (part.type === 'messageEnd') parts.push('end');
      else parts.push(typeof part.data === 'string' ? `"${part.data}"` : hex(part.data));
    },
    () => undefined,
  );
  /** One data frame whose payload comes in pieces. */
  const frame = (fin: boolean, opcode: number, ...pieces: string[]): number => {
    const room = streamer.dataFrame(fin, opcode, 0);
    let left = bytes(pieces.join('')).length;
    for (const piece of pieces.map(bytes)) {
      left -= piece.length;
      streamer.payload(piece, 0, piece.length, left);
    }
    return room;
  };
  return { frame, parts, streamer };
}

describe('a message streamer', () => {
  test('hands on each piece as it comes, across fragments', () => {
    const { frame, parts } = setUp();
    frame(false, BINARY, '01', '02 03');
    expect(parts).toEqual(['binary', '01', '0203']);
    frame(true, CONTINUATION, '04');
    frame(true, BINARY, '05');
    expect(parts.slice(3)).toEqual(['04', 'end', 'binary', '05', 'end']);
  });

  test.each([
    ['c3 a4', '\u00e4'],
    ['e0 a0 80', '\u0800'],
    ['e2 80 a6', '\u2026'],
    ['e2 82 ac', '\u20ac'],
    ['f0 90 80 80', '\u{10000}'],
    ['f4 8f bf bf', '\u{10ffff}'],
  ])('hands a character on when its last byte has come, wherever it is cut: %s', (character, text) => {
    const units = character.split(' ');
    for (let at = 0; at < units.length; at++) {
      const { frame, parts } = setUp();
      const before = units.slice(0, at).join(' ');
      frame(false, TEXT, '61', before);
      expect(parts).toEqual(['text', '"a"']);
      frame(false, CONTINUATION, units.slice(at).join(' '));
      expect(parts.slice(2)).toEqual([`"${text}"`]);
      frame(true, CONTINUATION, '62');
      expect(parts.slice(3)).toEqual(['"b"', 'end']);
    }
  });

  test('counts the bytes that a piece has, wherever in its chunk they are', () => {
    const { streamer } = setUp({ messageBytes: 9 });
    streamer.dataFrame(false, BINARY, 0);
    streamer.payload(new Uint8Array(10), 4, 7, 0);
    expect(streamer.dataFrame(false, CONTINUATION, 0)).toBe(6);
  });

  test('has no chunk for a message or fragment without bytes', () => {
    const { frame, parts } = setUp();
    frame(true, TEXT, '');
    frame(false, BINARY, '');
    frame(true, CONTINUATION, '');
    expect(parts).toEqual(['text', 'end', 'binary', 'end']);
  });

  test('copies a piece that would keep a much larger chunk alive (B17)', () => {
    const pieces: Uint8Array[] = [];
    const streamer = new MessageStreamer(
      { messageBytes: 9, fragments: 1 },
      (part) => void (part.type === 'messageChunk' && pieces.push(part.data as Uint8Array)),
      () => undefined,
    );
    streamer.dataFrame(false, BINARY, 0);
    streamer.payload(new Uint8Array(100), 1, 3, 1);
    expect(pieces[0]?.buffer.byteLength).toBe(2);
  });

  test('cuts text between characters only', () => {
    const { frame, parts } = setUp();
    frame(false, TEXT, '61 f0', '9f', '98', '80 c3');
    frame(true, CONTINUATION, 'a4', '62');
    expect(parts).toEqual(['text', '"a"', '"😀"', '"ä"', '"b"', 'end']);
  });

  test.each([['ff'], ['61 c0'], ['e0 80'], ['ed a0'], ['f4 90'], ['f0', '80'], ['80 80 80 80'], ['e2 82', '28']])(
    'fails at the first byte that no continuation makes UTF-8: %s %s',
    (...pieces) => {
      const { frame } = setUp();
      expect(() => frame(false, TEXT, ...pieces)).toThrow(expect.objectContaining({ violation: 'text-not-utf8' }));
    },
  );

  test('fails where a text ends within a character', () => {
    const { frame, parts } = setUp();
    expect(() => frame(true, TEXT, '61 c3')).toThrow(expect.objectContaining({ violation: 'text-not-utf8' }));
    expect(parts).not.toContain('end');
  });

  test('leaves a message the room that its earlier fragments left, and the next one all', () => {
    const { frame } = setUp({ messageBytes: 10 });
    expect(frame(false, BINARY, '01 02', '03')).toBe(10);
    expect(frame(true, CONTINUATION, '04')).toBe(7);
    expect(frame(true, BINARY, '')).toBe(10);
  });

  test('has room without end where there is no limit', () => {
    const { frame } = setUp({ messageBytes: Infinity });
    frame(false, BINARY, '01');
    expect(frame(true, CONTINUATION, '01')).toBe(Infinity);
  });

  test('counts fragments, and keeps their order', () => {
    const { frame } = setUp({ fragments: 2 });
    frame(false, BINARY, '');
    expect(() => frame(true, BINARY, '')).toThrow(expect.objectContaining({ violation: 'continuation-expected' }));
    const other = setUp({ fragments: 2 });
    other.frame(false, BINARY, '');
    other.frame(false, CONTINUATION, '');
    expect(() => other.frame(true, CONTINUATION, '')).toThrow(
      expect.objectContaining({ violation: 'too-many-fragments' }),
    );
  });
});
