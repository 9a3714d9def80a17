import { expect, test, vi } from 'vitest';
import { decodeText } from '../../../core/messages/text.ts';
import { bytes, hex } from '../../support/wire.ts';

test('text is decoded with the byte order mark it has', () => {
  expect(decodeText(bytes('ef bb bf c3 a4'))).toBe('\ufeffä');
});

test.each(['ff', 'c3', 'ed a0 80', 'f4 90 80 80'])('%s is not UTF-8', (hex) => {
  expect(() => decodeText(bytes(hex))).toThrow(
    expect.objectContaining({ violation: 'text-not-utf8', message: 'a text message is not UTF-8' }),
  );
});

test('U+FFFD is a character like any other where it was sent', () => {
  expect(decodeText(bytes('61 ef bf bd 62'))).toBe('a\ufffdb');
  expect(() => decodeText(bytes('ef bf bd ff'))).toThrow(expect.objectContaining({ violation: 'text-not-utf8' }));
});

test('a host that is quicker with ASCII is asked first, and leaves what it will not decode', () => {
  const asked: string[] = [];
  const decodeAscii = (data: Uint8Array): string | undefined => {
    asked.push(hex(data));
    return data.length === 2 ? 'quick' : undefined;
  };
  expect(decodeText(bytes('61 62'), decodeAscii)).toBe('quick');
  expect(decodeText(bytes('c3 a4 61'), decodeAscii)).toBe('äa');
  expect(() => decodeText(bytes('ff'), decodeAscii)).toThrow(expect.objectContaining({ violation: 'text-not-utf8' }));
  expect(asked).toEqual(['6162', 'c3a461', 'ff']);
});

test('what is longer than a string can be is too big', () => {
  const decode = vi.spyOn(TextDecoder.prototype, 'decode').mockImplementation(() => {
    throw new RangeError('Invalid string length');
  });
  expect(() => decodeText(bytes('61'))).toThrow(
    expect.objectContaining({
      violation: 'message-too-big',
      message: 'a text message is longer than a string can be',
    }),
  );
  decode.mockRestore();
});
