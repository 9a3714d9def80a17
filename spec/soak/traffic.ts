/** Clients of ours that use a server in every way there is, and check each answer. */
import { setTimeout as pass } from 'node:timers/promises';
import {
  connect,
  type Message,
  type ReconnectingClient,
  reconnecting,
  type WebSocketConnection,
} from '../../adapters/node.ts';

/** What was done, and what went wrong. */
export interface Tally {
  connections: number;
  messages: number;
  bytes: number;
  reconnections: number;
  readonly errors: string[];
}

/** Around every border of the frame header, of a chunk, of the compression threshold; and some that are long. */
const SIZES = [0, 1, 10, 125, 126, 127, 1_023, 1_024, 4_096, 65_535, 65_536, 65_537, 300_000, 1_500_000];
const LONG_FROM = 100_000;

/** A number from 0 to below `below`. */
const any = (below: number): number => Math.floor(Math.random() * below);
const one = <T>(list: readonly T[]): T => list[any(list.length)] as T; // never empty

/** Text that compresses well, or bytes that do not. */
function message(size: number): Message {
  if (any(2) === 0) return `${any(1_000)} is what a message says, ü €, `.repeat(size / 30 + 1).slice(0, size);
  const bytes = new Uint8Array(size);
  for (let i = 0; i < size; i++) bytes[i] = i < 4_096 ? any(256) : (bytes[i - 4_096] ?? 0);
  return bytes;
}

const same = (left: Message | undefined, right: Message): boolean =>
  typeof left === 'string' || typeof right === 'string' || left === undefined
    ? left === right
    : Buffer.compare(left, right) === 0;

/** Connects, talks and ends, again and again, until `signal` aborts. */
export async function talk(url: string, tally: Tally, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await talkOnce(url, tally);
    } catch (error) {
      tally.errors.push(`${error}`);
    }
    await pass(any(50));
  }
}

async function talkOnce(url: string, tally: Tally): Promise<void> {
  const connection = await connect(url, { compression: any(2) === 0 });
  tally.connections++;
  for (let rest = any(30); rest > 0; rest--) {
    const sent = Array.from({ length: 1 + any(4) }, () => message(one(SIZES)));
    for (const each of sent) {
      const pieces =
        typeof each === 'string' ? [each] : [each.subarray(0, each.length / 2), each.subarray(each.length / 2)];
      if (any(4) === 0) await connection.sendStream(pieces);
      else connection.send(each);
    }
    if (any(5) === 0) connection.ping('alive');
    for (const each of sent) {
      const received = await connection.receive({ timeout: 20_000 });
      if (received === undefined)
        throw new Error(`a message of ${each.length} never came back: ${await end(connection)}`);
      if (!same(received, each)) throw new Error(`a message of ${each.length} came back as one of ${received.length}`);
      tally.messages++;
      tally.bytes += each.length;
      if (each.length > LONG_FROM) await pass(any(20));
    }
  }
  const way = any(3);
  if (way === 0) {
    connection.terminate();
    await connection.closed;
  } else if (way === 1) {
    connection.send('end'); // the server ends this one
    await connection.closed;
  } else {
    const { code, clean } = await connection.close(1000, 'done');
    if (code !== 1000 || !clean) throw new Error(`closed with ${code}, ${clean ? 'in order' : 'not in order'}`);
  }
}

/** How `connection` ended, or that it did not. */
async function end(connection: WebSocketConnection): Promise<string> {
  if (connection.phase === 'open') return 'it is still open';
  const { code, reason, sent, error } = await connection.closed;
  return `closed with ${code} ${reason}, sent was ${sent?.code} ${sent?.reason}, ${error}`;
}

/** A client whose server drops it now and then; `stop` ends it. */
export function persist(url: string, tally: Tally): { stop(): void } {
  let dropped = 0;
  const client: ReconnectingClient = reconnecting(url, {
    connect: { compression: true },
    backoff: { first: 10, most: 200 },
    open: () => {
      if (dropped > 0) tally.reconnections++;
    },
    message: () => {
      tally.messages++;
    },
    lost: () => {
      dropped++;
    },
    error: (error) => tally.errors.push(`${error}`),
  });
  const timer = setInterval(() => client.send(any(50) === 0 ? 'end' : message(any(5_000))), 50);
  return {
    stop() {
      clearInterval(timer);
      client.close();
    },
  };
}
