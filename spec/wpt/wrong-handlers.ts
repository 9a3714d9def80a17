/** The paths on which the tests want answers that no correct server gives. */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import { upgrade } from '../../adapters/node.ts';

type WrongHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

const accept = ({ headers }: IncomingMessage): string =>
  createHash('sha1').update(`${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');

const head = (...fields: readonly string[]): string =>
  ['HTTP/1.1 101 Switching Protocols:', 'Connection: Upgrade', 'Upgrade: WebSocket', ...fields, '', ''].join('\r\n');

/** A socket whose writes behind the response go to `write`. */
function intercepted(socket: Duplex, write: (bytes: Buffer, pass: () => void) => void): Duplex {
  let writes = 0;
  const between = new Duplex({
    read: () => void socket.resume(),
    write(bytes: Buffer, _encoding, done) {
      const pass = (): void => void socket.write(bytes, () => done());
      if (writes++ === 0) pass();
      else write(bytes, pass);
    },
    final: (done) => void socket.end(() => done()),
    destroy(error, done) {
      socket.destroy();
      done(error);
    },
  });
  socket.on('data', (bytes: Buffer) => {
    if (!between.push(bytes)) socket.pause();
  });
  socket.on('end', () => between.push(null));
  socket.on('error', () => {});
  socket.on('close', () => between.destroy());
  return between;
}

export const WRONG_HANDLERS: Readonly<Record<string, WrongHandler>> = {
  /** The Close is answered a second later. */
  '/delayed-passive-close': (request, socket, bytes) => {
    const slow = intercepted(socket, (_bytes, pass) => void setTimeout(pass, 1_000));
    void upgrade(request, slow, bytes, { message() {} });
  },
  /** What comes is written as it is. */
  '/echo_raw': (request, socket, bytes) => {
    void upgrade(request, socket, bytes, { message: (_, message) => void socket.write(message) });
  },
  '/handshake_protocol': (request, socket) => {
    socket.write(head(`Sec-WebSocket-Accept: ${accept(request)}`, 'Sec-WebSocket-Protocol: foobar'));
    socket.resume();
  },
  '/invalid': (_request, socket) => {
    socket.end('FOO BAR BAZ\r\n\r\n');
  },
  /** The Close is not answered. */
  '/passive-close-abort': (request, socket, bytes) => {
    const rude = intercepted(socket, () => void socket.destroy());
    void upgrade(request, rude, bytes, { message() {} });
  },
  /** A Close comes together with the response. */
  '/simple_handshake': (request, socket) => {
    const response = head('Set-Cookie: ws_test=test', `Sec-WebSocket-Accept: ${accept(request)}`);
    socket.write(Buffer.concat([Buffer.from(response), Buffer.from([0x88, 6, 0x03, 0xe9]), Buffer.from('PASS')]));
    socket.once('data', () => socket.end());
  },
  '/websockets/opening-handshake/resources/redirect_response.py': (_request, socket) => {
    socket.end('HTTP/1.1 301 Moved Permanently\r\nLocation: /echo\r\nContent-Length: 0\r\n\r\n');
  },
  '/wrong_accept_key': (_request, socket) => {
    socket.write(head('Sec-WebSocket-Accept: thisisawrongacceptkey'));
    socket.resume();
  },
};
