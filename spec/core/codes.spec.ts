import { describe, expect, test } from 'vitest';
import { CloseCode, isControl, mayBeSent, Opcode } from '../../core/codes.ts';

describe('opcodes (RFC 6455 §5.2)', () => {
  test('are the six of the registry (§11.8)', () => {
    expect(Opcode).toEqual({ continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 });
  });

  test('are of control from 8 on (§5.5)', () => {
    expect(Array.from({ length: 16 }, (_, opcode) => opcode).filter(isControl)).toEqual([8, 9, 10, 11, 12, 13, 14, 15]);
  });
});

describe('Close codes (RFC 6455 §7.4)', () => {
  test('that may be sent are 1000–1003, 1007–1014 and 3000–4999 (CC2)', () => {
    const allowed = Array.from({ length: 65_536 }, (_, code) => code).filter(mayBeSent);
    const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
    expect(allowed).toEqual([...range(1000, 1003), ...range(1007, 1014), ...range(3000, 4999)]);
  });

  test.each([-1, 999.5, 1000.5, 3999.999, 65_536 + 1000, NaN, Infinity, -Infinity])(
    'that may be sent do not include %d',
    (code) => {
      expect(mayBeSent(code)).toBe(false);
    },
  );

  test('that may be sent are numbers', () => {
    expect(mayBeSent('1000' as unknown as number)).toBe(false);
  });

  test('have the names of the registry, and those that are only reported may not be sent (CC10)', () => {
    expect(CloseCode).toMatchObject({ normal: 1000, goingAway: 1001, protocolError: 1002, unsupportedData: 1003 });
    expect(Object.values(CloseCode).filter((code) => !mayBeSent(code))).toEqual([
      CloseCode.noStatus,
      CloseCode.abnormal,
      CloseCode.tlsHandshake,
    ]);
  });
});
