/** Attacks on an open connection, by how slowly or how often something is done. */
import { setTimeout as pass } from 'node:timers/promises';
import { type Attack, DEADLINES } from './attack.ts';
import { all, times } from './target.ts';

/** `hi` as a client's text message, masked with zeros. */
const HI = Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69]);
/** A Ping of 125 bytes. */
const PING = Buffer.concat([Buffer.from([0x89, 0xfd, 0, 0, 0, 0]), Buffer.alloc(125, 0x70)]);
const CLOSE = Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8]);

export const PACE_ATTACKS: readonly Attack[] = [
  {
    name: 'slow-reader',
    what: '4 clients that ask for 4 MiB again and again, and read nothing, of a program that never looks at what waits',
    victim: 'babbling',
    growth: 64, // 8 MiB may wait for each
    p99: 250,
    async run(target) {
      const raws = await times(4, () => target.open());
      for (const raw of raws) raw.socket.pause();
      for (let i = 0; i < 40; i++) {
        for (const raw of raws) if (!raw.closed) raw.socket.write(HI);
        await pass(10);
      }
      await pass(1_500); // more than the closing deadline
      const { connections } = await target.ask('usage');
      for (const raw of raws) raw.reset();
      if (connections > 0) throw new Error(`${connections} are still held`);
      return 'each was failed at its limit';
    },
  },
  {
    name: 'deaf',
    what: '10 clients that go on sending Pings, and never read an answer',
    victim: 'echo',
    growth: 24,
    p99: 250,
    async run(target) {
      const raws = await times(10, () => target.open());
      const block = Buffer.concat(Array.from({ length: 1_000 }, () => PING));
      for (const raw of raws) raw.socket.pause();
      await times(10, async (i) => {
        for (let j = 0; j < 100; j++) await raws[i]?.write(block); // until loopback takes no more Pongs
      });
      const start = performance.now();
      const limit = 4 * Math.max(DEADLINES.ping, DEADLINES.pong); // found by the second Ping behind the last byte taken
      while (raws.some(({ closed }) => !closed)) {
        for (const raw of raws) if (!raw.closed) raw.socket.write(PING);
        await pass(50);
        if (performance.now() - start > limit) throw new Error('they are still held');
      }
      return `all given up ${(performance.now() - start).toFixed(0)} ms after the network was full`;
    },
  },
  {
    name: 'slow-writer',
    what: '500 clients that send a message a byte at a time, and answer no Ping',
    victim: 'echo',
    growth: 16,
    p99: 250,
    async run(target) {
      const raws = await times(500, async () => {
        const raw = await target.open();
        await raw.write(Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0, 0x10, 0, 0, 1, 2, 3, 4]));
        return raw;
      });
      for (let i = 0; i < 50; i++) {
        for (const raw of raws) raw.socket.write(Buffer.of(i));
        await pass(50);
      }
      // Each byte is a sign of life: a slow client is not a dead one. From here on they are silent.
      all(
        raws.map(({ closed }) => closed),
        false,
        'closed',
      );
      const start = performance.now();
      await Promise.all(raws.map((raw) => raw.end()));
      return `held while they wrote, gone ${(performance.now() - start).toFixed(0)} ms after they fell silent`;
    },
  },
  {
    name: 'open-and-close',
    what: '10,000 connections that open, send, and close',
    victim: 'echo',
    growth: 48,
    p99: 250,
    async run(target) {
      const codes = await times(10_000, async () => {
        const raw = await target.open();
        await raw.write(Buffer.concat([HI, CLOSE]));
        return raw.end();
      });
      all(codes, 1000, 'Close code');
      return 'each was closed with 1000';
    },
  },
  {
    name: 'open-and-reset',
    what: '10,000 connections that open, send half a frame, and are reset',
    victim: 'echo',
    growth: 48,
    p99: 250,
    async run(target) {
      await times(10_000, async () => {
        const raw = await target.open();
        await raw.write(HI.subarray(0, 5));
        raw.reset();
        await raw.end();
      });
      return 'none was left';
    },
  },
];
