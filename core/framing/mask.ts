/**
 * Masking (RFC 6455 §5.3): octet i of the payload is XORed with octet i mod 4 of the key.
 *
 * A key is held as one number, its first octet highest. Octets go 32 bits at a time through a `DataView`, which takes
 * any alignment, where the view pays: making it costs as much as 128 octets one by one.
 */
import { EMPTY } from '../bytes/empty.ts';

const VIEW_FROM = 128;
/** A chunk with at least this much left, from its second frame on, probably holds many. */
const SHARED_FROM = 512;

/** What is longer is no chunk of a network, and is not remembered: it would stay in memory until the next is masked. */
const SHARED_TO = 65_536;

/** The bytes masked last, and the view that their frames share. */
let recent: Uint8Array = EMPTY;
let shared: DataView | undefined;

/**
 * Masks or unmasks `bytes[start, end)` in place.
 *
 * @param position - where in the payload `start` is: the key is rotated by `position` mod 4.
 */
export function applyMask(bytes: Uint8Array, start: number, end: number, key: number, position: number): void {
  if (key === 0) return;
  const shift = (position & 3) * 8;
  const rotated = shift === 0 ? key : (key << shift) | (key >>> (32 - shift));
  let at = start;
  const view = viewOf(bytes, start, end);
  if (view !== undefined) {
    for (const last = end - 16; at <= last; at += 16) {
      view.setInt32(at, view.getInt32(at) ^ rotated);
      view.setInt32(at + 4, view.getInt32(at + 4) ^ rotated);
      view.setInt32(at + 8, view.getInt32(at + 8) ^ rotated);
      view.setInt32(at + 12, view.getInt32(at + 12) ^ rotated);
    }
  }
  const k0 = rotated >>> 24;
  const k1 = (rotated >>> 16) & 0xff;
  const k2 = (rotated >>> 8) & 0xff;
  const k3 = rotated & 0xff;
  for (const last = end - 4; at <= last; at += 4) {
    bytes[at]! ^= k0;
    bytes[at + 1]! ^= k1;
    bytes[at + 2]! ^= k2;
    bytes[at + 3]! ^= k3;
  }
  if (at < end) bytes[at++]! ^= k0;
  if (at < end) bytes[at++]! ^= k1;
  if (at < end) bytes[at]! ^= k2;
}

/**
 * Unmasks the payload of a short frame, which is `chunk` from `start` on, behind its key. Not by `applyMask`, which meets
 * arrays of other classes, too: here V8 need not look, octet by octet, whether this is a Buffer of Node's.
 */
export function unmaskAlone(chunk: Uint8Array, start: number): void {
  const { length } = chunk;
  const k0 = chunk[start - 4]!;
  const k1 = chunk[start - 3]!;
  const k2 = chunk[start - 2]!;
  const k3 = chunk[start - 1]!;
  let at = start;
  for (const last = length - 8; at <= last; at += 8) {
    chunk[at]! ^= k0;
    chunk[at + 1]! ^= k1;
    chunk[at + 2]! ^= k2;
    chunk[at + 3]! ^= k3;
    chunk[at + 4]! ^= k0;
    chunk[at + 5]! ^= k1;
    chunk[at + 6]! ^= k2;
    chunk[at + 7]! ^= k3;
  }
  for (; at < length; at++) chunk[at]! ^= chunk[start - 4 + ((at - start) & 3)]!;
}

function viewOf(bytes: Uint8Array, start: number, end: number): DataView | undefined {
  const again = bytes === recent;
  if (again && shared !== undefined) return shared;
  const pays = end - start >= VIEW_FROM || (again && bytes.length - start >= SHARED_FROM);
  const view = pays ? new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) : undefined;
  const remembered = bytes.buffer.byteLength <= SHARED_TO;
  recent = remembered ? bytes : EMPTY;
  shared = remembered ? view : undefined;
  return view;
}
