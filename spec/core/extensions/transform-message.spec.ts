import { expect, it } from 'vitest';
import type { AgreedExtension } from '../../../core/extensions/extension.ts';
import { transformMessage } from '../../../core/extensions/transform-message.ts';

const adding = (reserved: number, byte: number, least = 0): AgreedExtension => ({
  reserved,
  codec: {
    encode: (payload, { compress }) =>
      compress === false || payload.length < least ? undefined : Uint8Array.of(...payload, byte),
    decode() {},
  },
});

it('goes through each extension in order, and is marked by those that changed it (RFC 6455 §9.1)', () => {
  const payload = Uint8Array.of(1);
  const agreed = [adding(0x40, 2), adding(0x10, 9, 5), adding(0x20, 3)];
  expect(transformMessage(agreed, payload, {})).toEqual({ transformed: Uint8Array.of(1, 2, 3), reserved: 0x60 });
  expect(payload).toEqual(Uint8Array.of(1));
});

it('stays the very payload where none changes it', () => {
  const payload = Uint8Array.of(1);
  const { transformed, reserved } = transformMessage([adding(0x40, 2)], payload, { compress: false });
  expect(transformed).toBe(payload);
  expect(reserved).toBe(0);
});
