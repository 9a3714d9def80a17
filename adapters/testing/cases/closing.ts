/** How connections end: in order, and otherwise. */
import { equal } from '../expecting.ts';
import { closePayload, frame, octets, requestFor } from '../raw-peer.ts';
import type { Case, Subject } from '../subject.ts';
import { connectTo, freshId, isOver, next, rawTo, reportOn } from './talking.ts';

/** How the server of the suite saw connection `id` end. */
async function endOf(subject: Subject, server: string, id: string): Promise<unknown> {
  return (await reportOn(subject, server, id, isOver)).closed;
}

const ABNORMAL = { code: 1006, reason: '', clean: false };

export const CLOSING: readonly Case[] = [
  {
    title: 'closing: begun by the client',
    async run(subject, server) {
      const id = freshId(subject);
      const connection = await connectTo(subject, server, `echo?id=${id}`);
      connection.send('last');
      const { code, clean } = await connection.close(4000, 'the client is done');
      equal([code, clean], [4000, true], 'how it ended');
      equal(await next(connection), 'last', 'the message before the end');
      const seen = await endOf(subject, server, id);
      equal(seen, { code: 4000, reason: 'the client is done', clean: true }, 'how the server saw it');
    },
  },
  {
    title: 'closing: begun by the server',
    async run(subject, server) {
      const id = freshId(subject);
      const connection = await connectTo(subject, server, `close?id=${id}`);
      const { code, reason, clean } = await connection.closed;
      equal([code, reason, clean], [4001, 'the server is done', true], 'how it ended');
      equal(await endOf(subject, server, id), { code: 4001, reason, clean: true }, 'how the server saw it');
    },
  },
  {
    title: 'closing: begun by both at once (CC11)',
    async run(subject, server) {
      const connection = await connectTo(subject, server, 'close-on-message');
      connection.send('close');
      const { code, clean } = await connection.close(4000);
      equal([code === 4002 || code === 4000, clean], [true, true], `how it ended (${code})`);
    },
  },
  {
    title: 'half-close: a client that leaves without a Close gets one, in every state (CC15, CC19)',
    async run(subject, server) {
      for (const [sent, frames] of [
        [[], 1],
        [[frame(0x81, 'hi')], 2],
        [[octets('\x81\x85\0\0')], 1],
      ] as const) {
        const id = freshId(subject);
        const peer = rawTo(subject, server);
        peer.write(requestFor(`/echo?id=${id}`), ...sent);
        await peer.head();
        peer.end();
        await peer.until(() => peer.frames.length === frames && (peer.inputEnded || peer.over));
        equal(peer.frames.at(-1)?.first, 0x88, 'the last frame');
        equal(await endOf(subject, server, id), ABNORMAL, 'how the server saw it');
      }
    },
  },
  {
    title: 'half-close: a client that leaves before its request has ended keeps nothing (WR17, F20)',
    async run(subject, server) {
      for (const start of ['', 'GET /echo HTTP/1.1\r\n']) {
        const peer = rawTo(subject, server);
        peer.write(start);
        peer.end();
        await peer.until(() => peer.inputEnded || peer.over);
      }
    },
  },
  {
    title: 'half-close: a server that leaves without a Close (CC15)',
    async run(subject, server) {
      const connection = await connectTo(subject, server, 'raw/end');
      equal(await next(connection), 'last words', 'the message before the end');
      const { code, clean } = await connection.closed;
      equal([code, clean], [1006, false], 'how it ended');
      const torn = await (await connectTo(subject, server, 'raw/torn')).closed;
      equal([torn.code, torn.clean], [1006, false], 'how it ended in the middle of a frame');
    },
  },
  {
    title: 'abort: a client that is gone, in every state (CC15)',
    async run(subject, server) {
      const close = frame(0x88, closePayload(1000));
      for (const sent of [[], [octets('\x81\x85\0\0')], [frame(0x81, 'hi')]]) {
        const id = freshId(subject);
        const peer = rawTo(subject, server);
        peer.write(requestFor(`/echo?id=${id}`), ...sent);
        await peer.head();
        peer.abort();
        equal(await endOf(subject, server, id), ABNORMAL, 'how the server saw it');
      }
      const id = freshId(subject);
      const peer = rawTo(subject, server);
      peer.write(requestFor(`/echo?id=${id}`), close);
      await peer.until(() => peer.frames.length > 0);
      peer.abort();
      equal(
        await endOf(subject, server, id),
        { code: 1000, reason: '', clean: true },
        'how it saw one behind its Close',
      );
    },
  },
  {
    title: 'abort: a server that is gone, and a program that terminates',
    async run(subject, server) {
      const connection = await connectTo(subject, server, 'raw/abort');
      connection.send('go');
      equal((await connection.closed).code, 1006, 'how it ended');
      const terminated = await connectTo(subject, server, 'terminate');
      terminated.send('go');
      equal((await terminated.closed).code, 1006, 'how it ended where the server terminated');
      const id = freshId(subject);
      const ours = await connectTo(subject, server, `echo?id=${id}`);
      ours.terminate();
      equal((await ours.closed).code, 1006, 'how it ended where the client terminated');
      equal(await endOf(subject, server, id), ABNORMAL, 'how the server saw that');
    },
  },
  {
    title: 'failing: a violation is answered with its code, and what is behind it is not read (CC13, G7)',
    async run(subject, server) {
      const id = freshId(subject);
      const peer = rawTo(subject, server);
      peer.write(requestFor(`/echo?id=${id}`), octets('\xff\xff'), new Uint8Array(1_000_000));
      await peer.until(() => peer.frames.length > 0 && (peer.inputEnded || peer.over));
      equal(Array.from(peer.frames[0]?.payload.subarray(0, 2) ?? []), [0x03, 0xea], 'the code of its Close');
      peer.end();
      equal(await endOf(subject, server, id), ABNORMAL, 'how the server saw it');
    },
  },
];
