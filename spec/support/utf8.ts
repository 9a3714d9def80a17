import type { Utf8Validator } from '../../core/messages/utf8-validator.ts';

/** Whether what `validator` has taken ends with a whole character: only then may a letter follow. It is used up. */
export const endsWhole = (validator: Utf8Validator): boolean => validator.push(Uint8Array.of(0x61), 0, 1);
