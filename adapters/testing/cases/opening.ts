/** How connections begin. */
import { equal, pass, rejection } from '../expecting.ts';
import { frame, requestFor } from '../raw-peer.ts';
import type { Case } from '../subject.ts';
import { connectTo, next, rawTo } from './talking.ts';

export const OPENING: readonly Case[] = [
  {
    title: 'opening: a frame in the same chunk as the request is answered (SH20)',
    async run(subject, server) {
      const peer = rawTo(subject, server);
      peer.write(requestFor('/echo'), frame(0x81, 'early'));
      await peer.until(() => peer.frames.length > 0);
      equal(peer.frames[0]?.payload.length, 5, 'bytes that come back');
      peer.abort();
    },
  },
  {
    title: 'opening: a request byte by byte is read',
    async run(subject, server) {
      const peer = rawTo(subject, server);
      const [start, rest] = [requestFor('/echo').slice(0, 20), requestFor('/echo').slice(20)];
      peer.write(start);
      for (const byte of rest) peer.write(byte);
      equal((await peer.head()).slice(0, 12), 'HTTP/1.1 101', 'the answer');
      peer.abort();
    },
  },
  {
    title: 'opening: a frame in the same chunk as the response waits for the program (CH11)',
    async run(subject, server) {
      for (const path of ['greet', 'raw/leftover']) {
        const connection = await connectTo(subject, server, path);
        await pass(subject.host, 5);
        equal(await next(connection), 'behind the head', `the first message of /${path}`);
        connection.terminate();
        await connection.closed;
      }
    },
  },
  {
    title: 'opening: a subprotocol is agreed on',
    async run(subject, server) {
      const connection = await connectTo(subject, server, 'echo', { subprotocols: ['other', 'suite'] });
      equal(connection.subprotocol, 'suite', 'the subprotocol');
      await connection.close();
    },
  },
  {
    title: 'opening: a refusal rejects with its status',
    async run(subject, server) {
      const error = await rejection(connectTo(subject, server, 'refuse'), 'connecting');
      equal(error.name, 'HandshakeError', 'the error');
      equal('status' in error && error.status, 403, 'the status');
    },
  },
  {
    title: 'opening: a server that leaves, or is gone, before it answers rejects',
    async run(subject, server) {
      await rejection(connectTo(subject, server, 'raw/end-opening'), 'a server that left');
      await rejection(connectTo(subject, server, 'raw/abort-opening'), 'a server that is gone');
    },
  },
  {
    title: 'opening: where nobody listens, connecting rejects',
    async run(subject) {
      await rejection(connectTo(subject, subject.nowhere, ''), 'connecting to nobody');
    },
  },
  {
    title: 'opening: a signal gives it up (CH17)',
    async run(subject, server) {
      const giving = new AbortController();
      const connecting = connectTo(subject, server, 'raw/mute', { signal: giving.signal });
      subject.host.setTimer(() => giving.abort(new Error('given up')), 20);
      equal((await rejection(connecting, 'connecting')).message, 'given up', 'the reason');
    },
  },
];
