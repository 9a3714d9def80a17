/** Stands for the engine of specs inside of a runtime: the `node:zlib` of Deno takes no dictionary. */
import { portableDeflate } from '../../../adapters/runtimes/portable-deflate.ts';
import type { Deflate } from '../../../core/index.ts';

/** Plain objects, of which specs make others. */
export const zlibDeflate: Deflate = {
  deflater(options) {
    const deflater = portableDeflate.deflater(options);
    return {
      compress: (bytes) => deflater.compress(bytes),
      reset: () => deflater.reset(),
      release: () => deflater.release(),
    };
  },
  inflater(options) {
    const inflater = portableDeflate.inflater(options);
    return {
      inflate: (bytes, ends, sink) => inflater.inflate(bytes, ends, sink),
      reset: () => inflater.reset(),
      release: () => inflater.release(),
    };
  },
};
