/** What the server of the suite does below a WebSocket, by the path that is asked for: servers that misbehave. */
import { Connection } from '../../core/index.ts';
import { frame, octets, type RawPeer } from './raw-peer.ts';

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
};

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
