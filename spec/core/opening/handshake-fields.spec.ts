import { describe, expect, it, test } from 'vitest';
import { UsageError } from '../../../core/errors.ts';
import { applicationFields, handshakeFields } from '../../../core/opening/handshake-fields.ts';

describe('the fields of the opening handshake', () => {
  it('are what is agreed, then those of the program', () => {
    expect(handshakeFields('p', 'e', { C: 'd' })).toEqual([
      ['Sec-WebSocket-Protocol', 'p'],
      ['Sec-WebSocket-Extensions', 'e'],
      ['C', 'd'],
    ]);
  });

  it('have none that is empty (G17)', () => {
    expect(handshakeFields('', '', undefined)).toEqual([]);
  });

  it('are not those of the program', () => {
    expect(() => handshakeFields('', '', { Upgrade: 'h2c' })).toThrow(UsageError);
  });
});

describe('the fields of a program', () => {
  it('may be none', () => {
    expect(applicationFields(undefined)).toEqual([]);
    expect(applicationFields()).toEqual([]);
  });

  test.each([
    ...['Host', 'upgrade', 'CONNECTION', 'Content-Length', 'transfer-encoding'],
    ...['Sec-WebSocket-Key', 'sec-websocket-accept', 'SEC-WEBSOCKET-', 'Sec-WebSocket-Version'],
  ])('are not %s (SH16)', (name) => {
    expect(() => applicationFields({ [name]: 'a' })).toThrow(UsageError);
  });

  test.each(['Hosts', 'X-Upgrade', 'Proxy-Connection', 'Content-Type', 'Sec-WebSocket', 'Set-Cookie'])(
    'may be %s',
    (name) => {
      expect(applicationFields([[name, 'a']])).toEqual([[name, 'a']]);
    },
  );
});
