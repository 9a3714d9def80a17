import { expect, it } from 'vitest';
import { DeflateCodec } from '../../../core/extensions/deflate-codec.ts';
import type { Deflate } from '../../../core/extensions/deflate-port.ts';
import type { AgreedExtension, ExtensionCodec } from '../../../core/extensions/extension.ts';
import { PreparedMessage } from '../../../core/messages/prepared-message.ts';
import { hex } from '../../support/wire.ts';
import { zlibDeflate } from '../../support/zlib-deflate.ts';

const plain = (data: string | Uint8Array): Uint8Array => new PreparedMessage(data).frame([]) ?? new Uint8Array(0);
const codec = (windowBits: number, deflate: Deflate = zlibDeflate): DeflateCodec =>
  new DeflateCodec(deflate, {
    threshold: 4,
    deflater: { takeover: true, windowBits, level: undefined, memoryLevel: undefined },
    inflater: { windowBits: 15 },
    peerTakeover: true,
    alike: `${windowBits}`,
  });
const agreed = (each: ExtensionCodec): AgreedExtension[] => [{ reserved: 0x40, codec: each }];
const LONG = 'what repeats, what repeats, what repeats';

it('is one frame without a mask (RFC 6455 §5.1)', () => {
  expect(hex(plain('Hello'))).toBe('810548656c6c6f');
  expect(hex(plain(Uint8Array.of(1, 2)))).toBe('82020102');
  expect(hex(plain(''))).toBe('8100');
  expect(hex(plain(new Uint8Array(70_000)).subarray(0, 11))).toBe('827f000000000001117000');
});

it('is framed once', () => {
  const message = new PreparedMessage('Hello');
  expect(message.frame([])).toBe(message.frame([]));
  expect(message.frame([])?.buffer.byteLength).toBe(7);
});

it('does not change with the bytes it was made of (I7)', () => {
  const bytes = Uint8Array.of(1, 2);
  const message = new PreparedMessage(bytes);
  bytes[0] = 9;
  expect(hex(message.frame([]) ?? new Uint8Array(0))).toBe('82020102');
});

it('has what a client frames by itself: text as text, bytes as bytes of its own', () => {
  expect(new PreparedMessage('Hello').data).toBe('Hello');
  const bytes = Uint8Array.of(1, 2);
  const { data } = new PreparedMessage(bytes);
  expect(data).toEqual(bytes);
  expect(data).not.toBe(bytes);
});

it('is nothing else than text or bytes', () => {
  expect(() => new PreparedMessage(5 as never)).toThrow('a payload is a string');
});

it('is compressed once for connections that agreed on the same', () => {
  let deflaters = 0;
  const counting: Deflate = {
    deflater(options) {
      deflaters++;
      return zlibDeflate.deflater(options);
    },
    inflater: (options) => zlibDeflate.inflater(options),
  };
  const message = new PreparedMessage(LONG);
  const frame = message.frame(agreed(codec(15, counting)));
  expect(frame?.[0]).toBe(0xc1);
  expect(frame?.length).toBeLessThan(LONG.length);
  expect(message.frame(agreed(codec(15, counting)))).toBe(frame);
  expect(message.frame(agreed(codec(9, counting)))).not.toBe(frame);
  expect(deflaters).toBe(2);
});

it('is as it is where it is short, incompressible, or not to be compressed', () => {
  for (const message of [
    new PreparedMessage('abc'),
    new PreparedMessage(Uint8Array.of(1, 2, 3, 4, 5)),
    new PreparedMessage(LONG, { compress: false }),
  ]) {
    expect(message.frame(agreed(codec(15)))).toBe(message.frame([]));
  }
});

it('leaves the window of a peer as it has to be for what is sent before and after', () => {
  const sender = codec(15);
  const receiver = codec(15);
  const read = (payload: Uint8Array | undefined): string => {
    let text = '';
    receiver.decode(payload ?? new Uint8Array(0), true, (bytes) => {
      text += new TextDecoder().decode(bytes);
    });
    return text;
  };
  const encode = (text: string): string => read(sender.encode(new TextEncoder().encode(text), {}));
  const message = new PreparedMessage(LONG);
  expect(encode('what stands before, what stands before')).toBe('what stands before, what stands before');
  expect(read(message.frame(agreed(sender))?.subarray(2))).toBe(LONG);
  expect(encode('what stands before, what stands before')).toBe('what stands before, what stands before');
  expect(read(message.frame(agreed(sender))?.subarray(2))).toBe(LONG);
  expect(encode(LONG)).toBe(LONG);
});

it('has no frame of its own for extensions that cannot share one, or for several', () => {
  const lonely: ExtensionCodec = { encode: () => undefined, decode() {} };
  expect(new PreparedMessage(LONG).frame(agreed(lonely))).toBeUndefined();
  expect(new PreparedMessage(LONG).frame([...agreed(codec(15)), ...agreed(codec(15))])).toBeUndefined();
});
