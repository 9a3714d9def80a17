/**
 * Base64 with padding (RFC 4648 §4), the one direction and the one alphabet that the opening handshake needs.
 *
 * Written out although uint8arrays is at hand: its `to-string` brings every multibase along, 6.4 kB min+gzip, a third
 * of what the whole core may weigh; these lines are 0.2 kB. They run once per connection, on 16 or 20 bytes.
 */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export function encodeBase64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const group = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    for (let shift = 18; shift >= 0; shift -= 6) text += ALPHABET.charAt((group >> shift) & 63);
  }
  const padding = (3 - (bytes.length % 3)) % 3;
  return text.slice(0, text.length - padding) + '='.repeat(padding);
}
