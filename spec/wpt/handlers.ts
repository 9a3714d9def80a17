/** What the server of the tests answers on each path, as the handlers in `tests/websockets/handlers/` do. */
import {
  httpError,
  type ServerRequest,
  type WebSocketConnection,
  type WebSocketServerOptions,
} from '../../adapters/node.ts';

type Options = WebSocketServerOptions<ServerRequest>;
type Connected = WebSocketConnection<ServerRequest>;

/** Accepts, runs `program`, and closes with 1000 behind it. */
const handler = (program: (connection: Connected) => void | Promise<void>, options: Options = {}): Options => ({
  upgrade: (request) => ({ data: request }),
  open(connection) {
    // Not returned: messages would wait for it.
    void Promise.resolve(program(connection)).then(() => connection.close(1000));
  },
  ...options,
});

const seconds = (count: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, count * 1_000));
const field = ({ data }: Connected, name: string): string | undefined => data.fields.get(name);
const query = ({ data }: Connected): string => data.query;

async function echo(connection: Connected): Promise<void> {
  for (;;) {
    const message = await connection.receive();
    if (message === undefined) return;
    connection.send(message);
    if (message === 'Goodbye') return;
  }
}

async function untilGoodbye(connection: Connected): Promise<void> {
  for (;;) {
    const message = await connection.receive();
    if (message === undefined || message === 'Goodbye') return;
  }
}

async function untilClosed(connection: Connected): Promise<void> {
  while ((await connection.receive()) !== undefined);
}

const slowly = (count: number, program: (connection: Connected) => void | Promise<void>): Options =>
  handler(program, {
    decisionDeadline: 20_000,
    async upgrade(request) {
      await seconds(count);
      return { data: request };
    },
  });

const settingCookies = (attributes: string): Options =>
  handler(untilClosed, {
    upgrade: (request) => ({
      data: request,
      headers: { 'Set-Cookie': `ws_test_${request.query}=test; Path=/${attributes}` },
    }),
  });

const offered = (choose: (subprotocols: readonly string[]) => string | undefined): Options =>
  handler((connection) => void connection.send(connection.subprotocol), {
    upgrade: (request) => ({ data: request, subprotocol: choose(request.subprotocols) }),
  });

export const HANDLERS: Readonly<Record<string, Options>> = {
  '/basic_auth': handler(() => {}, {
    upgrade: (request) =>
      request.fields.get('authorization') === 'Basic Zm9vOmJhcg=='
        ? { data: request }
        : httpError(401, 'foo and bar', {}, { 'WWW-Authenticate': 'Basic realm="camelot"' }),
  }),
  '/echo': handler(echo, { subprotocols: ['echo'] }),
  '/echo-cookie': handler((connection) => void connection.send(field(connection, 'cookie') ?? '(none)')),
  '/echo-query': handler((connection) => void connection.send(query(connection))),
  '/echo-query_v13': handler((connection) => void connection.send(query(connection))),
  '/echo_close_data': handler(untilGoodbye),
  '/echo_exit': handler(untilGoodbye),
  '/empty-message': handler(
    async (connection) => void connection.send((await connection.receive()) === '' ? 'pass' : 'fail'),
  ),
  '/handshake_no_extensions': handler(() => {}),
  '/handshake_no_protocol': handler(() => {}),
  '/handshake_sleep_2': slowly(2, () => {}),
  '/origin': handler((connection) => void connection.send(field(connection, 'origin') ?? '')),
  '/protocol': offered(([first]) => first),
  '/protocol_array': offered(([first]) => first),
  '/receive-backpressure': handler(
    async (connection) => {
      await seconds(2);
      for await (const message of connection.streams()) for await (const _ of message);
    },
    { messages: 'chunks', limits: { messageBytes: Infinity, frameBytes: Infinity } },
  ),
  '/receive-many-with-backpressure': handler(async (connection) => {
    for (;;) {
      await seconds(0.1); // the test counts on it
      const message = await connection.receive();
      if (message === undefined) return;
      connection.send(String(message.length));
    }
  }),
  '/referrer': handler((connection) => void connection.send(field(connection, 'referer') ?? 'MISSING AS PER FETCH')),
  '/remote-close': handler(async (connection) => {
    const parameters = connection.data.url.searchParams;
    const code = parameters.get('code');
    if (parameters.has('abrupt')) {
      connection.ping('ping');
      await new Promise(setImmediate);
      connection.terminate();
    } else {
      await connection.close(code === null ? 1005 : Number(code), parameters.get('reason') ?? '');
    }
  }),
  '/send-backpressure': handler(async (connection) => {
    connection.send(new Uint8Array(0));
    const start = performance.now();
    for (let i = 0; i < 16; i++) {
      connection.send(new Uint8Array(1024 * 1024).fill(0x20));
      await connection.drained();
    }
    connection.send(String((performance.now() - start) / 1_000));
  }),
  '/set-cookie': settingCookies(''),
  '/set-cookie_http': settingCookies('; HttpOnly'),
  '/set-cookie-secure': settingCookies('; Secure'),
  '/sleep_10_v13': slowly(10, untilGoodbye),
};
