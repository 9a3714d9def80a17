import { describe, expect, test } from 'vitest';
import { DeflateCodec, type DeflateTerms } from '../../../core/extensions/deflate-codec.ts';
import type { Deflate } from '../../../core/index.ts';
import { hex, bytes as unhex } from '../../support/wire.ts';
import { zlibDeflate } from '../../support/zlib-deflate.ts';

const codec = (
  { takeover = true, ...terms }: Partial<DeflateTerms> & { takeover?: boolean } = {},
  deflate: Deflate = zlibDeflate,
): DeflateCodec =>
  new DeflateCodec(deflate, {
    threshold: 0,
    deflater: { takeover, windowBits: 15, level: undefined, memoryLevel: undefined },
    inflater: { windowBits: 15 },
    peerTakeover: true,
    alike: '',
    ...terms,
  });
const text = (message: string): Uint8Array => new TextEncoder().encode(message);
const inflate = (codec: DeflateCodec, ...pieces: string[]): string => {
  let all = '';
  pieces.forEach((piece, i) => {
    codec.decode(unhex(piece), i === pieces.length - 1, (bytes) => {
      all += new TextDecoder().decode(bytes);
    });
  });
  return all;
};
const encode = (codec: DeflateCodec, message: string, options = {}): string | undefined => {
  const bytes = codec.encode(text(message), options);
  return bytes && hex(bytes);
};

describe('what comes in', () => {
  test.each([
    ['C7, PD14 §7.2.3.1', ['f248cdc9c90700']],
    ['C11, PD13 in two fragments', ['f248cd', 'c9c90700']],
    ['C11 its last byte alone', ['f248cdc9c907', '00']],
    ['an empty last fragment', ['f248cdc9c90700', '']],
    ['PD14 §7.2.3.3 stored', ['000500faff48656c6c6f00']],
    ['C7, PD14 §7.2.3.4 BFINAL', ['f348cdc9c9070000']],
    ['PD14 §7.2.3.5 two blocks', ['f248050000 00ffffcac9c90700'.replace(' ', '')]],
  ])('%s is "Hello"', (_, pieces) => {
    expect(inflate(codec(), ...pieces)).toBe('Hello');
  });

  test('C25 several final blocks are all of them', () => {
    expect(inflate(codec(), 'f348cdc9c90700f348cdc9c9070000')).toBe('HelloHello');
  });

  test('C8, PD18 may refer to a message before a final block', () => {
    const one = codec();
    expect([inflate(one, 'f348cdc9c9070000'), inflate(one, 'f200110000')]).toEqual(['Hello', 'Hello']);
  });

  test('C9, PD15 is empty without touching the window', () => {
    const one = codec();
    expect([inflate(one, 'f248cdc9c90700'), inflate(one, ''), inflate(one, '00'), inflate(one, '0300')]).toEqual([
      'Hello',
      '',
      '',
      '',
    ]);
    expect(inflate(one, 'f200110000')).toBe('Hello');
  });

  test.each([
    ['C23 is no DEFLATE', 'ffffff'],
    ['C24, PD17 is cut within a block', 'f248cd'],
    ['C26 goes on behind the last block', 'f348cdc9c90700deadbeef'],
    ['C11 ends with the tail that belongs away', 'f248cdc9c907000000ffff'],
  ])('fails where it %s', (_, piece) => {
    expect(() => inflate(codec(), piece)).toThrow(
      expect.objectContaining({ violation: 'deflate-data-invalid', closeCode: 1007 }),
    );
  });

  test('may not refer to another message without context takeover', () => {
    const one = codec({ peerTakeover: false });
    expect(inflate(one, 'f248cdc9c90700')).toBe('Hello');
    expect(() => inflate(one, 'f200110000')).toThrow();
  });

  test('what the sink throws is no fault of the data', () => {
    const full = new Error('full');
    expect(() =>
      codec().decode(unhex('f248cdc9c90700'), true, () => {
        throw full;
      }),
    ).toThrow(full);
  });
});

describe('what goes out', () => {
  const LONG = 'all work and no play '.repeat(9);

  test('is compressed without the tail, and refers to what went out before', () => {
    const one = codec();
    const [first = '', second = ''] = [encode(one, LONG), encode(one, LONG)];
    expect(first.endsWith('0000ffff')).toBe(false);
    expect(second.length).toBeLessThan(first.length);
    const other = codec();
    expect([inflate(other, first), inflate(other, second)]).toEqual([LONG, LONG]);
  });

  test('PD7 does not refer to it without context takeover', () => {
    const one = codec({ takeover: false });
    expect(encode(one, LONG)).toBe(encode(one, LONG));
  });

  test('C9 is one byte where it is empty', () => {
    const one = codec();
    expect(['', 'Hello', '', '', 'Hello'].map((message) => encode(one, message) ?? 'as it is')).toEqual([
      '00',
      'as it is', // nothing is saved
      '00',
      '00',
      'as it is',
    ]);
  });

  test('PD21 is left as it is below the threshold, where it does not shrink, and where the program says so (C21)', () => {
    expect(encode(codec({ threshold: LONG.length + 1 }), LONG)).toBeUndefined();
    expect(encode(codec({ threshold: LONG.length }), LONG)).toBeDefined();
    expect(encode(codec(), 'abc')).toBeUndefined();
    expect(encode(codec(), LONG, { compress: false })).toBeUndefined();
  });

  test('C12 never refers to what went out as it was', () => {
    const one = codec();
    const other = codec();
    const noise = Array.from({ length: 200 }, (_, i) => String.fromCharCode(33 + ((i * i * 7) % 90))).join('');
    for (const message of [LONG, noise, noise + LONG, LONG + noise, noise]) {
      const bytes = encode(one, message);
      if (bytes !== undefined) expect(inflate(other, bytes)).toBe(message);
    }
  });
});

describe('what goes out piece by piece', () => {
  /** The pieces as hex, the last of which is empty, as `sendEnd` has it. */
  const pieces = (codec: DeflateCodec, ...texts: string[]): string[] => {
    const encode = codec.encodePieces({});
    return [...texts, ''].map((each, i) => hex(encode?.(text(each), i === texts.length) ?? new Uint8Array()));
  };
  const LONG = 'all work and no play '.repeat(9);

  test('leaves at once, and is without the tail of its last piece alone (RFC 7692 §7.2.3.5)', () => {
    const [first = '', second = '', last] = pieces(codec(), 'Hel', 'lo');
    expect([first.slice(-8), second.slice(-8), last]).toEqual(['0000ffff', '0000ffff', '00']);
    expect(inflate(codec(), first, second, '00')).toBe('Hello');
  });

  test('PD15 is one byte where there is no piece', () => {
    const one = codec();
    expect([pieces(one), pieces(one, 'a').at(-1), pieces(one)]).toEqual([['00'], '00', ['00']]);
  });

  test('PD18 refers to what went out before, and is referred to', () => {
    const one = codec();
    const other = codec();
    const sent = [[encode(one, LONG) ?? ''], pieces(one, LONG, LONG), [encode(one, LONG) ?? '']];
    expect(sent.map((message) => inflate(other, ...message))).toEqual([LONG, LONG + LONG, LONG]);
    for (const message of sent.slice(1)) expect(message.join('').length).toBeLessThan((sent[0]?.[0] ?? '').length);
  });

  test('PD7 refers to no other message without context takeover, but to its own pieces', () => {
    const one = codec({ takeover: false });
    const sent = pieces(one, LONG, LONG);
    expect(pieces(one, LONG, LONG)).toEqual(sent);
    expect(sent[1]?.length).toBeLessThan(sent[0]?.length ?? 0);
    expect(inflate(codec({ peerTakeover: false }), ...sent)).toBe(LONG + LONG);
  });

  test('C21, PD21 is compressed whatever its length, unless the program or the terms exclude it', () => {
    expect(codec({ threshold: 1_000 }).encodePieces({})).toBeDefined();
    expect(codec().encodePieces({ compress: false })).toBeUndefined();
    expect(codec({ threshold: Infinity }).encodePieces({})).toBeUndefined();
  });
});

test('an engine gives memory back that is idle, and in the middle of a message only where the connection is over', () => {
  const released: string[] = [];
  const spying: Deflate = {
    deflater: (options) => ({ ...zlibDeflate.deflater(options), release: () => released.push('deflater') }),
    inflater: (options) => ({ ...zlibDeflate.inflater(options), release: () => released.push('inflater') }),
  };
  const one = codec({}, spying);
  one.release(false);
  expect(released).toEqual([]);
  encode(one, 'aaaaaaaaaaaaaaaaaaaaaaaa');
  one.decode(unhex('f248cd'), false, () => {});
  one.release(false);
  expect(released).toEqual(['deflater']);
  inflate(one, 'c9c90700');
  one.release(false);
  expect(released).toEqual(['deflater', 'deflater', 'inflater']);
  one.decode(unhex('f248cd'), false, () => {});
  one.release(true);
  expect(released).toEqual(['deflater', 'deflater', 'inflater', 'deflater', 'inflater']);
});

describe('with an engine that says what it is asked for', () => {
  const setUp = (takeover: boolean, compressed: number) => {
    const log: string[] = [];
    const engine: Deflate = {
      deflater(options) {
        log.push(`deflater ${options.windowBits}${options.takeover ? '' : ' alone'}`);
        return {
          compress: () => new Uint8Array(compressed),
          reset: () => log.push('reset'),
          release: () => log.push('release'),
        };
      },
      inflater() {
        log.push('inflater');
        return { inflate() {}, reset: () => log.push('reset'), release: () => log.push('release') };
      },
    };
    return { log, codec: codec({ takeover, alike: 'these' }, engine) };
  };

  test('a message that does not shrink goes as it is, and nothing refers to it', () => {
    const { log, codec: same } = setUp(true, 104);
    expect(same.encode(new Uint8Array(100), {})).toBeUndefined();
    expect(log).toEqual(['deflater 15', 'reset', 'release']);
    expect(setUp(true, 103).codec.encode(new Uint8Array(100), {})).toHaveLength(99);
  });

  test('a message for many is compressed alone, once for all that agreed on the same, and nothing refers to what was before', () => {
    const { log, codec: one } = setUp(true, 14);
    const made = new Map<string, Uint8Array | undefined>();
    one.encode(new Uint8Array(100), {});
    const shared = one.encodeShared(new Uint8Array(100), {}, made);
    expect(shared).toHaveLength(10);
    expect([...made]).toEqual([['these', shared]]);
    expect(log).toEqual(['deflater 15', 'deflater 15 alone', 'reset', 'release', 'reset']);
    const { log: others, codec: other } = setUp(true, 14);
    expect(other.encodeShared(new Uint8Array(100), {}, made)).toBe(shared);
    expect(others).toEqual([]);
  });

  test('a message for many that stays as it is, stays so for all, and changes no context', () => {
    const { log, codec: one } = setUp(true, 14);
    const made = new Map<string, Uint8Array | undefined>();
    one.encode(new Uint8Array(100), {});
    expect(one.encodeShared(new Uint8Array(100), { compress: false }, made)).toBeUndefined();
    expect([...made]).toEqual([['these', undefined]]);
    expect(one.encodeShared(new Uint8Array(100), {}, made)).toBeUndefined();
    expect(log).toEqual(['deflater 15']);
  });

  test('a message without any block needs no engine', () => {
    const { log, codec: idle } = setUp(true, 14);
    idle.decode(new Uint8Array(0), true, () => {});
    expect(log).toEqual([]);
  });
});
