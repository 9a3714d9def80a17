/** UTF-8 as the host has it: an encoder, and a decoder for each way to take a fault. */

export const encoder: TextEncoder = new TextEncoder();

// A byte order mark is data (RFC 6455 §8.1 does not exempt it), hence `ignoreBOM`, which keeps it.
/** Puts U+FFFD where the fault is. */
export const lenient: TextDecoder = new TextDecoder('utf-8', { ignoreBOM: true });
/** Throws. */
export const fatal: TextDecoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });
