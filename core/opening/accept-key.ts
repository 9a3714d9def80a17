/**
 * The key of the opening handshake, and the proof that a server has read it as a WebSocket server (RFC 6455 §1.3).
 *
 * SHA-1 comes from a library because the core can name no runtime, and the runtimes' own is asynchronous in half of
 * them; a host that has one that is not may lend it. That it is broken as a hash does not matter here: nothing is kept secret or signed (§10.8).
 */

import { sha1 } from '@noble/hashes/legacy.js';
import { encodeBase64 } from '../bytes/base64.ts';
import { encodeLatin1 } from '../bytes/latin1.ts';

/** The value of Sec-WebSocket-Key. @param random - 16 fresh random bytes (RFC 6455 §4.1). */
export const encodeKey = (random: Uint8Array): string => encodeBase64(random);

/** SHA-1 of a text of ASCII, in base64 with padding. */
export type Sha1 = (text: string) => string;

/**
 * The value of Sec-WebSocket-Accept that answers `key`, which is hashed as text, not decoded (RFC 6455 §4.2.2).
 *
 * @param hash - the host's own SHA-1, where it has one that answers at once.
 */
export const acceptKey = (key: string, hash: Sha1 = portableSha1): string => hash(key + GUID);

const portableSha1: Sha1 = (text) => encodeBase64(sha1(encodeLatin1(text)));

/** RFC 6455 §1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
