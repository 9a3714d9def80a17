import { expect, test } from 'vitest';
import { Blocks } from '../../../core/bytes/blocks.ts';
import { EMPTY } from '../../../core/bytes/empty.ts';
import { FrameReader, type ObservedFrame } from '../../../core/framing/frame-reader.ts';
import { MessageAssembler } from '../../../core/messages/message-assembler.ts';

test('no bytes that a program is given are those of the core', () => {
  expect(EMPTY).toHaveLength(0);
  const given: Uint8Array[] = [];
  const limits = { messageBytes: 10, fragments: 10 };
  const assembler = new MessageAssembler(
    limits,
    (data) => given.push(data as Uint8Array),
    () => {},
    new Blocks(),
  );
  for (const opcode of [2, 0]) {
    assembler.dataFrame(opcode === 0, opcode, 0);
    assembler.payload(new Uint8Array(3), 1, 1, 0);
  }
  const reader = new FrameReader(
    { head() {}, frame: ({ header, payload }: ObservedFrame) => given.push(header, payload) },
    10,
    false,
  );
  reader.read(Uint8Array.of(0x82, 0));
  reader.read(Uint8Array.of(0x82));
  reader.end();
  expect(given).toHaveLength(5);
  for (const bytes of given) expect(bytes.buffer).not.toBe(EMPTY.buffer);
});
