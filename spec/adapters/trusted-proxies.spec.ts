import { describe, expect, it } from 'vitest';
import { originate, type TrustedProxies } from '../../adapters/interfaces/trusted-proxies.ts';
import { FieldList } from '../../core/http/fields.ts';

const direct = { address: '10.0.0.1', secure: false, host: 'inner' };
const from = (trusted: TrustedProxies | undefined, ...fields: [string, string][]): unknown =>
  originate(direct, new FieldList(fields), trusted);

const FORGED: [string, string][] = [
  ['X-Forwarded-For', '1.1.1.1'],
  ['X-Forwarded-Proto', 'https'],
  ['X-Forwarded-Host', 'evil.example'],
];

describe('without a trusted proxy the fields mean nothing', () => {
  it.each([[undefined], [0], [[]], [['10.0.0.2']]])('%j', (trusted) => {
    expect(from(trusted, ...FORGED)).toEqual(direct);
  });
});

describe('a trusted proxy is believed', () => {
  it('on the address, the scheme and the host', () => {
    expect(from(1, ...FORGED)).toEqual({ address: '1.1.1.1', secure: true, host: 'evil.example' });
    expect(from(['10.0.0.1'], ...FORGED)).toMatchObject({ address: '1.1.1.1' });
  });

  it('as far as it says something', () => {
    expect(from(1)).toEqual(direct);
    expect(from(1, ['X-Forwarded-For', ''])).toEqual(direct);
    expect(from(1, ['X-Forwarded-Proto', 'http'])).toEqual(direct);
  });

  it('where its address is an IPv4 one mapped to IPv6', () => {
    const mapped = { ...direct, address: '::ffff:10.0.0.1' };
    expect(originate(mapped, new FieldList(FORGED), ['10.0.0.1'])).toMatchObject({ address: '1.1.1.1' });
  });

  it('on its own word only, not on what the client wrote in front of it', () => {
    expect(from(1, ['X-Forwarded-For', '6.6.6.6, 1.1.1.1'])).toMatchObject({ address: '1.1.1.1' });
    expect(from(1, ['X-Forwarded-For', '6.6.6.6'], ['X-Forwarded-For', '1.1.1.1'])).toMatchObject({
      address: '1.1.1.1',
    });
    expect(from(1, ['X-Forwarded-Proto', 'https, http'])).toMatchObject({ secure: false });
  });

  it('through the next trusted proxy, and no further', () => {
    const hops: [string, string] = ['X-Forwarded-For', '6.6.6.6, 1.1.1.1, 10.0.0.2'];
    expect(from(2, hops)).toMatchObject({ address: '1.1.1.1' });
    expect(from(['10.0.0.1', '10.0.0.2'], hops)).toMatchObject({ address: '1.1.1.1' });
    expect(from(['10.0.0.1'], hops)).toMatchObject({ address: '10.0.0.2' });
    expect(from(9, hops)).toMatchObject({ address: '6.6.6.6' });
  });
});
