/** The suite that an adapter must pass; `docs/adapter.md` writes one. */
import {
  type Attend,
  type Case,
  CONFORMANCE,
  conformanceServer,
  type Host,
  type RawFrame,
  RawPeer,
  type Result,
  runConformance,
  type Subject,
  type Transport,
  type TransportUser,
} from 'sansocket/testing';

/** What the author of an adapter brings. */
export interface Adapter {
  readonly host: Host;
  join(client: TransportUser, attend: Attend): void;
}

const NOBODY: Transport = { queued: 0, write() {}, end() {}, abort() {}, pause() {}, resume() {} };

export async function prove({ host, join }: Adapter): Promise<readonly Result[]> {
  const server = conformanceServer(host);
  const subject: Subject = {
    host,
    nowhere: 'ws://nobody/',
    dial(url, user) {
      if (!url.startsWith('ws://nobody/')) return join(user, server.attend);
      user.start(NOBODY);
      host.setTimer(() => user.closed(new Error('there is nobody')), 1);
    },
  };
  const quick: readonly Case[] = CONFORMANCE.slice(0, 10);
  const results = await runConformance(subject, 'ws://suite/', quick);
  server.close();
  return results.filter(({ error }) => error !== undefined);
}

/** A peer by hand: it sends any octets, and shows what comes. */
export async function ask(subject: Subject, url: string): Promise<readonly RawFrame[]> {
  const peer = new RawPeer();
  subject.dial(url, peer);
  peer.write('GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n');
  peer.write('Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n');
  console.log(await peer.head());
  peer.write(Uint8Array.of(0x89, 0x80, 0, 0, 0, 0)); // an empty Ping, with a key of zeros
  await peer.until(() => peer.frames.length > 0);
  return peer.frames;
}
