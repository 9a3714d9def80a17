/** Attacks on an open connection, by what is sent. */
import { deflateRawSync } from 'node:zlib';
import type { Attack } from './attack.ts';
import { all, type Raw, type Target, times } from './target.ts';

const KEY = [0x37, 0xfa, 0x21, 0x3d];
const MIB = 1_048_576;

/** The header of a masked frame with `length` bytes of payload. */
function header(first: number, length: number): Buffer {
  const short = length < 126 ? length : length < 65_536 ? 126 : 127;
  const bytes = Buffer.alloc(short < 126 ? 2 : short === 126 ? 4 : 10);
  bytes[0] = first;
  bytes[1] = 0x80 | short;
  if (short === 126) bytes.writeUInt16BE(length, 2);
  if (short === 127) bytes.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([bytes, Buffer.from(KEY)]);
}

/** A masked frame. */
const frame = (first: number, payload: Uint8Array): Buffer =>
  Buffer.concat([header(first, payload.length), payload.map((byte, i) => byte ^ (KEY[i % 4] ?? 0))]);

/** The same frame many times, to be written many times. */
const repeated = (bytes: Buffer, count: number): Buffer => Buffer.concat(Array.from({ length: count }, () => bytes));

/** Sends a message, and waits until it comes back: the victim serves honest clients all the same. */
async function served(target: Target): Promise<void> {
  const honest = await target.open();
  await honest.write(frame(0x81, Buffer.from('hello')));
  await honest.until(() => honest.text.includes('hello'));
  if (honest.closed) throw new Error('an honest client is not served any more');
  honest.reset();
}

/** Writes `block` `count` times and returns how long that took, in milliseconds. */
async function flood(raw: Raw, block: Buffer, count: number): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < count && !raw.closed; i++) await raw.write(block);
  return performance.now() - start;
}

export const FRAME_ATTACKS: readonly Attack[] = [
  {
    name: 'ping-flood',
    what: '1,000,000 Pings from a client that reads nothing',
    victim: 'echo',
    growth: 24,
    p99: 250,
    async run(target) {
      const raw = await target.open();
      raw.socket.pause();
      const time = await flood(raw, repeated(frame(0x89, Buffer.alloc(125, 0x70)), 1_000), 1_000);
      await served(target);
      raw.reset();
      return `${(1e9 / time).toFixed(0)} Pings a second`;
    },
  },
  {
    name: 'one-byte-fragments',
    what: 'a message in 1,000,000 fragments of one byte',
    victim: 'echo',
    growth: 16,
    p99: 250,
    async run(target) {
      const raw = await target.open();
      await raw.write(frame(0x02, Buffer.from('a')));
      const time = await flood(raw, repeated(frame(0x00, Buffer.from('b')), 1_000), 1_000);
      let echoed = 0;
      raw.socket.on('data', (chunk: Buffer) => {
        echoed += chunk.length;
      });
      await raw.write(frame(0x80, Buffer.from('c')));
      await raw.until(() => echoed >= 1_000_002 + 10);
      if (raw.closed) throw new Error(`closed with ${raw.closeCode}`);
      raw.reset();
      return `sent in ${time.toFixed(0)} ms, and echoed whole`;
    },
  },
  {
    name: 'empty-fragments',
    what: 'a message of empty fragments without an end',
    victim: 'echo',
    growth: 16,
    p99: 250,
    async run(target) {
      const raw = await target.open();
      await raw.write(frame(0x02, Buffer.alloc(0)));
      const time = await flood(raw, repeated(frame(0x00, Buffer.alloc(0)), 1_000), 2_000);
      all([await raw.end()], 1009, 'Close code');
      await served(target);
      return `ended with 1009 after ${time.toFixed(0)} ms`;
    },
  },
  {
    name: 'one-byte-segments',
    what: 'a message of 1 MiB, each byte in a write of its own',
    victim: 'echo',
    growth: 16,
    p99: 250,
    async run(target) {
      const raw = await target.open();
      await raw.write(header(0x82, MIB));
      let echoed = 0;
      raw.socket.on('data', (chunk: Buffer) => {
        echoed += chunk.length;
      });
      const byte = Buffer.alloc(1);
      const start = performance.now();
      for (let i = 0; i < MIB && !raw.closed; i++) await raw.write(byte);
      await raw.until(() => echoed >= MIB + 10);
      if (raw.closed) throw new Error(`closed with ${raw.closeCode}`);
      raw.reset();
      return `echoed whole after ${(performance.now() - start).toFixed(0)} ms`;
    },
  },
  {
    name: 'declared-lengths',
    what: '1,000 frames that announce 64 MiB and send a byte, and 1,000 that announce 2^62',
    victim: 'echo',
    growth: 24,
    p99: 250,
    async run(target) {
      const waiting = await times(1_000, async () => {
        const raw = await target.open();
        await raw.write(Buffer.concat([header(0x82, 64 * MIB), Buffer.of(1)]));
        return raw;
      });
      const refused = await times(1_000, async () => {
        const raw = await target.open();
        await raw.write(Buffer.from([0x82, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0, ...KEY]));
        return raw.end();
      });
      all(refused, 1009, 'Close code');
      await served(target);
      all(
        waiting.map(({ closed }) => closed),
        false,
        'closed',
      );
      for (const raw of waiting) raw.reset();
      return 'nothing was allocated for what was announced';
    },
  },
  {
    name: 'bombs',
    what: '8 messages of 256 KiB, one after the other, that inflate to 256 MiB',
    victim: 'compressing',
    // One message up to its limit, 64 MiB; V8 lets as much garbage lie about before it looks, and malloc keeps some of that.
    growth: 192,
    p99: 1_000, // inflating up to the limit is one turn
    async run(target) {
      const bomb = deflateRawSync(Buffer.alloc(256 * MIB), { level: 9 });
      const start = performance.now();
      for (let i = 0; i < 8; i++) {
        const raw = await target.open('Sec-WebSocket-Extensions: permessage-deflate\r\n');
        await raw.write(frame(0xc2, bomb));
        all([await raw.end()], 1009, 'Close code');
      }
      await served(target);
      return `each of ${(bomb.length / 1024).toFixed(0)} KiB ended with 1009 after ${((performance.now() - start) / 8).toFixed(0)} ms`;
    },
  },
];
