/** What the server of the suite does below a WebSocket, by the path that is asked for: servers that misbehave. */
import { Connection } from '../../core/index.ts';
import { frame, latin1, octets, type RawPeer } from './raw-peer.ts';

/** Each is given a peer that has sent the head of a request. */
export const RAW_SCRIPTS: Readonly<Record<string, (peer: RawPeer, request: string) => unknown>> = {
  /** Accepts, and the first frames come in the same write. */
  leftover: (peer, request) => peer.write(acceptance(request), frame(0x81, 'behind the head', 'server')),
  /** Accepts byte by byte, and sends a fragmented message with a Ping in it. */
  fragments(peer, request) {
    for (const byte of acceptance(request)) peer.write(Uint8Array.of(byte));
    for (const [first, payload] of [
      [0x01, 'one '],
      [0x00, 'two '],
      [0x89, 'ping'],
      [0x80, 'three'],
    ] as const) {
      peer.write(frame(first, payload, 'server'));
    }
  },
  /** Accepts, and leaves without a Close. */
  end(peer, request) {
    peer.write(acceptance(request), frame(0x81, 'last words', 'server'));
    peer.end();
  },
  /** Accepts, and is gone. */
  async abort(peer, request) {
    peer.write(acceptance(request));
    await peer.until(() => peer.frames.length > 0);
    peer.abort();
  },
  /** Leaves in the middle of a frame. */
  torn(peer, request) {
    peer.write(acceptance(request), octets('\x82\x7d only the beginning'));
    peer.end();
  },
  /** Is gone before it answers. */
  'abort-opening': (peer) => peer.abort(),
  /** Leaves before it answers. */
  'end-opening': (peer) => peer.end(),
  /** Accepts, and never answers a Ping nor a Close. */
  deaf: (peer, request) => peer.write(acceptance(request)),
  /** Never answers the request. */
  mute: () => undefined,
  'wrong-accept': (peer, request) => peer.write(changed(request, /(?<=Accept: )./, '-')),
  'unasked-subprotocol': (peer, request) =>
    peer.write(changed(request, '\r\n\r\n', '\r\nSec-WebSocket-Protocol: x\r\n\r\n')),
  'unasked-extension': (peer, request) =>
    peer.write(changed(request, '\r\n\r\n', '\r\nSec-WebSocket-Extensions: x-none\r\n\r\n')),
  /** A head that goes on beyond every limit. */
  'endless-head': (peer) => peer.write(`HTTP/1.1 101 x\r\nX: ${'a'.repeat(20_000)}`),
  'no-http': (peer) => peer.write('220 mail.example ESMTP\r\n'),
  redirect: (peer) => peer.write('HTTP/1.1 302 Found\r\nLocation: /echo\r\nContent-Length: 0\r\n\r\n'),
  /** Accepts, and masks a frame, as only clients do. */
  masked: (peer, request) => closing(peer, acceptance(request), frame(0x81, 'hi')),
  /** Accepts, and announces a frame of 2^62 bytes. */
  huge: (peer, request) => closing(peer, acceptance(request), octets('\x82\x7f\x40\0\0\0\0\0\0\0')),
};

/** The response that accepts a request, with one thing changed. */
const changed = (request: string, what: string | RegExp, by: string): string =>
  latin1(acceptance(request)).replace(what, by);

/** Writes, and leaves when the client does. */
async function closing(peer: RawPeer, ...chunks: readonly Uint8Array[]): Promise<void> {
  peer.write(...chunks);
  await peer.until(() => peer.inputEnded);
  peer.end();
}

/** The response that accepts a request, by a server that does nothing else. */
function acceptance(request: string): Uint8Array {
  const written: Uint8Array[] = [];
  const server: Connection = new Connection({
    role: 'server',
    output(output) {
      if (output.type === 'request') server.accept();
      if (output.type === 'write') written.push(...output.chunks);
    },
  });
  server.receive(octets(request));
  return written[0] ?? new Uint8Array(); // the core writes a response as one chunk
}
