/** Clients that are gone with a reset of TCP, behind each byte of a session, at the server of the suite in any runtime. */
import { connect } from '../../adapters/node.ts';
import type { Report } from '../../adapters/testing/conformance-server.ts';
import { rawClient, request } from '../support/raw-socket.ts';
import { bytes, frame, join } from '../support/wire.ts';

const KEY = bytes('37fa213d');
/** A message, a Ping, a message in two fragments, and the Close. */
const TALK = join([
  frame(0x81, bytes('6869'), KEY),
  frame(0x89, bytes('70'), KEY),
  frame(0x01, bytes('61'), KEY),
  frame(0x80, bytes('62'), KEY),
  frame(0x88, bytes('03e8'), KEY),
]);
/** Sessions at once. */
const AT_ONCE = 16;

/** Resets everywhere, and returns what was wrong: a connection that did not end, or a server that serves no more. */
export async function failuresAfterResets(url: string): Promise<string[]> {
  const port = Number(new URL(url).port);
  const leave = async (length: number): Promise<string | undefined> => {
    const id = `reset-${length}`;
    const head = request(`/echo?id=${id}`);
    const raw = await rawClient(port);
    await new Promise((resolve) => {
      raw.socket.write(join([Buffer.from(head), TALK]).subarray(0, length), resolve);
    });
    // A reset takes with it what the server has not read yet, so let it read.
    if (length >= head.length) await raw.head();
    raw.socket.resetAndDestroy();
    await raw.closed;
    return length < head.length ? undefined : id;
  };
  const opened: string[] = [];
  const total = request('/echo?id=reset-000').length + TALK.length;
  for (let length = 1; length <= total; length += AT_ONCE) {
    const left = await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => leave(Math.min(length + i, total))));
    opened.push(...new Set(left.filter((id) => id !== undefined)));
  }
  const ends = await Promise.all(opened.map(async (id) => ({ id, code: (await ended(url, id)).code })));
  const failures = ends.filter(({ code }) => code !== 1006 && code !== 1000).map(({ id, code }) => `${id}: ${code}`);
  return opened.length >= TALK.length ? failures : [...failures, `only ${opened.length} were open`];
}

/** How the server saw the end of a connection, once it has. */
async function ended(url: string, id: string): Promise<{ readonly code: number }> {
  const connection = await connect(`${url}report?id=${id}`);
  try {
    for (;;) {
      connection.send('how is it');
      const report = JSON.parse(String(await connection.receive())) as Report | null; // what the suite's server sends
      if (report !== null && report.closed !== undefined) return report.closed;
    }
  } finally {
    await connection.close();
  }
}
