/**
 * Validates UTF-8 as it comes, in pieces cut anywhere (RFC 6455 §8.1, RFC 3629), and fails at the first
 * byte that no continuation could make valid.
 *
 * What may follow is two numbers: how many continuation bytes are missing, and between which bounds the
 * next one must lie. The bounds differ from 80–BF only behind E0, ED, F0 and F4, where they shut out
 * overlong forms, surrogates and what lies above U+10FFFF.
 *
 * ASCII, of which most text is, is passed over by the word.
 */
export class Utf8Validator {
  #missing = 0;
  #lower = 0x80;
  #upper = 0xbf;

  /** @returns false where `bytes[start, end)` cannot continue what came before as UTF-8. */
  push(bytes: Uint8Array, start: number, end: number): boolean {
    let lead = 0;
    let words: Int32Array | undefined;
    if (end - start >= WORDS_FROM) {
      const { buffer, byteOffset } = bytes;
      lead = -byteOffset & 3;
      words = new Int32Array(buffer, byteOffset + lead, Math.floor((end - lead) / 4));
    }
    for (let at = start; at < end; at++) {
      const byte = bytes[at]!;
      if (this.#missing > 0) {
        if (byte < this.#lower || byte > this.#upper) return false;
        this.#missing--;
        this.#lower = 0x80;
        this.#upper = 0xbf;
      } else if (byte > 0x7f) {
        if (!this.#lead(byte)) return false;
      } else if (words !== undefined && ((at - lead) & 3) === 3) {
        at = lead - 1 + 4 * behindAscii(words, (at + 1 - lead) / 4);
      }
    }
    return true;
  }

  #lead(byte: number): boolean {
    if (byte < 0xc2 || byte > 0xf4) return false;
    this.#missing = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    if (byte === 0xe0) this.#lower = 0xa0;
    else if (byte === 0xed) this.#upper = 0x9f;
    else if (byte === 0xf0) this.#lower = 0x90;
    else if (byte === 0xf4) this.#upper = 0x8f;
    return true;
  }
}

/** What is shorter is not worth a view of its words. */
const WORDS_FROM = 64;

/** The first word from `from` on that holds something else than ASCII. */
function behindAscii(words: Int32Array, from: number): number {
  let at = from;
  for (const last = words.length - 4; at <= last; at += 4) {
    if (((words[at]! | words[at + 1]! | words[at + 2]! | words[at + 3]!) & 0x80808080) !== 0) break;
  }
  while (at < words.length && (words[at]! & 0x80808080) === 0) at++;
  return at;
}
