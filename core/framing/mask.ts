/**
 * Masking (RFC 6455 §5.3): octet i of the payload is XORed with octet i mod 4 of the key.
 *
 * A key is held as one number, its first octet highest. Octets go 32 bits at a time through a view of the words of their memory, where
 * that pays: making it costs as much as 50 octets one by one. The frames of a chunk share it.
 */
import { EMPTY } from '../bytes/empty.ts';

const VIEW_FROM = 48;
/** With at least this much left, bytes probably hold more frames, or are going to. */
const SHARED_FROM = 512;

/** Larger memory is no chunk of a network, and is not remembered: it would stay until the next view is made. */
const SHARED_TO = 65_536;

/** What the arithmetic of 32 bits reaches; longer bytes are masked one by one. */
const WORDS_TO = 0x7fff_ffff;

/** The bytes for which the newest view was made, and that view; it begins at `lead` in them. */
let recent: Uint8Array = EMPTY;
let shared: Int32Array | undefined;
let lead = 0;

/** A key as it lies in memory, and as the word that is to this machine. */
const word = new Int32Array(1);
const octets = new DataView(word.buffer);

/**
 * Masks or unmasks `bytes[start, end)` in place.
 *
 * @param position - where in the payload `start` is: the key is rotated by `position` mod 4.
 * @param known - the words that lie whole in `bytes`, from `lead` on, which must be theirs.
 */
export function applyMask(
  bytes: Uint8Array,
  start: number,
  end: number,
  key: number,
  position: number,
  known?: Int32Array,
): void {
  if (key === 0) return;
  const shift = (position & 3) * 8;
  let rotated = (key << shift) | (key >>> (32 - shift));
  const words = known ?? wordsOf(bytes, start, end);
  let at = start;
  if (words !== undefined) {
    for (; at < end && ((at - lead) & 3) !== 0; at++) {
      bytes[at]! ^= rotated >>> 24;
      rotated = (rotated << 8) | (rotated >>> 24);
    }
    octets.setInt32(0, rotated);
    const mask = word[0]!;
    let i = (at - lead) >> 2;
    const stop = (end - lead) >> 2;
    if (i < stop) at = lead + stop * 4;
    for (const last = stop - 8; i <= last; i += 8) {
      words[i]! ^= mask;
      words[i + 1]! ^= mask;
      words[i + 2]! ^= mask;
      words[i + 3]! ^= mask;
      words[i + 4]! ^= mask;
      words[i + 5]! ^= mask;
      words[i + 6]! ^= mask;
      words[i + 7]! ^= mask;
    }
    for (; i < stop; i++) words[i]! ^= mask;
  }
  for (; at < end; at++) {
    bytes[at]! ^= rotated >>> 24;
    rotated = (rotated << 8) | (rotated >>> 24);
  }
}

/** Masks all of `bytes`, three or more, which are known to lie at `offset` in `buffer`: to ask for that costs as much as 40 octets. */
export function maskAll(bytes: Uint8Array, key: number, buffer: ArrayBufferLike, offset: number): void {
  applyMask(bytes, 0, bytes.length, key, 0, wordsIn(bytes, buffer, offset));
}

/** The words that lie whole in `bytes`, where they pay. */
function wordsOf(bytes: Uint8Array, start: number, end: number): Int32Array | undefined {
  if (bytes === recent) return shared;
  const { length } = bytes;
  if ((end - start < VIEW_FROM && length - start < SHARED_FROM) || length > WORDS_TO) return undefined;
  const { buffer, byteOffset } = bytes; // what makes most of the cost
  const words = wordsIn(bytes, buffer, byteOffset);
  if (buffer.byteLength <= SHARED_TO) {
    recent = bytes;
    shared = words;
  }
  return words;
}

/** The newest view: the one before is forgotten, since `lead` is this one's from now on. */
function wordsIn(bytes: Uint8Array, buffer: ArrayBufferLike, offset: number): Int32Array {
  recent = EMPTY;
  shared = undefined;
  lead = -offset & 3;
  return new Int32Array(buffer, offset + lead, (bytes.length - lead) >> 2);
}

/** The payload of a masked frame that fills `chunk`, unmasked into memory of its own. */
export function unmaskedCopy(chunk: Uint8Array, length: number): Uint8Array {
  const copy = new Uint8Array(length);
  const k0 = chunk[2]!;
  const k1 = chunk[3]!;
  const k2 = chunk[4]!;
  const k3 = chunk[5]!;
  let at = 0;
  for (const last = length - 8; at <= last; at += 8) {
    copy[at] = chunk[at + 6]! ^ k0;
    copy[at + 1] = chunk[at + 7]! ^ k1;
    copy[at + 2] = chunk[at + 8]! ^ k2;
    copy[at + 3] = chunk[at + 9]! ^ k3;
    copy[at + 4] = chunk[at + 10]! ^ k0;
    copy[at + 5] = chunk[at + 11]! ^ k1;
    copy[at + 6] = chunk[at + 12]! ^ k2;
    copy[at + 7] = chunk[at + 13]! ^ k3;
  }
  for (; at < length; at++) copy[at] = chunk[at + 6]! ^ chunk[2 + (at & 3)]!;
  return copy;
}
