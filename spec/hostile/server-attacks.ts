/** Attacks of a server on clients. */
import { deflateRawSync } from 'node:zlib';
import type { Attack } from './attack.ts';
import { all, type Raw, type Target, times } from './target.ts';
import { Trap } from './trap.ts';

const MIB = 1_048_576;

/** A server's frame with 126 bytes of payload or more. */
function frame(first: number, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(10);
  header[0] = first;
  header[1] = 127;
  header.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([header, payload]);
}

const PINGS = Buffer.concat(
  Array.from({ length: 1_000 }, () => Buffer.concat([Buffer.from([0x89, 125]), Buffer.alloc(125, 0x70)])),
);

/** Springs a trap on `count` clients, and sees that all of them have gone within the deadlines. */
async function spring(target: Target, count: number, harm: (raw: Raw) => Promise<void>): Promise<string> {
  const trap = await Trap.listen();
  try {
    const raws = await trap.catch(target, count);
    const start = performance.now();
    await Promise.all(raws.map(harm));
    await Promise.all(raws.map((raw) => raw.until(() => false)));
    return `all had gone ${(performance.now() - start).toFixed(0)} ms after they had asked`;
  } finally {
    trap.close();
  }
}

/** Writes `block` for as long as the peer is there, `most` times. */
async function goOn(raw: Raw, block: string, most: number): Promise<void> {
  const bytes = Buffer.from(block);
  for (let i = 0; i < most && !raw.closed; i++) await raw.write(bytes);
  if (!raw.closed) throw new Error('what should have had a limit was taken to its end');
}

export const SERVER_ATTACKS: readonly Attack[] = [
  {
    name: 'silent-server',
    what: '500 clients are let in, and told nothing',
    victim: 'client',
    growth: 24,
    p99: 250,
    run: (target) => spring(target, 500, async () => {}),
  },
  {
    name: 'endless-response',
    what: '100 clients are answered with fields without an end',
    victim: 'client',
    growth: 24,
    p99: 400, // all of them are answered at once
    run: (target) =>
      spring(target, 100, async (raw) => {
        await raw.write(Buffer.from('HTTP/1.1 101 x\r\n'));
        await goOn(raw, `X: ${'y'.repeat(10_000)}\r\n`, 1_000);
      }),
  },
  {
    name: 'endless-body',
    what: '100 clients are refused, and told why without an end',
    victim: 'client',
    growth: 48,
    p99: 400,
    run: (target) =>
      spring(target, 100, async (raw) => {
        await raw.write(Buffer.from('HTTP/1.1 403 x\r\n\r\n'));
        await goOn(raw, 'z'.repeat(10_000), 10_000);
      }),
  },
  {
    name: 'server-ping-flood',
    what: '1,000,000 Pings to a client, whose Pongs nobody reads',
    victim: 'client',
    growth: 24,
    p99: 250,
    async run(target) {
      const trap = await Trap.listen();
      const [raw] = await trap.open(target, 1);
      raw?.socket.pause();
      const start = performance.now();
      for (let i = 0; i < 1_000; i++) await raw?.write(PINGS);
      const time = performance.now() - start;
      if (raw?.closed !== false) throw new Error('the client has gone');
      raw.reset();
      trap.close();
      return `${(1e9 / time).toFixed(0)} Pings a second`;
    },
  },
  {
    name: 'server-bombs',
    what: '8 clients, one after the other, are sent 256 KiB that inflate to 256 MiB',
    victim: 'client',
    growth: 192, // as with those of a client
    p99: 1_000,
    async run(target) {
      const bomb = frame(0xc2, deflateRawSync(Buffer.alloc(256 * MIB), { level: 9 }));
      const trap = await Trap.listen();
      const start = performance.now();
      const codes = await times(
        8,
        async () => {
          const [raw] = await trap.open(target, 1, 'Sec-WebSocket-Extensions: permessage-deflate\r\n');
          await raw?.write(bomb);
          await raw?.until(() => raw.text.length >= 8); // a Close: two bytes, a key, and the code
          const close = Buffer.from(raw?.text ?? '', 'latin1');
          raw?.socket.end();
          await raw?.until(() => false);
          const [high = 0, low = 0] = close.subarray(6, 8).map((byte, i) => byte ^ (close[2 + i] ?? 0));
          return high * 256 + low;
        },
        1,
      );
      trap.close();
      all(codes, 1009, 'Close code');
      return `each ended with 1009 after ${((performance.now() - start) / 8).toFixed(0)} ms`;
    },
  },
];
