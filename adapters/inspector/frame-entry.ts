/** A frame as the page is told it: made when a page watches, and not when the frame passes. */
import { Buffer } from 'node:buffer';
import type { ObservedFrame } from '../../core/framing/frame-reader.ts';
import { CloseCode, Opcode } from '../../core/index.ts';
import type { FrameEntry, Preview } from './protocol.ts';

/**
 * A frame that passed, as it is kept. Its bytes are texts, a character an octet: an array of so few has 200 bytes around
 * it, and thousands that outlive a collection cost more than all the rest of watching.
 */
export interface FrameFact extends Pick<ObservedFrame, 'length' | 'complete'> {
  readonly kind: 'frame';
  readonly direction: 'in' | 'out';
  readonly header: string;
  /** Its beginning. */
  readonly payload: string;
}

export const frameFactOf = (direction: 'in' | 'out', frame: ObservedFrame): FrameFact => ({
  kind: 'frame',
  direction,
  length: frame.length,
  complete: frame.complete,
  header: octets(frame.header),
  payload: octets(frame.payload),
});

const octets = (bytes: Uint8Array): string => (bytes.length === 0 ? '' : Buffer.from(bytes).toString('latin1'));

export function frameEntryOf({ direction, length, complete, header, payload }: FrameFact): FrameWithoutPreview {
  const first = header.charCodeAt(0);
  const opcode = first & 0x0f;
  return {
    kind: 'frame',
    direction,
    fin: (first & 0x80) !== 0,
    rsv1: (first & 0x40) !== 0,
    rsv2: (first & 0x20) !== 0,
    rsv3: (first & 0x10) !== 0,
    opcode,
    masked: header.charCodeAt(1) >= 0x80,
    length,
    header: Buffer.from(header, 'latin1').toString('hex'),
    complete,
    ...(opcode === Opcode.close && { close: closeOf(Buffer.from(payload, 'latin1')) }),
  };
}

type FrameWithoutPreview = Omit<FrameEntry, keyof Preview>;

/** The payload of a Close frame, right or wrong. */
function closeOf(payload: Uint8Array): { code: number; name: string; reason: string } {
  const [high, low] = payload;
  const code = high === undefined || low === undefined ? CloseCode.noStatus : high * 256 + low;
  const reason = new TextDecoder().decode(payload.subarray(2));
  return { code, name: NAMES.get(code) ?? rangeOf(code), reason };
}

const NAMES: ReadonlyMap<number, string> = new Map(Object.entries(CloseCode).map(([name, code]) => [code, name]));

/** Whose code it is (RFC 6455 §7.4.2). */
function rangeOf(code: number): string {
  if (code >= 4_000 && code < 5_000) return 'of the application';
  return code >= 3_000 && code < 4_000 ? 'of a library' : 'not allowed';
}
