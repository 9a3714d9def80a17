import { expect, it } from 'vitest';
import { FrameReader, type ObservedFrame } from '../../../core/framing/frame-reader.ts';
import { bytes as bytesOf, hex } from '../../support/wire.ts';

/** All that is seen of `bytes`, given whole and in pieces of several sizes, which must not differ. */
function seen(bytes: Uint8Array, { keep = 8, head = false, end = false } = {}): { heads: string[]; frames: object[] } {
  const [whole, ...cut] = [bytes.length || 1, 1, 2, 3, 5, 7].map((size) => {
    const heads: string[] = [];
    const frames: object[] = [];
    const reader = new FrameReader(
      {
        head: (text, length) => heads.push(`${length}: ${text.split('\r\n')[0]}`),
        frame: ({ header, payload, ...rest }: ObservedFrame) =>
          frames.push({ ...rest, header: hex(header), payload: hex(payload) }),
      },
      keep,
      head,
    );
    for (let at = 0; at < bytes.length; at += size) reader.read(bytes.subarray(at, at + size));
    if (end) reader.end();
    return { heads, frames };
  });
  for (const pieces of cut) expect(pieces).toEqual(whole);
  return whole ?? { heads: [], frames: [] };
}

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

it('shows the header as it stood on the wire, and the payload unmasked (RFC 6455 §5.7)', () => {
  const wire = bytesOf('81 85 37 fa 21 3d 7f 9f 4d 51 58');
  expect(seen(wire).frames).toEqual([
    {
      fin: true,
      reserved: 0,
      opcode: 1,
      masked: true,
      length: 5,
      header: '818537fa213d',
      payload: '48656c6c6f',
      complete: true,
    },
  ]);
  expect(hex(wire)).toBe('818537fa213d7f9f4d5158');
});

it('keeps the beginning of a payload and counts the rest', () => {
  const wire = new Uint8Array([0x02, 126, 0x01, 0x00, ...new Uint8Array(256).fill(7), 0x8a, 0x00]);
  expect(seen(wire, { keep: 2 }).frames).toMatchObject([
    { fin: false, opcode: 2, length: 256, payload: '0707' },
    { fin: true, opcode: 10, length: 0, payload: '' },
  ]);
});

it('shows what no endpoint may send, and a frame that never ends', () => {
  expect(seen(bytesOf('f3 7f 80 00 00 00 00 00 00 01 ff'), { end: true }).frames).toMatchObject([
    { reserved: 0x70, opcode: 3, length: 2 ** 63, payload: 'ff', complete: false },
  ]);
  expect(seen(bytesOf('83'), { end: true }).frames).toMatchObject([{ opcode: 3, header: '83', complete: false }]);
  expect(seen(bytesOf('89 00'), { end: true }).frames).toHaveLength(1);
});

it('reads frames behind a request and behind a 101, whatever came before it', () => {
  expect(seen(latin1('GET / HTTP/1.1\r\nHost: x\r\n\r\n\x89\x00'), { head: true })).toMatchObject({
    heads: ['27: GET / HTTP/1.1'],
    frames: [{ opcode: 9 }],
  });
  const responses = 'HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 101 Switching Protocols\r\n\r\n\x8a\x00';
  expect(seen(latin1(responses), { head: true })).toMatchObject({
    heads: ['28: HTTP/1.1 103 Early Hints', '36: HTTP/1.1 101 Switching Protocols'],
    frames: [{ opcode: 10 }],
  });
});

it('reads no frames in the body of another response', () => {
  const { heads, frames } = seen(latin1('HTTP/1.1 404 Not Found\r\n\r\n\x89\x00'), { head: true, end: true });
  expect([heads, frames]).toEqual([['26: HTTP/1.1 404 Not Found'], []]);
});

it('keeps 4,096 octets of a head', () => {
  const heads: number[] = [];
  const reader = new FrameReader({ head: (text) => heads.push(text.length), frame() {} }, 0, true);
  reader.read(latin1(`GET / HTTP/1.1\r\nX: ${'x'.repeat(5_000)}\r\n\r\n`));
  expect(heads).toEqual([4_096]);
});

it('tells masked from unmasked, first from last and whole from cut off, at every border', () => {
  const wire = bytesOf('80 00  89 80 01 02 03 04  0f 7f 00 00 00 00 00 00 00 03 61 62 63  82 83 00 ff 00 ff 61 9d 63');
  expect(seen(wire).frames).toMatchObject([
    { fin: true, opcode: 0, masked: false, length: 0, payload: '', complete: true },
    { fin: true, opcode: 9, masked: true, length: 0, payload: '', complete: true },
    { fin: false, opcode: 15, masked: false, length: 3, payload: '616263', complete: true },
    { fin: true, opcode: 2, masked: true, length: 3, payload: '616263', complete: true },
  ]);
});

it('takes a request for no response, whatever its target says', () => {
  const wire = latin1('GET /HTTP/1.1 404 HTTP/1.1\r\n\r\n\x89\x00');
  expect(seen(wire, { head: true }).frames).toMatchObject([{ opcode: 9 }]);
});

it('reads nothing behind a response that is final, though it looks like a head and a frame', () => {
  const wire = latin1('HTTP/1.1 404 x\r\n\r\nHTTP/1.1 101 x\r\n\r\n\x89\x00');
  expect(seen(wire, { head: true })).toEqual({ heads: ['18: HTTP/1.1 404 x'], frames: [] });
});

it('reads nothing behind the end', () => {
  const frames: number[] = [];
  const reader = new FrameReader({ head() {}, frame: ({ opcode }) => frames.push(opcode) }, 8, false);
  reader.read(bytesOf('81'));
  reader.end();
  reader.read(bytesOf('89 00'));
  reader.end();
  expect(frames).toEqual([1]);
});

it('gives each payload away, an empty one, too', () => {
  const payloads: Uint8Array[] = [];
  const reader = new FrameReader({ head: () => {}, frame: ({ payload }) => payloads.push(payload) }, 8, false);
  reader.read(bytesOf('81 00 81 00'));
  expect(payloads.map(({ length }) => length)).toEqual([0, 0]);
  expect(payloads[0]?.buffer).not.toBe(payloads[1]?.buffer);
});
