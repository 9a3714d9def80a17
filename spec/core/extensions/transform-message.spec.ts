import { describe, expect, it } from 'vitest';
import type { AgreedExtension } from '../../../core/extensions/extension.ts';
import { transformMessage, transformPieces } from '../../../core/extensions/transform-message.ts';
import { UsageError } from '../../../core/index.ts';

const adding = (reserved: number, byte: number, least = 0): AgreedExtension => ({
  reserved,
  codec: {
    encode: (payload, { compress }) =>
      compress === false || payload.length < least ? undefined : Uint8Array.of(...payload, byte),
    decode() {},
  },
});

it('goes through each extension in order, and is marked by those that changed it (RFC 6455 §9.1)', () => {
  const payload = Uint8Array.of(1);
  const agreed = [adding(0x40, 2), adding(0x10, 9, 5), adding(0x20, 3)];
  expect(transformMessage(agreed, payload, {})).toEqual({ transformed: Uint8Array.of(1, 2, 3), reserved: 0x60 });
  expect(payload).toEqual(Uint8Array.of(1));
});

it('stays the very payload where none changes it', () => {
  const payload = Uint8Array.of(1);
  const { transformed, reserved } = transformMessage([adding(0x40, 2)], payload, { compress: false });
  expect(transformed).toBe(payload);
  expect(reserved).toBe(0);
});

it('is shown to who watches, as it was, where it is marked', () => {
  const seen: string[] = [];
  const watch = (payload: Uint8Array, last: boolean): void => void seen.push(`${[...payload]} ${last}`);
  transformMessage([adding(0x40, 2)], Uint8Array.of(1), {}, watch);
  transformMessage([adding(0x40, 2)], Uint8Array.of(3), { compress: false }, watch);
  expect(seen).toEqual(['1 true']);
});

describe('a message that goes out piece by piece', () => {
  const codec = { encode: () => undefined, decode() {} };
  /** Puts `byte` behind each piece, and lets pieces out two at a time. */
  const pairing = (reserved: number, byte: number): AgreedExtension => ({
    reserved,
    codec: {
      ...codec,
      encodePieces({ compress }) {
        let held: number[] = [];
        let count = 0;
        if (compress === false) return undefined;
        return (piece, last) => {
          held.push(...piece, byte);
          if (++count % 2 === 1 && !last) return new Uint8Array(0);
          const out = Uint8Array.from(held);
          held = [];
          return out;
        };
      },
    },
  });
  const through = (agreed: readonly AgreedExtension[], compress?: boolean) => {
    const { encode, reserved } = transformPieces(agreed, { compress });
    return { reserved, out: [1, 2, 3, 4].map((each, i) => [...encode(Uint8Array.of(each), i === 3)].join()) };
  };

  it('goes through each extension in order, as far as each lets it', () => {
    expect(through([pairing(0x40, 8), { reserved: 0x10, codec }, pairing(0x20, 9)])).toEqual({
      reserved: 0x60,
      out: ['', '', '', '1,8,2,8,9,3,8,4,8,9'],
    });
    expect(through([pairing(0x40, 8)])).toEqual({ reserved: 0x40, out: ['', '1,8,2,8', '', '3,8,4,8'] });
  });

  it('goes through an extension without a bit, if that takes pieces', () => {
    expect(through([pairing(0, 8)])).toEqual({ reserved: 0, out: ['', '1,8,2,8', '', '3,8,4,8'] });
    expect(() => transformPieces([{ reserved: 0, codec }], {})).toThrow(
      new UsageError('an extension needs whole messages'),
    );
  });

  it('is shown to who watches, piece by piece and as they were, where it is marked', () => {
    const seen: string[] = [];
    const watch = (piece: Uint8Array, last: boolean): void => void seen.push(`${[...piece]} ${last}`);
    const { encode } = transformPieces([pairing(0x40, 8)], {}, watch);
    expect([...encode(Uint8Array.of(1), false)]).toEqual([]);
    expect([...encode(Uint8Array.of(2), true)]).toEqual([1, 8, 2, 8]);
    transformPieces([{ reserved: 0x40, codec }], {}, watch).encode(Uint8Array.of(3), true);
    expect(seen).toEqual(['1 false', '2 true']);
  });

  it('stays as it is where none transforms it', () => {
    const plain = { reserved: 0, out: ['1', '2', '3', '4'] };
    expect([through([]), through([pairing(0x40, 8)], false), through([{ reserved: 0x40, codec }])]).toEqual([
      plain,
      plain,
      plain,
    ]);
  });

  it('cannot be begun where an extension without RSV bits has to have it whole, and none has begun it then', () => {
    let begun = 0;
    const counting = {
      ...codec,
      encodePieces: () => {
        begun++;
        return undefined;
      },
    };
    const agreed = [
      { reserved: 0x40, codec: counting },
      { reserved: 0, codec },
    ];
    expect(() => transformPieces(agreed, {})).toThrow(UsageError);
    expect(begun).toBe(0);
  });
});
