import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Socks5 } from '../../../adapters/tunnels/socks5.ts';
import { TunnelError } from '../../../adapters/tunnels/tunnel.ts';
import { UsageError } from '../../../core/index.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const unhex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const plain = (): Socks5 => new Socks5({ hostname: 'h', port: 443 });
const withPassword = (): Socks5 => new Socks5({ hostname: 'h', port: 443 }, { username: 'us', password: 'pw' });
const REQUEST = '05010003016801bb';

/** What comes of an answer that arrives at once, in two parts at any cut, or byte by byte: the same each time. */
function outcome(begin: () => Socks5, answer: Uint8Array): unknown {
  const results = Array.from({ length: answer.length + 1 }, (_, cut) => {
    const parts =
      cut === 0 ? [...answer].map((byte) => Uint8Array.of(byte)) : [answer.slice(0, cut), answer.slice(cut)];
    const socks = begin();
    let wrote = '';
    let rest: number[] | undefined;
    try {
      for (const part of parts) {
        if (rest !== undefined) rest.push(...part);
        else {
          const step = socks.receive(part);
          wrote += hex(step.write);
          if (step.rest !== undefined) rest = [...step.rest];
        }
      }
    } catch (error) {
      if (!(error instanceof TunnelError)) throw error;
      return { error: error.message, status: error.status };
    }
    return { wrote, rest: rest && hex(Uint8Array.from(rest)) };
  });
  for (const result of results) expect(result).toEqual(results[0]);
  return results[0];
}

describe('SOCKS5 (RFC 1928)', () => {
  it('offers no authentication, or that and a password', () => {
    expect(hex(plain().greeting)).toBe('050100');
    expect(hex(withPassword().greeting)).toBe('05020002');
  });

  it.each([
    ['h', 443, '03 01 68 01bb'],
    ['xn--bcher-kva.example', 80, '03 15 786e2d2d62636865722d6b76612e6578616d706c65 0050'],
    ['127.0.0.1', 65_535, '01 7f000001 ffff'],
    ['::1', 1, '04 00000000000000000000000000000001 0001'],
    ['2001:db8::8:800:200c:417a', 1, '04 20010db80000000000080800200c417a 0001'],
    ['::ffff:1.2.3.4', 1, '04 00000000000000000000ffff01020304 0001'],
    ['::', 1, '04 00000000000000000000000000000000 0001'],
    ['1:2:3:4:5:6:7:8', 1, '04 00010002000300040005000600070008 0001'],
    ['256.1.1.1', 1, '03 09 3235362e312e312e31 0001'],
  ])('asks for %s port %i by %s', (hostname, port, address) => {
    const socks = new Socks5({ hostname, port });
    expect(hex(socks.receive(unhex('0500')).write)).toBe(`050100${address.replaceAll(' ', '')}`);
  });

  it.each([
    ['an IPv4 address', '05 00 00 01 7f000001 1234'],
    ['an IPv6 address', '05 00 00 04 00000000000000000000000000000001 1234'],
    ['a name', '05 00 00 03 02 6162 1234'],
    ['a name of no bytes', '05 00 00 03 00 1234'],
  ])('is done behind a reply with %s, wherever it is cut', (_, reply) => {
    const answer = unhex(`0500 ${reply} 616263`);
    expect(outcome(plain, answer)).toEqual({ wrote: REQUEST, rest: '616263' });
  });

  it('says user name and password where the proxy wants them (RFC 1929)', () => {
    const accepted = '05 00 00 01 00000000 0000';
    expect(outcome(withPassword, unhex(`0502 0100 ${accepted}`))).toEqual({
      wrote: `0102${hex(Buffer.from('us'))}02${hex(Buffer.from('pw'))}${REQUEST}`,
      rest: '',
    });
    expect(outcome(withPassword, unhex(`0500 ${accepted}`))).toEqual({ wrote: REQUEST, rest: '' });
  });

  it.each([
    [plain, '05ff', 'the proxy wants an authentication that was not offered', undefined],
    [plain, '0502', 'the proxy wants an authentication that was not offered', undefined],
    [withPassword, '0501', 'the proxy wants an authentication that was not offered', undefined],
    [withPassword, '0502 0101', 'the proxy refused the user name and password', undefined],
    [withPassword, '0502 0700', 'the proxy refused the user name and password', undefined],
    [plain, '0400', 'the proxy does not answer in SOCKS5', undefined],
    [plain, '485454502f312e31', 'the proxy does not answer in SOCKS5', undefined],
    [plain, '0500 0400', 'the proxy does not answer in SOCKS5', undefined],
    [plain, '0500 05 00 00 02 0000', 'the proxy does not answer in SOCKS5', undefined],
    [plain, '0500 05 00 01 01 0000', 'the proxy does not answer in SOCKS5', undefined],
    [plain, '0500 05 01', 'the proxy answered: general failure', 1],
    [plain, '0500 05 05 00 01 00000000 0000', 'the proxy answered: connection refused', 5],
    [plain, '0500 05 63', 'the proxy answered: code 99', 99],
  ])('%o refuses %s', (begin, answer, error, status) => {
    expect(outcome(begin, unhex(answer))).toEqual({ error, status });
  });

  it.each(['', 'x'.repeat(256), 'ä'.repeat(128)])('cannot ask for a name of no or of more than 255 bytes', (name) => {
    expect(() => new Socks5({ hostname: name, port: 1 })).toThrow(UsageError);
    expect(() => new Socks5({ hostname: 'h', port: 1 }, { username: name, password: 'x' })).toThrow(UsageError);
  });

  it('takes any bytes at all to an end, or waits, or refuses them as a TunnelError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.boolean(), (bytes, password) => {
        const socks = password ? withPassword() : plain();
        try {
          for (const byte of bytes) if (socks.receive(Uint8Array.of(byte)).rest !== undefined) break;
        } catch (error) {
          expect(error).toBeInstanceOf(TunnelError);
        }
      }),
    );
  });
});
