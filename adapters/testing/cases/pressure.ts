/** Peers that do not read, handlers that fail, and deadlines. */
import { FLOOD_BYTES } from '../conformance-server.ts';
import { equal, pass, rejection } from '../expecting.ts';
import { frame, requestFor } from '../raw-peer.ts';
import type { Case } from '../subject.ts';
import { connectTo, freshId, isOver, next, rawTo, reportOn } from './talking.ts';

/** What a network may hold between two sides, and their runtimes with it; far less than is sent. */
const MOST_UNDERWAY = 20_000_000;
const CHUNK: Uint8Array = new Uint8Array(100_000);
const CHUNKS = FLOOD_BYTES / CHUNK.length;

export const PRESSURE: readonly Case[] = [
  {
    title: 'backpressure: a client that does not read stops the server, and then gets everything',
    async run(subject, server) {
      const id = freshId(subject);
      const peer = rawTo(subject, server);
      peer.write(requestFor(`/flood?id=${id}`));
      await peer.head();
      peer.pause();
      let before = -1;
      const stuck = await reportOn(subject, server, id, ({ sent }) => {
        const stands = sent === before;
        before = sent;
        return stands && sent > 0;
      });
      equal(stuck.sent < MOST_UNDERWAY, true, `that ${stuck.sent} bytes are few`);
      peer.resume();
      await peer.until(() => peer.size >= FLOOD_BYTES);
      peer.write(frame(0x88, ''));
      equal((await reportOn(subject, server, id, isOver)).sent, FLOOD_BYTES, 'bytes sent');
    },
  },
  {
    title: 'backpressure: a client that never reads, and is gone, keeps nothing at the server',
    async run(subject, server) {
      const id = freshId(subject);
      const peer = rawTo(subject, server);
      peer.write(requestFor(`/flood?id=${id}`));
      await peer.head();
      peer.pause();
      await pass(subject.host, 50);
      peer.abort();
      equal((await reportOn(subject, server, id, isOver)).closed?.code, 1006, 'how the server saw it');
    },
  },
  {
    title: 'backpressure: a server that does not read stops the client, and then gets everything',
    async run(subject, server) {
      const id = freshId(subject);
      const connection = await connectTo(subject, server, `stall?id=${id}`);
      let sent = 0;
      let stuck = false;
      while (!stuck) {
        sent++;
        if (connection.send(CHUNK)) continue;
        const room = connection.drained().then(() => false);
        stuck = await Promise.race([room, pass(subject.host, 300).then(() => true)]);
        equal(sent < CHUNKS, true, 'that fewer are taken than there are');
      }
      equal(connection.bufferedAmount > 0, true, 'that bytes wait');
      equal((await reportOn(subject, server, id, () => true, 'release')).messages, 1, 'messages that were handled');
      for (; sent < CHUNKS; sent++) if (!connection.send(CHUNK)) await connection.drained();
      let last = '';
      while (last !== String(CHUNKS)) last = String(await next(connection));
      equal((await connection.close()).clean, true, 'whether it ended clean');
    },
  },
  {
    title: 'handlers: one that throws or rejects closes its connection with 1011',
    async run(subject, server) {
      for (const path of ['throw', 'reject']) {
        const id = freshId(subject);
        const connection = await connectTo(subject, server, `${path}?id=${id}`);
        connection.send('go');
        equal((await connection.closed).code, 1011, 'how it ended');
        equal((await reportOn(subject, server, id, isOver)).errors.length, 1, 'errors at the server');
      }
    },
  },
  {
    title: 'handlers: one of a client that throws closes its connection with 1011',
    async run(subject, server) {
      const id = freshId(subject);
      const errors: unknown[] = [];
      const connection = await connectTo(subject, server, `greet?id=${id}`, {
        message() {
          throw new Error('thrown by a handler');
        },
        error: (_, error) => void errors.push(error),
      });
      await connection.closed;
      equal(errors.length, 1, 'errors');
      equal((await reportOn(subject, server, id, isOver)).closed?.code, 1011, 'how the server saw it');
    },
  },
  {
    title: 'deadlines: a client that gets no answer to its request gives up (CH16)',
    async run(subject, server) {
      await rejection(connectTo(subject, server, 'raw/mute', { deadlines: { opening: 50 } }), 'connecting');
    },
  },
  {
    title: 'deadlines: a server answers 408 to a request that trickles in and does not end (F4, LT5)',
    async run(subject, server) {
      const peer = rawTo(subject, server);
      peer.write('GET /echo HTTP/1.1\r\nHo');
      while (!peer.inputEnded && !peer.over) {
        peer.write('a');
        await pass(subject.host, 100);
      }
      equal(peer.text.slice(0, 12), 'HTTP/1.1 408', 'the answer');
      peer.end();
    },
  },
  {
    title: 'deadlines: a client cuts off a server that does not answer its Close, or its keepalive Ping (F5, H8, LT5)',
    async run(subject, server) {
      const deaf = await connectTo(subject, server, 'raw/deaf', { deadlines: { closing: 50 } });
      equal((await deaf.close()).clean, false, 'whether it ended clean');
      const dead = await connectTo(subject, server, 'raw/deaf', { deadlines: { ping: 30, pong: 30 } });
      equal((await dead.closed).code, 1006, 'how it ended');
    },
  },
  {
    title: 'deadlines: a server cuts off a client that does not answer its Close (F5, LT5)',
    async run(subject, server) {
      const id = freshId(subject);
      const peer = rawTo(subject, server);
      peer.write(requestFor(`/close?id=${id}`));
      equal((await reportOn(subject, server, id, isOver)).closed?.clean, false, 'whether it ended clean');
      await peer.until(() => peer.over || peer.inputEnded);
      peer.end();
    },
  },
];
