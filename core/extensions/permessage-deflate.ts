/**
 * permessage-deflate (RFC 7692): how it is negotiated. What it does to messages is `DeflateCodec`.
 *
 * The grammar is kept to the letter (§7.1): a parameter that is unknown, stands twice, or has a value it may not have makes an offer be declined and
 * an answer fail the connection. Windows are read as text, never as a number, which has many spellings.
 */
import { UsageError } from '../errors.ts';
import { DeflateCodec, type DeflateTerms } from './deflate-codec.ts';
import type { Deflate } from './deflate-port.ts';
import type { Extension, ExtensionParams } from './extension.ts';

/** What permessage-deflate is to agree on, and what it may spend. */
export interface DeflateOptions {
  /** The engine. */
  readonly deflate: Deflate;
  /** Whether the server compresses each message by itself. Default: false, unless the client asks for it (§7.1.1.1). */
  readonly serverNoContextTakeover?: boolean | undefined;
  /** Whether the client compresses each message by itself. Default: false, unless it prefers to (§7.1.1.2). */
  readonly clientNoContextTakeover?: boolean | undefined;
  /**
   * The base-2 logarithm of the server's window, 8 to 15. Default: 15, or what the client asks for (§7.1.2.1). With 8, which not every engine can
   * keep to (zlib makes 9 of it), a server of ours sends everything as it is, and so does a client with a window of 8.
   */
  readonly serverMaxWindowBits?: number | undefined;
  /** The same of the client's; a server can only ask for less than 15 where the client offers that (§7.1.2.2). Default: 15. */
  readonly clientMaxWindowBits?: number | undefined;
  /**
   * Bytes of payload from which messages are compressed. Default 1,024: below, packets hardly shrink, and compressing costs. Messages that are sent
   * piece by piece are compressed whatever their length, which is not known.
   */
  readonly threshold?: number | undefined;
  /** How hard to compress, 0 to 9. Default: the engine's, which is 3 for those of this package. */
  readonly level?: number | undefined;
  /** Memory of the engine's context, 1 to 9. Default: the engine's, which is 8 for zlib: 256 KiB with the largest window. */
  readonly memoryLevel?: number | undefined;
}

/** What both sides have agreed on. */
interface Terms {
  serverNoContextTakeover: boolean;
  clientNoContextTakeover: boolean;
  serverMaxWindowBits: number | undefined;
  /** `true`: the client can keep to any window, and leaves it to the server. */
  clientMaxWindowBits: number | true | undefined;
}

/**
 * permessage-deflate with these options, for any number of connections of either role.
 *
 * @throws {UsageError} naming an option that is out of its range.
 */
export function permessageDeflate(options: DeflateOptions): Extension {
  check('serverMaxWindowBits', options.serverMaxWindowBits, 8, 15);
  check('clientMaxWindowBits', options.clientMaxWindowBits, 8, 15);
  check('threshold', options.threshold, 0, Number.MAX_SAFE_INTEGER);
  check('level', options.level, 0, 9);
  check('memoryLevel', options.memoryLevel, 1, 9);
  const serverBits = options.serverMaxWindowBits ?? 15;
  const clientBits = options.clientMaxWindowBits ?? 15;
  /** Of the few that can be agreed on, those that were: connections share them. */
  const known = new Map<string, DeflateTerms>();
  const codec = (...agreed: Agreed): DeflateCodec => {
    const key = agreed.join();
    const terms = known.get(key) ?? termsOf(options, agreed);
    known.set(key, terms);
    return new DeflateCodec(options.deflate, terms);
  };
  return {
    name: 'permessage-deflate',
    reserved: 0x40,
    offer: () => [
      write({
        serverNoContextTakeover: options.serverNoContextTakeover ?? false,
        clientNoContextTakeover: options.clientNoContextTakeover ?? false,
        serverMaxWindowBits: serverBits < 15 ? serverBits : undefined,
        clientMaxWindowBits: clientBits < 15 ? clientBits : true,
      }),
    ],
    agree(params) {
      const terms = parse(params);
      if (terms === undefined || terms.clientMaxWindowBits === true) return undefined;
      // What we asked for, the answer must grant (§7.1.1.1, §7.1.2.1); our own window only shrinks (§7.1.2.2).
      if (options.serverNoContextTakeover && !terms.serverNoContextTakeover) return undefined;
      if ((terms.serverMaxWindowBits ?? 15) > serverBits) return undefined;
      if ((terms.clientMaxWindowBits ?? 0) > clientBits) return undefined;
      const own = Math.min(terms.clientMaxWindowBits ?? 15, clientBits);
      const keeps = !(terms.clientNoContextTakeover || options.clientNoContextTakeover);
      return codec(own, keeps, terms.serverMaxWindowBits ?? 15, !terms.serverNoContextTakeover);
    },
    accept(params) {
      const offer = parse(params);
      if (offer === undefined) return undefined;
      const { clientMaxWindowBits: offered } = offer;
      const terms = {
        serverNoContextTakeover: offer.serverNoContextTakeover || options.serverNoContextTakeover === true,
        clientNoContextTakeover: offer.clientNoContextTakeover || options.clientNoContextTakeover === true,
        serverMaxWindowBits: Math.min(offer.serverMaxWindowBits ?? 15, serverBits),
        // Nothing may be said of it that was not offered (§7.1.2.2).
        clientMaxWindowBits: offered === undefined ? 15 : Math.min(offered === true ? 15 : offered, clientBits),
      };
      return {
        params: write({
          ...terms,
          serverMaxWindowBits:
            offer.serverMaxWindowBits !== undefined || terms.serverMaxWindowBits < 15
              ? terms.serverMaxWindowBits
              : undefined,
          clientMaxWindowBits:
            offered !== undefined && terms.clientMaxWindowBits < 15 ? terms.clientMaxWindowBits : undefined,
        }),
        codec: codec(
          terms.serverMaxWindowBits,
          !terms.serverNoContextTakeover,
          terms.clientMaxWindowBits,
          !terms.clientNoContextTakeover,
        ),
      };
    },
  };
}

/** Our window and whether we keep it, and the same of the peer. */
type Agreed = readonly [windowBits: number, keeps: boolean, peerWindowBits: number, peerKeeps: boolean];

function termsOf(
  { threshold: asked = 1_024, level, memoryLevel }: DeflateOptions,
  [windowBits, takeover, peerWindowBits, peerTakeover]: Agreed,
): DeflateTerms {
  // No engine keeps to a window of 8 bits; to send everything as it is, is always allowed (§6).
  const threshold = windowBits < 9 ? Infinity : asked;
  return {
    threshold,
    deflater: { takeover, windowBits, level, memoryLevel },
    inflater: { windowBits: peerWindowBits },
    peerTakeover,
    alike: [threshold, windowBits, level, memoryLevel].join(),
  };
}

/** The terms that parameters stand for; `undefined` where they break the grammar (§7.1). */
function parse(params: ExtensionParams): Terms | undefined {
  const terms: Terms = {
    serverNoContextTakeover: false,
    clientNoContextTakeover: false,
    serverMaxWindowBits: undefined,
    clientMaxWindowBits: undefined,
  };
  const seen = new Set<string>();
  for (const [name, value] of params) {
    if (seen.has(name)) return undefined;
    seen.add(name);
    const bits = value !== true && /^(?:[89]|1[0-5])$/.test(value) ? Number(value) : undefined;
    if (name === 'server_no_context_takeover' && value === true) terms.serverNoContextTakeover = true;
    else if (name === 'client_no_context_takeover' && value === true) terms.clientNoContextTakeover = true;
    else if (name === 'server_max_window_bits' && bits !== undefined) terms.serverMaxWindowBits = bits;
    else if (name === 'client_max_window_bits' && (bits !== undefined || value === true))
      terms.clientMaxWindowBits = bits ?? true;
    else return undefined;
  }
  return terms;
}

function write(terms: Terms): ExtensionParams {
  const params: (readonly [string, string | true])[] = [];
  if (terms.serverNoContextTakeover) params.push(['server_no_context_takeover', true]);
  if (terms.clientNoContextTakeover) params.push(['client_no_context_takeover', true]);
  if (terms.serverMaxWindowBits !== undefined) params.push(['server_max_window_bits', `${terms.serverMaxWindowBits}`]);
  if (terms.clientMaxWindowBits !== undefined) {
    params.push(['client_max_window_bits', terms.clientMaxWindowBits === true ? true : `${terms.clientMaxWindowBits}`]);
  }
  return params;
}

function check(name: string, value: number | undefined, least: number, most: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return;
  throw new UsageError(`the option "${name}" is a whole number from ${least} to ${most}, not ${String(value)}`);
}
