/** A payload as text, as JSON, or in hexadecimal. */

/** The bytes that base64 stands for. */
export const fromBase64 = (base64: string): Uint8Array =>
  Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

/** As UTF-8; what is not becomes U+FFFD, as does a character that is cut. */
export const asText = (bytes: Uint8Array): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);

/** As JSON with a line for each member; `undefined` where it is none, which the beginning of a longer text is not. */
export function asJson(bytes: Uint8Array): string | undefined {
  try {
    return JSON.stringify(JSON.parse(asText(bytes)), null, 2);
  } catch {
    return undefined;
  }
}

/** Sixteen bytes a line: their place, their digits, and what of them is printable ASCII. */
export function asHex(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const line = [...bytes.subarray(at, at + 16)];
    const digits = line.map((byte) => byte.toString(16).padStart(2, '0'));
    const readable = line.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'));
    const [left, right] = [digits.slice(0, 8).join(' '), digits.slice(8).join(' ')];
    lines.push(`${at.toString(16).padStart(4, '0')}  ${left.padEnd(23)}  ${right.padEnd(23)}  ${readable.join('')}`);
  }
  return lines.join('\n');
}
