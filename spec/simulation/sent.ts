/** What a connection has taken for sending, whichever way a program went. */
import type { Connection } from '../../core/index.ts';
import { digest, joined } from './message.ts';

export interface Sent {
  /** Digests of messages, in the order in which they were begun or, if streamed, ended. */
  readonly messages: string[];
  /** The payloads of Pings, in hex. */
  readonly pings: string[];
  /** The kind of the streamed message that was begun last. */
  readonly text: boolean;
  /** Whether a streamed message is under way. */
  readonly streaming: boolean;
  /** Bytes of the longest frame. */
  readonly longest: number;
  /** Bytes of all frames, and some more. */
  readonly total: number;
}

/** Writes down what `connection` takes from now on. */
export function recordSent(connection: Connection): Sent {
  const messages: string[] = [];
  const pings: string[] = [];
  let pieces: (string | Uint8Array)[] | undefined;
  let text = false;
  let longest = 0;
  let total = 0;
  const { send, sendPrepared, sendStart, sendChunk, sendEnd, ping, pong } = connection;
  // Written down first, so that a call within the call comes behind; taken back where it was not taken.
  const noted = (list: string[], entry: string, call: () => number): number => {
    const at = list.push(entry) - 1;
    let taken = -1;
    try {
      taken = call();
    } finally {
      if (taken < 0) list.splice(at, 1);
    }
    return taken;
  };
  const measure = (data: string | { readonly byteLength: number }): void => {
    const size = 20 + (typeof data === 'string' ? data.length * 3 : data.byteLength);
    longest = Math.max(longest, size);
    total += size;
  };
  connection.send = (data, options) => {
    measure(data);
    return noted(messages, digest(data as string | Uint8Array), () => send.call(connection, data, options));
  };
  connection.sendPrepared = (message) => {
    measure(message.data);
    return noted(messages, digest(message.data), () => sendPrepared.call(connection, message));
  };
  connection.sendStart = (kind) => {
    const begun = sendStart.call(connection, kind);
    if (begun) pieces = [];
    text = kind === 'text';
    return begun;
  };
  connection.sendChunk = (data, options) => {
    measure(data);
    const piece = typeof data === 'string' ? data : (data as Uint8Array).slice();
    const taken = sendChunk.call(connection, data, options);
    if (taken >= 0) pieces?.push(piece);
    return taken;
  };
  connection.sendEnd = () => {
    const whole = digest(joined(pieces ?? [], text));
    const taken = noted(messages, whole, () => sendEnd.call(connection));
    pieces = undefined;
    return taken;
  };
  connection.pong = (payload = '') => {
    measure(payload);
    return pong.call(connection, payload);
  };
  connection.ping = (payload = '') => {
    measure(payload);
    let sent = false;
    noted(pings, String(payload), () => {
      sent = ping.call(connection, payload);
      return sent ? 0 : -1;
    });
    return sent;
  };
  return {
    messages,
    pings,
    get text() {
      return text;
    },
    get streaming() {
      return pieces !== undefined;
    },
    get total() {
      return total;
    },
    get longest() {
      return longest;
    },
  };
}
