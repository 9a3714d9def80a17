/**
 * An echo server that can be watched: what it sees of the connection `/echo?id=…` goes as JSON to the connection
 * `/observe?id=…`, which in turn may have it send a Ping or a Close. Who knows the id may do so: a page makes one
 * up that nobody can guess.
 */
import type { Message, ServerRequest, WebSocketConnection, WebSocketServerOptions } from 'sansocket/node';

interface Data {
  readonly role: 'echo' | 'observer';
  /** What the two connections of one page have in common. */
  readonly id: string;
}

type Connection = WebSocketConnection<Data>;

/** What an observer may ask for. */
type Order =
  | { readonly type: 'ping' }
  | { readonly type: 'close'; readonly code?: number | undefined; readonly reason?: string | undefined };

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;
const PREVIEW = 64;

/** The handlers of the server. */
export function echo(): WebSocketServerOptions<Data> {
  const echoes = new Map<string, Connection>();
  const observers = new Map<string, Connection>();
  const group = ({ role }: Data): Map<string, Connection> => (role === 'echo' ? echoes : observers);

  const tell = (connection: Connection, type: string, details: object = {}): void => {
    const { data, state, bufferedAmount } = connection;
    if (data.role === 'echo') observers.get(data.id)?.send(JSON.stringify({ type, ...details, state, bufferedAmount }));
  };

  const obey = (connection: Connection, order: Order): void => {
    if (order.type === 'ping') {
      // The time travels with the Ping and returns with its Pong.
      if (connection.ping(String(performance.now()))) tell(connection, 'ping sent');
    } else {
      connection.close(order.code, order.reason); // throws for what may not be sent
      tell(connection, 'close sent', { code: order.code, reason: order.reason });
    }
  };

  return {
    upgrade({ path, query, subprotocols }: ServerRequest) {
      const id = new URLSearchParams(query).get('id') ?? '';
      if (path === '/observe' && UUID.test(id)) return { data: { role: 'observer', id } };
      // An echo speaks every subprotocol, so it agrees to the first.
      if (path === '/echo') return { subprotocol: subprotocols[0], data: { role: 'echo', id } };
      return { status: 404, body: 'there are /echo?id=… and /observe?id=…, with a UUID\n' };
    },
    open(connection) {
      const { data, subprotocol, remoteAddress } = connection;
      group(data).set(data.id, connection);
      tell(connection, 'open', { subprotocol, remoteAddress });
    },
    async message(connection, message) {
      if (connection.data.role === 'observer') {
        const observed = echoes.get(connection.data.id);
        const order = orderFrom(message);
        if (observed === undefined || order === undefined) return;
        try {
          obey(observed, order);
        } catch (error) {
          tell(observed, 'error', { message: String(error) });
        }
        return;
      }
      tell(connection, 'message', describe(message));
      // The bytes are ours and are not used again: they go back without a copy.
      if (!connection.send(message, { transfer: true })) await connection.drained();
    },
    ping(connection, payload) {
      tell(connection, 'ping', { size: payload.length });
    },
    pong(connection, payload, latency) {
      const sentAt = Number(Buffer.from(payload).toString());
      tell(connection, 'pong', { size: payload.length, latency: latency ?? performance.now() - sentAt });
    },
    error(connection, error) {
      tell(connection, 'error', { message: String(error) });
    },
    close(connection, { code, reason, clean, sent }) {
      const { data } = connection;
      if (group(data).get(data.id) === connection) group(data).delete(data.id);
      tell(connection, 'close', { code, reason, clean, sent });
    },
  };
}

/** A message for a log: its kind, its size, and how it begins. */
function describe(message: Message): object {
  if (typeof message === 'string') {
    return { kind: 'text', size: Buffer.byteLength(message), start: message.slice(0, PREVIEW) };
  }
  const start = Buffer.from(message.subarray(0, PREVIEW / 4)).toString('hex');
  return { kind: 'binary', size: message.length, start };
}

/** An order as a peer sends it, or `undefined` for anything else. */
function orderFrom(message: Message): Order | undefined {
  let order: Partial<Record<string, unknown>> | null;
  try {
    order = JSON.parse(String(message));
  } catch {
    return undefined;
  }
  if (order?.type === 'ping') return { type: 'ping' };
  if (order?.type !== 'close') return undefined;
  const { code, reason } = order;
  return {
    type: 'close',
    code: typeof code === 'number' ? code : undefined,
    reason: typeof reason === 'string' ? reason : undefined,
  };
}
