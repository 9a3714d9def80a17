import { createHmac } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { CsrfTokens } from '../../adapters/csrf.ts';
import { UsageError } from '../../core/index.ts';

const OLD = new Uint8Array(32).fill(1);
const NEW = new Uint8Array(32).fill(2);
const NOW = 1_700_000_000_000;

function tokens(secrets: readonly Uint8Array[] = [OLD]): { tokens: CsrfTokens; clock: { now: number } } {
  const clock = { now: NOW };
  return { tokens: new CsrfTokens({ secrets, lifetime: 30_000, now: () => clock.now }), clock };
}

describe('a token', () => {
  it('is the HMAC of its expiry and subject, and the expiry', async () => {
    const hmac = createHmac('sha256', OLD).update('sansocket csrf\n1700000030\nsession').digest('hex');
    expect(await tokens().tokens.issue('session')).toBe(`${hmac}.1700000030`);
  });

  it('is valid until it expires', async () => {
    const { tokens: own, clock } = tokens();
    const token = await own.issue('a');
    expect(await own.verify(token, 'a')).toBe('valid');
    clock.now += 29_999;
    expect(await own.verify(token, 'a')).toBe('valid');
    clock.now += 1;
    expect(await own.verify(token, 'a')).toBe('expired');
  });

  it('is wrong for another subject, with another expiry, by another secret, and with any bit changed', async () => {
    const { tokens: own, clock } = tokens();
    const token = await own.issue('a');
    expect(await own.verify(token, 'b')).toBe('wrong');
    expect(await own.verify(token.replace('.1700000030', '.1700009999'), 'a')).toBe('wrong');
    expect(await tokens([NEW]).tokens.verify(token, 'a')).toBe('wrong');
    clock.now += 60_000;
    for (let i = 0; i < 64; i++) {
      const changed = token.slice(0, i) + (token[i] === '0' ? '1' : '0') + token.slice(i + 1);
      expect(await own.verify(changed, 'a')).toBe('wrong'); // not "expired": nothing is known of it
    }
  });

  it.each([undefined, null, 1, {}, [], '', '.', 'x'.repeat(64), `${'0'.repeat(64)}.`, `${'0'.repeat(64)}.170000003`])(
    'is not %j',
    async (token) => {
      expect(await tokens().tokens.verify(token, 'a')).toBe('malformed');
    },
  );

  it.each([' ', '\n', '0'])('has nothing behind it, such as %j', async (more) => {
    const { tokens: own } = tokens();
    expect(await own.verify((await own.issue('a')) + more, 'a')).toBe('malformed');
  });

  it('outlives the change of the secret as long as the old one is accepted', async () => {
    const token = await tokens([OLD]).tokens.issue('a');
    const both = tokens([NEW, OLD]).tokens;
    expect(await both.verify(token, 'a')).toBe('valid');
    expect(await tokens([NEW]).tokens.verify(await both.issue('a'), 'a')).toBe('valid');
  });

  it('is compared by Web Crypto, in constant time (I9)', async () => {
    const verify = vi.spyOn(crypto.subtle, 'verify');
    try {
      const { tokens: own } = tokens([NEW, OLD]);
      await own.verify(await own.issue('a'), 'a');
      expect(verify).toHaveBeenCalledTimes(2); // with every secret, whichever it was
    } finally {
      verify.mockRestore();
    }
  });
});

describe('a subject', () => {
  const nobody = [undefined, null, '', 5] as unknown as string[];

  it.each(nobody)('is never %j: all who have none would have one token', async (subject) => {
    const { tokens: each } = tokens();
    await expect(each.issue(subject)).rejects.toThrow(UsageError);
    const token = createHmac('sha256', OLD).update(`sansocket csrf\n1700000030\n${subject}`).digest('hex');
    expect(await each.verify(`${token}.1700000030`, subject)).toBe('wrong');
  });
});

it.each<[unknown, string]>([
  [{ secret: OLD }, 'there is no option "secret", but "secrets", a list'],
  [{ secrets: OLD }, 'there is a list of secrets'],
  [{}, 'there is a list of secrets'],
  [{ secrets: ['x'.repeat(32)] }, 'a secret is a Uint8Array of at least 32 bytes'],
  [{ secrets: [OLD], lifetme: 5 }, 'there is no option "lifetme", but "lifetime"'],
])('tokens are not made with %j', (options, message) => {
  expect(() => new CsrfTokens(options as { secrets: [] })).toThrow(new UsageError(message));
});

it.each([{ secrets: [] }, { secrets: [new Uint8Array(31)] }, { secrets: [OLD], lifetime: 999 }])(
  'there are no tokens with %j',
  (options) => {
    expect(() => new CsrfTokens(options)).toThrow(UsageError);
  },
);
