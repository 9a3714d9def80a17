/** What attackers send and do, and what must come of it: rows of docs/security-table.md, over real transports. */
import { equal, rejection } from '../expecting.ts';
import { frame, octets, type RawPeer, requestFor } from '../raw-peer.ts';
import type { Case, Subject } from '../subject.ts';
import { connectTo, next, rawTo } from './talking.ts';

const REQUEST = requestFor('/echo');
const withField = (field: string): string => REQUEST.replace('\r\n\r\n', `\r\n${field}\r\n\r\n`);

/** A second request, which must never be answered. */
const SECOND = 'GET /admin HTTP/1.1\r\nHost: localhost\r\n\r\n';

/** What bytes are answered with: the status of each response, until the server has ended or `enough` says so. */
async function answersTo(
  subject: Subject,
  server: string,
  bytes: string | Uint8Array,
  enough: (peer: RawPeer) => boolean = () => false,
): Promise<string[]> {
  const peer = rawTo(subject, server);
  peer.write(bytes);
  await peer.until(() => peer.inputEnded || peer.over || enough(peer));
  peer.abort();
  return peer.text.match(/HTTP\/1\.1 \d\d\d/g) ?? [];
}

const isAnswered = (peer: RawPeer): boolean => peer.text.includes('\r\n\r\n');

/** What a client makes of a script of the server. */
const refusalBy = (subject: Subject, server: string, script: string): Promise<Error> =>
  rejection(connectTo(subject, server, `raw/${script}`), `connecting to /raw/${script}`);

export const HOSTILE: readonly Case[] = [
  {
    title:
      'hostile: a request with a body, or of a wrong version, is refused once, and nothing behind it is read (F6, F7, SH23)',
    async run(subject, server) {
      for (const [request, status] of [
        [withField(`Content-Length: ${SECOND.length}`), 400],
        [withField('Transfer-Encoding: chunked'), 400],
        [REQUEST.replace('Version: 13', 'Version: 777'), 426],
      ] as const) {
        equal(await answersTo(subject, server, request + SECOND), [`HTTP/1.1 ${status}`], 'the answers');
      }
    },
  },
  {
    title:
      'hostile: other methods and versions, TLS, HTTP/2 and line ends of another kind are answered, and closed (SH1, SH2, WR1, WR16)',
    async run(subject, server) {
      for (const [bytes, status] of [
        [REQUEST.replace('GET', 'POST'), 405],
        [REQUEST.replace('HTTP/1.1', 'HTTP/1.0'), 505],
        [octets('\x16\x03\x01\x00\xfa\x01\x00\x00\xf6\x03\x03'), 400],
        ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 505],
        [REQUEST.replaceAll('\r\n', '\n'), 400],
      ] as const) {
        equal(await answersTo(subject, server, bytes), [`HTTP/1.1 ${status}`], 'the answers');
      }
    },
  },
  {
    title: 'hostile: a head without an end is refused at its limit (F1, B22)',
    async run(subject, server) {
      const endless = `GET /echo HTTP/1.1\r\nHost: localhost\r\nX: ${'a'.repeat(20_000)}`;
      equal(await answersTo(subject, server, endless), ['HTTP/1.1 431'], 'the answers');
      equal(await answersTo(subject, server, 'a'.repeat(10_000)), ['HTTP/1.1 414'], 'the answers');
    },
  },
  {
    title: 'hostile: a page of another origin is refused, one of the same is not (J1, J3, J7)',
    async run(subject, server) {
      for (const [origin, status] of [
        ['http://evil.example', 403],
        ['http://localhost.evil.example', 403],
        ['null', 403],
        ['http://localhost:81', 403],
        ['http://localhost', 101],
      ] as const) {
        const answers = await answersTo(subject, server, withField(`Origin: ${origin}`), isAnswered);
        equal(answers, [`HTTP/1.1 ${status}`], `the answer to ${origin}`);
      }
    },
  },
  {
    title: 'hostile: names that every object has are names like others (D1, D2)',
    async run(subject, server) {
      for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
        const fields = `Sec-WebSocket-Extensions: ${name}; ${name}=${name}\r\nSec-WebSocket-Protocol: ${name}\r\n${name}: ${name}`;
        const request = withField(fields).replace('/echo', `/${name}?${name}=${name}`);
        equal(await answersTo(subject, server, request, isAnswered), ['HTTP/1.1 101'], `the answer to ${name}`);
      }
    },
  },
  {
    title: 'hostile: peers that are gone before, while and after they are answered harm nobody else (D8, D11)',
    async run(subject, server) {
      for (let i = 0; i < 15; i++) {
        const peer = rawTo(subject, server);
        peer.write(REQUEST.slice(0, i % 3 === 0 ? 30 : undefined), frame(0x81, 'hi'));
        if (i % 3 === 2) await peer.head();
        peer.abort();
      }
      const connection = await connectTo(subject, server, 'echo');
      connection.send('still here');
      equal(await next(connection), 'still here', 'what comes back');
      await connection.close();
    },
  },
  {
    title: 'hostile: a response that is wrong, endless or of another protocol opens nothing (B23, F2, G12, G13, WR16)',
    async run(subject, server) {
      for (const script of ['wrong-accept', 'unasked-subprotocol', 'unasked-extension', 'endless-head', 'no-http']) {
        equal((await refusalBy(subject, server, script)).name, 'HandshakeError', `the error of /raw/${script}`);
      }
    },
  },
  {
    title: 'hostile: a redirect is not followed unless asked for (CH12, I10)',
    async run(subject, server) {
      const error = await refusalBy(subject, server, 'redirect');
      equal('status' in error && error.status, 302, 'the status');
    },
  },
  {
    title: 'hostile: a server that masks, or announces what no memory holds, fails with one error (A1, G3)',
    async run(subject, server) {
      for (const script of ['masked', 'huge']) {
        const { code, clean, error, sent } = await (await connectTo(subject, server, `raw/${script}`)).closed;
        equal([code, clean, error instanceof Error], [1006, false, true], `how /raw/${script} ended`);
        equal(sent?.code, script === 'masked' ? 1002 : 1009, 'the code of our Close');
      }
    },
  },
];
