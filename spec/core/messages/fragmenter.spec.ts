import { describe, expect, test } from 'vitest';
import { UsageError } from '../../../core/errors.ts';
import type { PieceEncoder } from '../../../core/extensions/extension.ts';
import { Fragmenter } from '../../../core/messages/fragmenter.ts';
import { bytes, hex } from '../../support/wire.ts';

function setUp(kind: 'text' | 'binary', encode: PieceEncoder = (piece) => piece, reserved = 0) {
  const fragments: string[] = [];
  const fragmenter = new Fragmenter(kind, { encode, reserved }, (first, payload, owned) => {
    fragments.push(`${first & 0x7f} ${hex(payload)}${first > 0x7f ? ' FIN' : ''}${owned ? '' : ' copy'}`);
  });
  return { fragments, fragmenter };
}

describe('a fragmenter', () => {
  test('makes each piece a frame, and the end one without payload', () => {
    const { fragments, fragmenter } = setUp('binary');
    fragmenter.push(bytes('01 02'), false);
    fragmenter.push(bytes('03').buffer as ArrayBuffer, false);
    fragmenter.finish();
    expect(fragments).toEqual(['2 0102 copy', '0 03 copy', '0  FIN']);
  });

  test('makes a message without pieces one frame', () => {
    const { fragments, fragmenter } = setUp('text');
    fragmenter.push('', false);
    fragmenter.finish();
    expect(fragments).toEqual(['1  FIN']);
  });

  test('sends nothing for a piece without bytes', () => {
    const { fragments, fragmenter } = setUp('binary');
    fragmenter.push(new Uint8Array(0), false);
    expect(fragments).toEqual([]);
  });

  test('marks the first frame with RSV bits, and sends what an extension makes of the pieces, if anything yet', () => {
    const held: number[] = [];
    const pairs: PieceEncoder = (piece, last) => {
      held.push(...piece);
      return Uint8Array.from(held.splice(0, last ? held.length : held.length & ~1));
    };
    const { fragments, fragmenter } = setUp('binary', pairs, 0x40);
    for (const piece of ['01', '02 03', '04', '05']) fragmenter.push(bytes(piece), false);
    fragmenter.finish();
    expect(fragments).toEqual(['66 0102', '0 0304', '0 05 FIN']);
  });

  test('joins a surrogate pair that was cut', () => {
    const { fragments, fragmenter } = setUp('text');
    for (const unit of 'a\ud83d\ude00'.split('')) fragmenter.push(unit, false);
    fragmenter.finish();
    expect(fragments).toEqual(['1 61', '0 f09f9880', '0  FIN']);
  });

  test('sends a half that stays alone as U+FFFD', () => {
    const { fragments, fragmenter } = setUp('text');
    fragmenter.push('\ud83d', false);
    fragmenter.finish();
    expect(fragments).toEqual(['1 efbfbd FIN']);
  });

  test('keeps a half that ends a piece for the next', () => {
    const { fragments, fragmenter } = setUp('text');
    for (const piece of ['a\ud83d', '\ude00b']) fragmenter.push(piece, false);
    expect(fragments).toEqual(['1 61', '0 f09f988062']);
  });

  test.each([
    ['text', new Uint8Array(1), 'strings'],
    ['binary', 'a', 'bytes'],
  ] as const)('refuses data of the other kind in a %s message, and sends none of it', (kind, data, wanted) => {
    const { fragments, fragmenter } = setUp(kind);
    expect(() => fragmenter.push(data, false)).toThrow(new UsageError(`a ${kind} message is continued with ${wanted}`));
    expect(fragments).toEqual([]);
  });
});
