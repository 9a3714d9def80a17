/** Compression as an option of servers and clients, over the engine that the host lends. */
import { type DeflateOptions, type Extension, permessageDeflate, UsageError } from '../../core/index.ts';
import type { Host } from '../driver.ts';
import { checkNames } from './option-names.ts';

/** What a program may say of permessage-deflate (RFC 7692); the engine is the host's. */
export type CompressionOptions = Omit<DeflateOptions, 'deflate'>;

/** What a server accepts, and a client offers, beyond messages as they are. */
export interface ExtensionOptions {
  /**
   * permessage-deflate, with these options or with the defaults. Default: false. It costs memory for each connection that uses it, and a secret beside
   * text that others choose may be guessed from lengths (RFC 7692 §8): see `compress` of `send`.
   */
  readonly compression?: boolean | CompressionOptions | undefined;
  /** Other extensions, in the order of preference, behind compression. Default: none. */
  readonly extensions?: readonly Extension[] | undefined;
}

const OPTIONS: Readonly<Record<keyof CompressionOptions, true>> = {
  serverNoContextTakeover: true,
  clientNoContextTakeover: true,
  serverMaxWindowBits: true,
  clientMaxWindowBits: true,
  threshold: true,
  level: true,
  memoryLevel: true,
};

/**
 * The extensions that the options ask for; `undefined` for none.
 *
 * @throws {UsageError} for options that are out of their range, and where the host has no engine.
 */
export function extensionsOf(
  { compression = false, extensions = [] }: ExtensionOptions,
  { deflate }: Host,
): readonly Extension[] | undefined {
  if (compression === false) return extensions.length === 0 ? undefined : extensions;
  if (compression !== true) {
    if (typeof compression !== 'object' || compression === null) {
      throw new UsageError(`the option "compression" is true, false or an object, not ${String(compression)}`);
    }
    checkNames(compression, OPTIONS);
  }
  if (deflate === undefined) throw new UsageError('this runtime has no engine for compression');
  return [permessageDeflate({ ...(compression === true ? {} : compression), deflate }), ...extensions];
}
