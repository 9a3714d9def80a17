/** An engine of your own for permessage-deflate: the simplest there is, without a context between messages. */
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import {
  type Deflate,
  type DeflateOptions,
  type Deflater,
  type DeflaterOptions,
  InflateError,
  type Inflater,
  type InflaterOptions,
  permessageDeflate,
} from 'sansocket';

const finishFlush = constants.Z_SYNC_FLUSH;

const deflater = ({ windowBits, level }: DeflaterOptions): Deflater => ({
  compress: (bytes) => deflateRawSync(bytes, { windowBits, level: level ?? 3, finishFlush }),
  reset() {},
  release() {},
});

function inflater(_options: InflaterOptions): Inflater {
  let pieces: Uint8Array[] = [];
  return {
    inflate(bytes, last, sink) {
      pieces.push(bytes.slice());
      if (!last) return;
      const whole = Buffer.concat(pieces.splice(0));
      let inflated: Uint8Array;
      try {
        inflated = inflateRawSync(whole, { finishFlush, maxOutputLength: 1_048_576 });
      } catch (error) {
        throw new InflateError('the data are not DEFLATE, or too long', { cause: error });
      }
      sink(inflated);
    },
    reset() {
      pieces = [];
    },
    release() {},
  };
}

const deflate: Deflate = { deflater, inflater };
const options: DeflateOptions = { deflate, serverNoContextTakeover: true, clientNoContextTakeover: true };

/** For the option `extensions`. */
export const compression = permessageDeflate(options);
