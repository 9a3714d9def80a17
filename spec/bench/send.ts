/** What one sent message costs, from call to bytes: unmasked as a server, masked as a client. */
import { webcrypto } from 'node:crypto';
import type { Output, Role } from '../../core/index.ts';
import { opened } from '../support/opened.ts';
import { type Contender, compare, type Work } from './harness.ts';
import { Sender } from './ws-parts.ts';

/** From here on giving the bytes away is said to pay. */
const LARGE = 16_384;

for (const size of [16, 64, 1_024, 16_384, 1_048_576]) {
  for (const role of ['server', 'client'] as const) {
    const bytes = new Uint8Array(size).fill(97);
    for (const data of [bytes, 'a'.repeat(size)]) {
      const operations = Math.min(1_024, Math.max(1, Math.floor(4_194_304 / size)));
      const contenders: Contender[] = [
        { name: 'ws', setUp: () => wsSending(role, data, operations) },
        { name: 'sansocket', setUp: () => sending(role, data, operations, false) },
      ];
      if (data === bytes && size >= LARGE) {
        contenders.push({
          name: 'sansocket, { transfer: true }',
          setUp: () => sending(role, data, operations, true),
        });
      }
      const kind = `${size} B ${data === bytes ? 'binary' : 'text'} as a ${role}`;
      await compare(kind, contenders, { operations, bytes: size });
    }
  }
}

function sending(role: Role, data: string | Uint8Array, count: number, transfer: boolean): Work {
  let written = 0;
  const output = (each: Output): void => {
    if (each.type === 'write') for (const chunk of each.chunks) written += chunk.length;
  };
  const { connection, outputs } = opened(role, {
    output,
    getRandomValues: (bytes) => webcrypto.getRandomValues(bytes),
  });
  return {
    prepare() {
      outputs.length = 0;
    },
    run() {
      written = 0;
      for (let i = 0; i < count; i++) connection.send(data, { transfer });
      return written;
    },
  };
}

function wsSending(role: Role, data: string | Uint8Array, count: number): Work {
  let written = 0;
  const sender = new Sender({
    cork() {},
    uncork() {},
    write(chunk) {
      written += chunk.length;
      return true;
    },
  });
  const options = { fin: true, compress: false, binary: typeof data !== 'string', mask: role === 'client' };
  return {
    run() {
      written = 0;
      for (let i = 0; i < count; i++) sender.send(data, options);
      return written;
    },
  };
}
