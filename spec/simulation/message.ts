/** Messages with made-up content, and how they are compared: lone surrogates leave as U+FFFD (RFC 6455 §8.1). */
import type { Random } from './random.ts';

const encoder = new TextEncoder();
const LETTERS = 'abc {"name":"value"} ' as const;

/** Text or bytes of some length, the one compressible, the other sometimes not. */
export function makeData(random: Random, text: boolean, size: number): string | Uint8Array {
  if (text) {
    const end = random.pick(['', '\u00e4', '\u20ac', '\u{1f600}', '\ud800', '\udc00x']);
    const from = random.below(LETTERS.length);
    return (
      (LETTERS.slice(from) + LETTERS.repeat(Math.ceil(size / LETTERS.length))).slice(0, size) + (size > 4 ? end : '')
    );
  }
  const bytes = new Uint8Array(size);
  const first = random.next();
  const step = random.pick([0, 1, 7]);
  for (let i = 0; i < size; i++) bytes[i] = first + i * step + (step === 7 ? (i * i) >> 3 : 0);
  return bytes;
}

/** What stands for a message: its kind, its length, and a sum of its bytes. */
export function digest(data: string | Uint8Array): string {
  const bytes = typeof data === 'string' ? encoder.encode(data) : data;
  return `${typeof data === 'string' ? 'text' : 'binary'} of ${bytes.length}, ${sum(bytes)}`;
}

function sum(bytes: Uint8Array): string {
  let hash = 0x811c_9dc5;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x0100_0193);
  return (hash >>> 0).toString(16);
}

/** The pieces of a message together. */
export function joined(pieces: readonly (string | Uint8Array)[], text: boolean): string | Uint8Array {
  if (text) return pieces.join('');
  const all = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    if (typeof piece === 'string') continue;
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
