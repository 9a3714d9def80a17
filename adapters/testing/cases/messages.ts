/** What passes once a connection is open. */
import { equal, pattern, same } from '../expecting.ts';
import { frame, latin1, requestFor } from '../raw-peer.ts';
import type { Case } from '../subject.ts';
import { connectTo, next, rawTo } from './talking.ts';

const CONNECTIONS = 200;

export const MESSAGES: readonly Case[] = [
  {
    title: 'messages: text and bytes of every kind of length come back',
    async run(subject, server) {
      const connection = await connectTo(subject, server, 'echo');
      for (const text of ['', 'a', 'h\u00e9llo \u{1f600}', 'x'.repeat(126), '\u20ac'.repeat(30_000)]) {
        connection.send(text);
        equal(await next(connection), text, 'the text');
      }
      for (const length of [0, 125, 126, 65_535, 65_536, 200_000]) {
        connection.send(pattern(length));
        const message = await next(connection);
        equal(message instanceof Uint8Array && same(message, pattern(length)), true, `that ${length} bytes come back`);
      }
      equal((await connection.close()).clean, true, 'whether it ended clean');
    },
  },
  {
    title: 'messages: 1,000 small ones come back in order',
    async run(subject, server) {
      const connection = await connectTo(subject, server, 'echo');
      for (let i = 0; i < 1_000; i++) connection.send(`message ${i}`);
      for (let i = 0; i < 1_000; i++) equal(await next(connection), `message ${i}`, 'the message');
      await connection.close();
    },
  },
  {
    title: 'messages: one of 16 MiB comes back',
    async run(subject, server) {
      const connection = await connectTo(subject, server, 'echo');
      const bytes = pattern(16 * 1_048_576);
      connection.send(bytes);
      const message = await next(connection);
      equal(message instanceof Uint8Array && same(message, bytes), true, 'that they are the same');
      await connection.close();
    },
  },
  {
    title: 'messages: compressed ones come back, with those that are not between them',
    async run(subject, server) {
      const connection = await connectTo(subject, server, 'echo', { compression: subject.host.deflate !== undefined });
      equal(
        connection.extensions.startsWith('permessage-deflate'),
        subject.host.deflate !== undefined,
        'what was agreed on',
      );
      const text = 'compress me, and again. '.repeat(500);
      for (const message of [text, 'short', text, '', `${text}!`]) {
        connection.send(message);
        connection.send(message, { compress: false });
        equal([await next(connection), await next(connection)], [message, message], 'the messages');
      }
      const bytes = pattern(300_000);
      connection.send(bytes);
      const message = await next(connection);
      equal(message instanceof Uint8Array && same(message, bytes), true, 'that 300,000 bytes come back');
      equal((await connection.close()).clean, true, 'whether it ended clean');
    },
  },
  {
    title: 'messages: fragments make one, with a Ping between them',
    async run(subject, server) {
      const peer = rawTo(subject, server);
      peer.write(requestFor('/echo'), frame(0x01, 'one '), frame(0x00, 'two '));
      peer.write(frame(0x89, 'ping'));
      peer.write(frame(0x80, 'three'));
      await peer.until(() => peer.frames.length === 2);
      equal(
        peer.frames.map(({ first, payload }) => `${first} ${latin1(payload)}`),
        ['138 ping', '129 one two three'],
        'what comes back',
      );
      peer.abort();
      const pings: string[] = [];
      const ping = (_: unknown, payload: Uint8Array): void => void pings.push(latin1(payload));
      const connection = await connectTo(subject, server, 'raw/fragments', { ping });
      equal(await next(connection), 'one two three', 'the message');
      equal(pings, ['ping'], 'the Pings');
      connection.terminate();
    },
  },
  {
    title: 'messages: Pings are answered in both directions',
    async run(subject, server) {
      const pongs: string[] = [];
      const connection = await connectTo(subject, server, 'ping', {
        pong: (_, payload) => void pongs.push(latin1(payload)),
      });
      connection.ping('client');
      equal(await next(connection), 'pong are you there', 'what the server got');
      connection.send('behind the Ping');
      equal(await next(connection), 'behind the Ping', 'the echo');
      equal(pongs, ['client'], 'what the client got');
      await connection.close();
    },
  },
  {
    title: `messages: ${CONNECTIONS} connections at once each get their own`,
    async run(subject, server) {
      const all = Array.from({ length: CONNECTIONS }, async (_, i) => {
        const connection = await connectTo(subject, server, 'echo');
        connection.send(`connection ${i}`);
        equal(await next(connection), `connection ${i}`, 'the echo');
        return connection;
      });
      const connections = await Promise.all(all);
      const ends = await Promise.all(connections.map((connection) => connection.close(3_000)));
      equal(ends.filter(({ clean, code }) => clean && code === 3_000).length, CONNECTIONS, 'ended clean');
    },
  },
];
