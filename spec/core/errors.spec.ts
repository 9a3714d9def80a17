import { describe, expect, test } from 'vitest';
import { ProtocolError, quote, UsageError, type Violation } from '../../core/errors.ts';

describe('a ProtocolError', () => {
  test.each<[Violation, number | undefined, number | undefined, string]>([
    ['opcode-reserved', 1002, undefined, 'RFC 6455 §5.2'],
    ['masking-wrong', 1002, undefined, 'RFC 6455 §5.1'],
    ['text-not-utf8', 1007, undefined, 'RFC 6455 §8.1'],
    ['message-too-big', 1009, undefined, 'RFC 6455 §10.4'],
    ['pong-missing', 1011, undefined, 'RFC 6455 §5.5.2'],
    ['queue-too-big', 1008, undefined, 'RFC 6455 §10.4'],
    ['head-malformed', undefined, 400, 'RFC 9112 §2.2, §5'],
    ['version-unsupported', undefined, 426, 'RFC 6455 §4.4'],
    ['accept-wrong', undefined, undefined, 'RFC 6455 §4.1'],
  ])('%s has the Close code %s, the status %s and the clause %s', (violation, closeCode, status, clause) => {
    const error = new ProtocolError(violation, 'what happened');
    expect(error).toMatchObject({
      name: 'ProtocolError',
      message: 'what happened',
      violation,
      closeCode,
      status,
      clause,
    });
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(UsageError);
  });
});

describe('a UsageError', () => {
  test('is an error of its own name', () => {
    const error = new UsageError('what may not be asked for');
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe('UsageError');
    expect(error.message).toBe('what may not be asked for');
  });
});

describe('what the peer said is quoted', () => {
  test.each([
    ['Upgrade: h2c', '"Upgrade: h2c"'],
    ['', '""'],
    ['a"b\\c', '"a\\x22b\\x5cc"'],
    ['\r\n\u001b[31m\u0000\u007f', '"\\x0d\\x0a\\x1b[31m\\x00\\x7f"'],
    ['\u00e9\u009b', '"\\xe9\\x9b"'],
  ])('%j as printable ASCII (I13)', (text, quoted) => {
    expect(quote(text)).toBe(quoted);
    expect(quote(text)).toMatch(/^[ -~]*$/);
  });

  test('up to 64 characters (LT2)', () => {
    expect(quote('a'.repeat(64))).toBe(`"${'a'.repeat(64)}"`);
    expect(quote('a'.repeat(65))).toBe(`"${'a'.repeat(64)}…"`);
  });
});
