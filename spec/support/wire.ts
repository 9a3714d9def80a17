/** Bytes as hex, and frames as RFC 6455 §5.2 has them: written apart from the core, to judge it by. */

/** The bytes of hex digits; blanks are for the reader. */
export function bytes(hex: string): Uint8Array {
  const digits = hex.replace(/\s+/g, '');
  if (!/^(?:[0-9a-f]{2})*$/.test(digits)) throw new Error(`not hex: ${hex.slice(0, 40)}`);
  const result = new Uint8Array(digits.length / 2);
  for (let i = 0; i < result.length; i++) result[i] = 16 * digit(digits, 2 * i) + digit(digits, 2 * i + 1);
  return result;
}

function digit(digits: string, at: number): number {
  const code = digits.charCodeAt(at);
  return (code & 15) + (code > 57 ? 9 : 0);
}

const DIGITS = bytes('30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66');

export function hex(data: Uint8Array): string {
  const digits = new Uint8Array(2 * data.length);
  for (const [i, byte] of data.entries()) {
    digits[2 * i] = DIGITS[byte >> 4] ?? 0;
    digits[2 * i + 1] = DIGITS[byte & 15] ?? 0;
  }
  return new TextDecoder().decode(digits);
}

export function join(parts: Iterable<Uint8Array>): Uint8Array {
  const all = [...parts];
  const result = new Uint8Array(all.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of all) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}

/** A frame with the shortest header; `key` masks it. */
export function frame(first: number, payload: Uint8Array, key?: Uint8Array): Uint8Array {
  const { length } = payload;
  const size = length < 126 ? '' : length < 65_536 ? 'ffff' : 'ffffffffffffffff';
  const lengthBytes = length.toString(16).padStart(size.length, '0');
  const second = size === '' ? length : size.length === 4 ? 126 : 127;
  const header = join([Uint8Array.of(first, second), bytes(size === '' ? '' : lengthBytes)]);
  const whole = join([header, payload]);
  return key === undefined ? whole : masked(whole, key);
}

/**
 * One frame, complete or cut off or wrong, as a client would send it: the MASK bit set, the key behind the
 * header, what follows masked. A header that no payload follows where one is announced gets no key: its
 * fault, or what is missing, lies before that.
 */
export function masked(unmasked: Uint8Array, key: Uint8Array): Uint8Array {
  const [first, second] = unmasked;
  if (first === undefined || second === undefined) return unmasked;
  const header = second < 126 ? 2 : second === 126 ? 4 : 10;
  const rest = unmasked.subarray(header);
  const withBit = join([Uint8Array.of(first, second | 0x80), unmasked.subarray(2, header)]);
  if (unmasked.length < header || (rest.length === 0 && second !== 0)) return withBit;
  return join([withBit, key, rest.map((byte, i) => byte ^ (key[i % 4] ?? 0))]);
}

/** A frame that was read: its first byte, its masking key, its payload without masking. */
export interface ReadFrame {
  readonly first: number;
  readonly key: Uint8Array | undefined;
  readonly payload: Uint8Array;
}

/** Reads whole frames and nothing else; every length must have its shortest form. */
export function frames(wire: Uint8Array): ReadFrame[] {
  const read: ReadFrame[] = [];
  const view = new DataView(wire.buffer, wire.byteOffset, wire.byteLength);
  for (let at = 0; at < wire.length; ) {
    const first = view.getUint8(at);
    const second = view.getUint8(at + 1);
    at += 2;
    let length = second & 0x7f;
    if (length === 126) {
      length = view.getUint16(at);
      at += 2;
      if (length < 126) throw new Error(`length ${length} in 16 bits`);
    } else if (length === 127) {
      length = Number(view.getBigUint64(at));
      at += 8;
      if (length < 65_536) throw new Error(`length ${length} in 64 bits`);
    }
    let key: Uint8Array | undefined;
    if (second > 0x7f) {
      key = wire.slice(at, at + 4);
      at += 4;
    }
    if (at + length > wire.length) throw new Error(`a frame of ${length} bytes is cut off`);
    const payload = wire.slice(at, at + length);
    read.push({
      first,
      key,
      payload: key === undefined ? payload : payload.map((byte, i) => byte ^ (key[i % 4] ?? 0)),
    });
    at += length;
  }
  return read;
}
