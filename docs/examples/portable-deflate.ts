/** Compression where the runtime has no engine for it. */
import { permessageDeflate } from 'sansocket';
import { portableDeflate } from 'sansocket/portable-deflate';
import { serve } from 'sansocket/streams';

export const server = serve({ extensions: [permessageDeflate({ deflate: portableDeflate, level: 1 })] });
