/** How the cases reach the server. */
import { type ClientOptions, open } from '../../interfaces/client.ts';
import type { WebSocketConnection } from '../../interfaces/connection.ts';
import type { Message } from '../../interfaces/inbox.ts';
import { parseTarget } from '../../interfaces/websocket-url.ts';
import type { Report } from '../conformance-server.ts';
import { pass } from '../expecting.ts';
import { RawPeer } from '../raw-peer.ts';
import type { Subject } from '../subject.ts';

/** Connects to a path of the server, as a program does. */
export async function connectTo(
  subject: Subject,
  server: string,
  path: string,
  options: ClientOptions = {},
): Promise<WebSocketConnection> {
  const url = server + path;
  return open(parseTarget(url), options, subject.host, (driver) => subject.dial(url, driver));
}

/** Connects as a peer that speaks bytes. */
export function rawTo(subject: Subject, server: string): RawPeer {
  const peer = new RawPeer();
  subject.dial(server, peer)?.catch((error: unknown) => peer.closed(error));
  return peer;
}

/** The next message; throws where the connection is over. */
export async function next(connection: WebSocketConnection): Promise<Message> {
  const { done, value } = await connection[Symbol.asyncIterator]().next();
  if (done) throw new Error('the connection is over');
  return value;
}

/** An id that no other connection has. */
export function freshId(subject: Subject): string {
  const bytes = new Uint8Array(8);
  subject.host.getRandomValues(bytes);
  return bytes.join('-');
}

/** What the server knows of connection `id`; asks until `enough` says so, and lets a stalled one go on first if told. */
export async function reportOn(
  subject: Subject,
  server: string,
  id: string,
  enough: (report: Report) => boolean,
  ask: 'release' | 'look' = 'look',
): Promise<Report> {
  const asking = await connectTo(subject, server, `report?id=${id}`);
  try {
    for (;;) {
      asking.send(ask);
      const report = JSON.parse(String(await next(asking))) as Report | null; // what our server sends
      if (report !== null && enough(report)) return report;
      await pass(subject.host, 10);
    }
  } finally {
    void asking.close();
  }
}

/** Reports that the connection is over. */
export const isOver = ({ closed }: Report): boolean => closed !== undefined;
