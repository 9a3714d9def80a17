import { describe, expect, test } from 'vitest';
import { ProtocolError, UsageError, type Violation } from '../../../core/errors.ts';
import { decodeClose, encodeClose, NO_STATUS } from '../../../core/framing/close-payload.ts';
import { bytes, hex } from '../../support/wire.ts';

describe('a Close payload that is read', () => {
  test.each([
    ['nothing', '', 1005, ''],
    ['a code', '03 e8', 1000, ''],
    ['a code and a reason', '0f a0 62 79 65', 4000, 'bye'],
    ['a byte order mark as reason', '03 e8 ef bb bf', 1000, '\ufeff'],
  ])('may be %s', (_, payload, code, reason) => {
    expect(decodeClose(bytes(payload))).toEqual({ code, reason });
  });

  test.each<[Violation, string]>([
    ['close-payload-too-short', '03'],
    ['close-payload-too-short', '00'],
    ['close-code-not-allowed', '03 e7'],
    ['close-code-not-allowed', '03 ed'],
    ['close-code-not-allowed', 'ff ff'],
    ['close-reason-not-utf8', '03 e8 ff'],
    ['close-reason-not-utf8', '03 e8 e2 82'],
  ])('breaks the rule %s: %s', (violation, payload) => {
    expect(() => decodeClose(bytes(payload))).toThrow(
      expect.objectContaining({
        name: 'ProtocolError',
        violation,
        message: expect.stringMatching(/Close (payload|code|reason)/),
      }),
    );
  });

  test('does not lend its memory to the reason', () => {
    const payload = bytes('0f a0 62 79 65');
    const close = decodeClose(payload);
    payload.fill(0);
    expect(close.reason).toBe('bye');
  });
});

describe('a Close payload that is written (I14)', () => {
  test.each([
    ['nothing', 1005, '', ''],
    ['a code', 1000, '', '03e8'],
    ['the highest code', 4999, '', '1387'],
    ['a code and a reason', 4000, 'bye', '0fa0627965'],
    ['a lone surrogate as U+FFFD', 1000, '\ud800', '03e8efbfbd'],
    ['a reason of 123 bytes', 1000, `${'\u00e9'.repeat(61)}a`, `03e8${'c3a9'.repeat(61)}61`],
  ])('is %s', (_, code, reason, payload) => {
    expect(hex(encodeClose({ code, reason }))).toBe(payload);
  });

  test.each([0, 999, 1004, 1006, 1015, 1016, 2999, 5000, 65_536, -1, NaN, Infinity, 1000.5])(
    'never has the code %d',
    (code) => {
      expect(() => encodeClose({ code, reason: '' })).toThrow(new UsageError(`Close code ${code} may not be sent`));
    },
  );

  test('has no reason without a code', () => {
    expect(() => encodeClose({ code: 1005, reason: 'x' })).toThrow(UsageError);
    expect(() => encodeClose({ code: 1000, reason: 5 as never })).toThrow(new UsageError('a Close reason is a string'));
  });

  test('is not cut where the reason has 124 bytes (CC4)', () => {
    expect(() => encodeClose({ code: 1000, reason: '\u00e9'.repeat(62) })).toThrow(
      new UsageError('a Close reason has at most 123 bytes, not 124'),
    );
    expect(() => encodeClose({ code: 1000, reason: 'a'.repeat(124) })).toThrow(UsageError);
  });

  test('comes back as it was', () => {
    expect(decodeClose(encodeClose(NO_STATUS))).toEqual(NO_STATUS);
    expect(decodeClose(encodeClose({ code: 3000, reason: 'caf\u00e9' }))).toEqual({ code: 3000, reason: 'caf\u00e9' });
    expect(() => decodeClose(bytes('03'))).toThrow(ProtocolError);
  });
});
