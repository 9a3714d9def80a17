/** An engine for specs: slow, plain, and all of it by documented calls of `node:zlib`. */
import { constants, deflateRawSync, inflateRawSync, type ZlibOptions } from 'node:zlib';
import { type Deflate, InflateError } from '../../core/index.ts';

/** A final block that is empty: data that is truncated does not reach its end. */
const FINAL = Buffer.of(0x01, 0x00, 0x00, 0xff, 0xff);

/** What is left of an empty block behind its header, and the final block. */
const END = Buffer.concat([Buffer.of(0x00, 0x00, 0xff, 0xff), FINAL]);

const last = (bits: number, ...parts: Uint8Array[]): Buffer<ArrayBuffer> => Buffer.concat(parts).subarray(-(2 ** bits));

export const zlibDeflate: Deflate = {
  deflater({ windowBits, level }) {
    let window = Buffer.alloc(0);
    return {
      compress(bytes) {
        const compressed = deflateRawSync(bytes, {
          windowBits,
          ...(level !== undefined && { level }),
          finishFlush: constants.Z_SYNC_FLUSH,
          ...(window.length > 0 && { dictionary: window }),
        });
        window = last(windowBits, window, bytes);
        return new Uint8Array(compressed);
      },
      reset() {
        window = Buffer.alloc(0);
      },
      release() {},
    };
  },
  inflater({ windowBits }) {
    let window = Buffer.alloc(0);
    const pieces: Uint8Array[] = [];
    return {
      inflate(bytes, ends, sink) {
        pieces.push(bytes.slice());
        if (!ends) return;
        let rest = Buffer.concat([...pieces.splice(0), END]);
        while (rest.length > 0) {
          let inflated: { buffer: Buffer; engine: { bytesWritten: number } };
          try {
            inflated = inflateRawSync(rest, {
              info: true,
              ...(window.length > 0 && { dictionary: window }),
            } as ZlibOptions) as unknown as typeof inflated; // what `info` makes of it
          } catch (error) {
            throw new InflateError(String(error));
          }
          window = last(windowBits, window, inflated.buffer);
          rest = rest.subarray(inflated.engine.bytesWritten);
          // The header of the last, empty block may lie in the byte that the final block has ended in.
          if (rest.equals(END)) rest = rest.subarray(END.length);
          for (let at = 0; at < inflated.buffer.length; at += 16_384) {
            sink(new Uint8Array(inflated.buffer.subarray(at, at + 16_384)));
          }
        }
      },
      reset() {
        window = Buffer.alloc(0);
      },
      release() {},
    };
  },
};
