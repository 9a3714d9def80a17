/**
 * Turns payloads into frames (RFC 6455 §5.2), written straight into the gathered output.
 *
 * A client's frames are masked, each with a fresh key (RFC 6455 §5.3); so a client encoder is one that
 * was given a source of keys.
 */
import type { OutputGatherer } from '../bytes/output-gatherer.ts';
import { encoder } from '../bytes/utf8.ts';
import { applyMask } from './mask.ts';
import type { MaskingKeys } from './masking-keys.ts';

/** FIN and RSV1 as they stand in the first byte of a frame. */
export const FIN = 0x80;
export const RSV1 = 0x40;

/** Above this a payload we own is passed on as it is; below, copying costs less than a second piece. */
const COPY_BELOW = 16_384;

/** What a header of 2 bytes can announce. */
const SHORT_BYTES = 125;

export class FrameEncoder {
  readonly #output: OutputGatherer;
  readonly #keys: MaskingKeys | undefined;

  constructor(output: OutputGatherer, keys: MaskingKeys | undefined) {
    this.#output = output;
    this.#keys = keys;
  }

  /**
   * Writes one frame.
   *
   * @param first - the first byte of the header: FIN, RSV1–3 and opcode.
   * @param owned - whether `payload` is ours to keep and to change; otherwise it is copied.
   */
  encode(first: number, payload: Uint8Array, owned: boolean): void {
    const length = payload.length;
    const output = this.#output;
    const separate = owned && length >= COPY_BELOW;
    output.reserve(HEADER_BYTES + (separate ? 0 : length));
    const key = this.#header(first, length);
    if (separate) {
      applyMask(payload, 0, length, key, 0);
      output.append(payload);
      return;
    }
    const { bytes, offset } = output;
    bytes.set(payload, offset);
    applyMask(bytes, offset, offset + length, key, 0);
    output.advance(length);
  }

  /** Writes one frame of UTF-8; lone surrogates become U+FFFD, as in every USVString. */
  encodeText(first: number, text: string): void {
    const { length } = text;
    if (length <= COPY_BELOW) {
      // Straight into its place, which is known: UTF-8 has a byte at least for each unit of UTF-16.
      const long = length > SHORT_BYTES;
      const room = long ? Math.min(length * 3, COPY_BELOW) : SHORT_BYTES;
      const output = this.#output;
      output.reserve(HEADER_BYTES + room);
      const at = output.offset + (long ? 4 : 2) + (this.#keys === undefined ? 0 : 4);
      const { read, written } = encoder.encodeInto(text, output.bytes.subarray(at, at + room));
      if (read === length) {
        const key = this.#header(first, written);
        applyMask(output.bytes, at, at + written, key, 0);
        output.advance(written);
        return;
      }
    }
    this.encode(first, encoder.encode(text), true);
  }

  /** Writes a header and returns the masking key in it: 0, which masks nothing, where there is none. */
  #header(first: number, length: number): number {
    const { bytes } = this.#output;
    const start = this.#output.offset;
    const mask = this.#keys === undefined ? 0 : 0x80;
    let at = start;
    bytes[at++] = first;
    if (length < 126) {
      bytes[at++] = mask | length;
    } else {
      const count = length < 65_536 ? 2 : 8;
      bytes[at++] = mask | (count === 2 ? 126 : 127);
      for (let i = count - 1, rest = length; i >= 0; i--, rest = Math.floor(rest / 256)) bytes[at + i] = rest % 256;
      at += count;
    }
    let key = 0;
    if (this.#keys !== undefined) {
      key = this.#keys.next();
      for (let shift = 24; shift >= 0; shift -= 8) bytes[at++] = key >>> shift;
    }
    this.#output.advance(at - start);
    return key;
  }
}

/** The longest header: 2 bytes, 8 of length, 4 of masking key. */
const HEADER_BYTES = 14;
