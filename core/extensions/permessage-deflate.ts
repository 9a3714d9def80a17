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

/** The parameters, in the order in which they are written. */
const NAMES: readonly string[] = [
  'server_no_context_takeover',
  'client_no_context_takeover',
  'server_max_window_bits',
  'client_max_window_bits',
];

/**
 * What both sides have agreed on, in the order of `NAMES`. A client that says `true` of its window can keep to any, and
 * leaves it to the server.
 */
type Terms = readonly [
  serverAlone: boolean,
  clientAlone: boolean,
  serverBits: number | undefined,
  clientBits: number | true | undefined,
];

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
      write([
        options.serverNoContextTakeover ?? false,
        options.clientNoContextTakeover ?? false,
        serverBits < 15 ? serverBits : undefined,
        clientBits < 15 ? clientBits : true,
      ]),
    ],
    agree(params) {
      const answer = parse(params);
      if (answer === undefined) return undefined;
      const [serverAlone, clientAlone, peerBits = 15, ownBits = 15] = answer;
      // What we asked for, the answer must grant (§7.1.1.1, §7.1.2.1); our own window only shrinks (§7.1.2.2).
      if (options.serverNoContextTakeover && !serverAlone) return undefined;
      if (ownBits === true || peerBits > serverBits || (answer[3] !== undefined && ownBits > clientBits))
        return undefined;
      const keeps = !(clientAlone || options.clientNoContextTakeover);
      return codec(Math.min(ownBits, clientBits), keeps, peerBits, !serverAlone);
    },
    accept(params) {
      const offer = parse(params);
      if (offer === undefined) return undefined;
      const serverAlone = offer[0] || options.serverNoContextTakeover === true;
      const clientAlone = offer[1] || options.clientNoContextTakeover === true;
      const ownBits = Math.min(offer[2] ?? 15, serverBits);
      // Nothing may be said of the client's window that was not offered (§7.1.2.2).
      const peerBits = offer[3] === undefined ? 15 : Math.min(offer[3] === true ? 15 : offer[3], clientBits);
      const saysOwn = offer[2] !== undefined || ownBits < 15;
      return {
        params: write([serverAlone, clientAlone, saysOwn ? ownBits : undefined, peerBits < 15 ? peerBits : undefined]),
        codec: codec(ownBits, !serverAlone, peerBits, !clientAlone),
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
  const terms: (boolean | number | undefined)[] = [false, false, undefined, undefined];
  for (const [name, value] of params) {
    const index = NAMES.indexOf(name);
    if (index < 0 || terms[index]) return undefined; // unknown, or twice
    // The server's window needs a value, the client's may have one, and nothing else.
    if (value === true ? index === 2 : index < 2 || !/^(?:[89]|1[0-5])$/.test(value)) return undefined;
    terms[index] = value === true || Number(value);
  }
  return terms as unknown as Terms; // of the kinds that were let in at each place
}

const write = (terms: Terms): ExtensionParams =>
  NAMES.flatMap((name, i) => {
    const value = terms[i];
    return value ? [[name, value === true || `${value}`] as const] : [];
  });

function check(name: string, value: number | undefined, least: number, most: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return;
  throw new UsageError(`the option "${name}" is a whole number from ${least} to ${most}, not ${String(value)}`);
}
