/**
 * The server that the suite talks to: what it does with a connection is said by the path that is asked for.
 *
 * It may run in another process, and in another runtime, than the cases. What became of a connection with `?id=x` is
 * told to whoever asks for `/report?id=x`.
 */
import type { Closed } from '../../core/index.ts';
import type { Host, Transport, TransportUser } from '../driver.ts';
import type { WebSocketConnection } from '../interfaces/connection.ts';
import type { Message } from '../interfaces/inbox.ts';
import { WebSocketServer } from '../interfaces/server.ts';
import type { ServerRequest } from '../interfaces/server-request.ts';
import { latin1, RawPeer } from './raw-peer.ts';
import { RAW_SCRIPTS } from './raw-scripts.ts';
import type { Attend } from './subject.ts';

/** The deadlines of the server: long enough for a busy machine, short enough to be waited for. */
const DEADLINES = { opening: 1_500, closing: 500 };
/** What `/flood` sends, in messages of `FLOOD_MESSAGE` bytes. */
export const FLOOD_BYTES: number = 24_000_000;
const FLOOD_MESSAGE: Uint8Array = new Uint8Array(100_000);

/** What a server knows of one connection of a case. */
interface Record {
  readonly path: string;
  readonly id: string;
  messages: number;
  sent: number;
  /** Lets the handler of `/stall` go on. */
  release: () => void;
  readonly released: Promise<void>;
  closed: Pick<Closed, 'code' | 'reason' | 'clean'> | undefined;
  errors: string[];
}

/** What `/report` tells of a connection. */
export type Report = Omit<Record, 'release' | 'released'>;

type Served = WebSocketConnection<Record>;

/** Serves what arrives until `close`. */
export function conformanceServer(host: Host): { readonly attend: Attend; close(): Promise<void> } {
  const records = new Map<string, Record>();
  const server = new WebSocketServer<Record>(
    {
      deadlines: DEADLINES,
      compression: host.deflate !== undefined,
      subprotocols: ['suite'],
      upgrade: (request) => (request.path === '/refuse' ? REFUSAL : { data: record(request) }),
      open(connection) {
        if (connection.data.path !== '/report') records.set(connection.data.id, connection.data);
        return BEHAVIOURS[connection.data.path]?.open?.(connection);
      },
      message(connection, message) {
        connection.data.messages++;
        return (BEHAVIOURS[connection.data.path]?.message ?? echo)(connection, message, records);
      },
      pong(connection, payload) {
        if (connection.data.path === '/ping') connection.send(`pong ${latin1(payload)}`);
      },
      close({ data }, { code, reason, clean }) {
        data.closed = { code, reason, clean };
      },
      error: ({ data }, error) => void data.errors.push(error instanceof Error ? error.message : String(error)),
    },
    host,
  );
  return {
    attend: (remote) => new Front(() => server.attend(remote)),
    async close() {
      await server.close({ grace: 100 });
    },
  };
}

const REFUSAL = { status: 403, headers: { 'X-Why': 'suite' }, body: 'not you' };

function record({ path, query }: ServerRequest): Record {
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const id = /(?:^|&)id=([^&]*)/.exec(query)?.[1] ?? '';
  return { path, id, messages: 0, sent: 0, release, released, closed: undefined, errors: [] };
}

function echo(connection: Served, message: Message): void {
  connection.send(message);
}

interface Behaviour {
  open?(connection: Served): void | Promise<void>;
  message?(connection: Served, message: Message, records: ReadonlyMap<string, Record>): void | Promise<void>;
}

/** By path; what is not here echoes. */
const BEHAVIOURS: Readonly<{ [path: string]: Behaviour }> = {
  '/greet': { open: (connection) => void connection.send('behind the head') },
  '/ping': { open: (connection) => void connection.ping('are you there') },
  '/close': { open: (connection) => void connection.close(4001, 'the server is done') },
  '/close-on-message': { message: (connection) => void connection.close(4002, 'asked to') },
  '/terminate': { message: (connection) => connection.terminate() },
  '/throw': {
    message() {
      throw new Error('thrown by a handler');
    },
  },
  '/reject': { message: () => Promise.reject(new Error('rejected by a handler')) },
  /** Takes the first message and then no other until it is released. */
  '/stall': {
    async message(connection) {
      await connection.data.released;
      if (connection.data.messages % 10 === 0) connection.send(String(connection.data.messages));
    },
  },
  /** Sends as fast as it is let. */
  '/flood': {
    async open(connection) {
      while (connection.data.sent < FLOOD_BYTES && connection.phase === 'open') {
        connection.data.sent += FLOOD_MESSAGE.length;
        if (!connection.send(FLOOD_MESSAGE)) await connection.drained();
      }
    },
  },
  /** Tells of the connection with the same id at each message; `release` lets it go on. */
  '/report': {
    message(connection, message, records) {
      const found = records.get(connection.data.id);
      if (message === 'release') found?.release();
      connection.send(JSON.stringify(found ?? null));
    },
  },
};

/** The door: a script takes what asks for `/raw/`, and the server everything else. */
class Front implements TransportUser {
  readonly #attend: () => TransportUser;
  #transport: Transport | undefined;
  #user: TransportUser | undefined;

  constructor(attend: () => TransportUser) {
    this.#attend = attend;
  }

  start(transport: Transport): void {
    this.#transport = transport;
  }

  received(bytes: Uint8Array): void {
    this.#enter(latin1(bytes.subarray(0, 100))).received(bytes);
  }

  ended(): void {
    this.#enter('').ended();
  }

  closed(error?: unknown): void {
    this.#enter('').closed(error);
  }

  drained(): void {
    this.#user?.drained();
  }

  reportQueued(): void {
    this.#user?.reportQueued();
  }

  #enter(start: string): TransportUser {
    if (this.#user !== undefined) return this.#user;
    const script = RAW_SCRIPTS[/^GET \/raw\/([a-z-]*)/.exec(start)?.[1] ?? ''];
    if (script === undefined) {
      this.#user = this.#attend();
    } else {
      const peer = new RawPeer();
      this.#user = peer;
      void peer
        .head()
        .then((head) => script(peer, head))
        .catch(() => {}); // the client has left: a case of its own
    }
    if (this.#transport !== undefined) this.#user.start(this.#transport);
    return this.#user;
  }
}
