/** The header of a frame, bit by bit (RFC 6455 §5.2). */
import { count, opcodeName } from './formats.ts';

/** Some bits that belong together. */
export interface BitField {
  readonly name: string;
  /** As digits; every eight of them are a byte of their own. */
  readonly bits: string;
  readonly meaning: string;
}

/** The fields of a header that is given in hexadecimal; as many as there are, where it was cut. */
export function headerBits(header: string): BitField[] {
  const octets = (header.match(/../g) ?? []).map((digits) => Number.parseInt(digits, 16));
  const [first, second, ...rest] = octets;
  if (first === undefined) return [];
  const fields = [
    flag('FIN', first >> 7, 'final frame', 'more follow'),
    flag('RSV1', (first >> 6) & 1, 'compressed (RFC 7692)', ''),
    flag('RSV2', (first >> 5) & 1, 'reserved', ''),
    flag('RSV3', (first >> 4) & 1, 'reserved', ''),
    { name: 'opcode', bits: binary(first & 0x0f, 4), meaning: opcodeName(first & 0x0f) },
  ];
  if (second === undefined) return fields;
  const short = second & 0x7f;
  const extended = short === 126 ? 2 : short === 127 ? 8 : 0;
  const meaning = extended > 0 ? `in the next ${extended} bytes` : `${short} B`;
  fields.push(flag('MASK', second >> 7, 'masked', 'not masked'), { name: 'length', bits: binary(short, 7), meaning });
  if (extended > 0) {
    const length = rest.slice(0, extended).reduce((sum, octet) => sum * 256 + octet, 0);
    fields.push({ name: 'extended length', bits: all(rest.slice(0, extended)), meaning: `${count(length)} B` });
  }
  if (second >> 7 === 1) {
    const key = rest.slice(extended);
    const digits = key.map((octet) => octet.toString(16).padStart(2, '0')).join(' ');
    fields.push({ name: 'masking key', bits: all(key), meaning: digits });
  }
  return fields;
}

const flag = (name: string, value: number, set: string, clear: string): BitField => ({
  name,
  bits: String(value),
  meaning: value === 1 ? set : clear,
});
const binary = (value: number, digits: number): string => value.toString(2).padStart(digits, '0');
const all = (octets: readonly number[]): string => octets.map((octet) => binary(octet, 8)).join('');
