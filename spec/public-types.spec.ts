/**
 * What the types of the entries say and do not say. The compiler judges it, in `tsc -b` and in `spec/docs/snippets.spec.ts`;
 * a program that must not compile is given to it here.
 */
import { beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import type * as browser from '../adapters/browser.ts';
import type * as bun from '../adapters/bun.ts';
import type * as deno from '../adapters/deno.ts';
import * as node from '../adapters/node.ts';
import type * as streams from '../adapters/streams.ts';
import type * as workers from '../adapters/workers.ts';
import type { Closed, Connection, Output, ProtocolError } from '../core/index.ts';
import { compile } from './docs/snippets.ts';

interface User {
  readonly name: string;
}
type Of<Data> = node.WebSocketConnection<Data>;
type Options<Call extends (...given: never[]) => unknown, At extends number> = NonNullable<Parameters<Call>[At]>;

describe('the data of a connection', () => {
  it('has its type in every hook, in the set of connections and in broadcasts to it', () => {
    const serve = () =>
      node.serve({
        upgrade: async ({ url }) => (url.search === '' ? { status: 403 } : { data: { name: url.search } }),
        open: (connection) => expectTypeOf(connection).toEqualTypeOf<Of<{ name: string }>>(),
        message(connection, message) {
          expectTypeOf(connection.data).toEqualTypeOf<{ name: string }>();
          expectTypeOf(message).toEqualTypeOf<string | Uint8Array>();
        },
        ping(connection, payload) {
          expectTypeOf(connection.data.name).toEqualTypeOf<string>();
          expectTypeOf(payload).toEqualTypeOf<Uint8Array>();
        },
        pong(connection, _payload, latency) {
          expectTypeOf(connection.data.name).toEqualTypeOf<string>();
          expectTypeOf(latency).toEqualTypeOf<number | undefined>();
        },
        drain: ({ data }) => expectTypeOf(data.name).toEqualTypeOf<string>(),
        close({ data }, closed) {
          expectTypeOf(data.name).toEqualTypeOf<string>();
          expectTypeOf(closed).toEqualTypeOf<Closed>();
        },
        error({ data }, error) {
          expectTypeOf(data.name).toEqualTypeOf<string>();
          expectTypeOf(error).toEqualTypeOf<unknown>();
        },
      });
    expectTypeOf(serve).returns.resolves.toEqualTypeOf<node.NodeServer<{ name: string }>>();
    expectTypeOf<node.NodeServer<User>['connections']>().toEqualTypeOf<ReadonlySet<Of<User>>>();
  });

  it('is told by what `upgrade` returns, wherever that stands and however it is made', () => {
    const plain = () => node.serve({ open: ({ data }) => expectTypeOf(data).toEqualTypeOf<undefined>() });
    const later = () =>
      node.serve({ open: ({ data }) => expectTypeOf(data).toEqualTypeOf<number>(), upgrade: () => ({ data: 5 }) });
    const perhaps = () =>
      node.serve({
        async upgrade({ path }) {
          if (path === '/') return node.httpError(404, 'no');
          return { data: path };
        },
      });
    expectTypeOf(plain).returns.resolves.toEqualTypeOf<node.NodeServer<undefined>>();
    expectTypeOf(later).returns.resolves.toEqualTypeOf<node.NodeServer<number>>();
    expectTypeOf(perhaps).returns.resolves.toEqualTypeOf<node.NodeServer<string>>();
  });

  it('is that of each way to a connection', () => {
    expectTypeOf(node.connect<User>).returns.resolves.toEqualTypeOf<Of<User>>();
    expectTypeOf(node.upgrade<User>).returns.resolves.toEqualTypeOf<Of<User> | undefined>();
    expectTypeOf(node.attach<User>).returns.toEqualTypeOf<node.AttachedServer<User>>();
    const client = () =>
      node.connect('ws://a/', { data: 5, open: ({ data }) => expectTypeOf(data).toEqualTypeOf<number>() });
    expectTypeOf(client).returns.resolves.toEqualTypeOf<Of<number>>();
    expectTypeOf<ReturnType<typeof deno.connect<User>>>().resolves.toEqualTypeOf<Of<User>>();
    expectTypeOf<ReturnType<typeof bun.connect<User>>>().resolves.toEqualTypeOf<Of<User>>();
    expectTypeOf<ReturnType<typeof workers.serve<User>>>().toEqualTypeOf<workers.WorkersServer<User>>();
    expectTypeOf<ReturnType<typeof streams.serve<User>>>().toEqualTypeOf<streams.StreamServer<User>>();
  });
});

describe('an event has its type by its name', () => {
  it('of the class of browsers', () => {
    const listen = (socket: node.WebSocket): void => {
      socket.addEventListener('open', (event) => expectTypeOf(event).toEqualTypeOf<Event>());
      socket.addEventListener('message', (event) => expectTypeOf(event).toEqualTypeOf<MessageEvent>());
      socket.addEventListener('close', (event) => expectTypeOf(event.code).toEqualTypeOf<number>());
      socket.addEventListener('error', (event) => expectTypeOf(event.error).toEqualTypeOf<unknown>());
      socket.addEventListener('anything else', (event) => expectTypeOf(event).toEqualTypeOf<Event>());
    };
    expectTypeOf(listen).parameters.toEqualTypeOf<[node.WebSocket]>();
    expectTypeOf<keyof node.WebSocketEventMap>().toEqualTypeOf<'open' | 'message' | 'error' | 'close'>();
  });

  it('of the bare core, and of what is observed', () => {
    type Named<Type extends Output['type']> = Extract<Output, { readonly type: Type }>;
    expectTypeOf<Named<'message'>['data']>().toEqualTypeOf<string | Uint8Array>();
    expectTypeOf<Named<'error'>['error']>().toEqualTypeOf<ProtocolError>();
    expectTypeOf<Named<'closed'>>().toEqualTypeOf<Closed>();
    expectTypeOf<Named<'write'>['chunks']>().toEqualTypeOf<readonly Uint8Array[]>();
    expectTypeOf<Named<'deadline'>['milliseconds']>().toEqualTypeOf<number | undefined>();
    expectTypeOf<Extract<node.Observation, { type: 'step' }>['to']>().toEqualTypeOf<string>();
    expectTypeOf<Connection['send']>().returns.toEqualTypeOf<number>();
  });
});

describe('what a runtime cannot do is no option there', () => {
  it('and each phase of a client has its deadline on all that dial', () => {
    type Phases<Call extends (...given: never[]) => unknown> = keyof NonNullable<
      (Options<Call, 1> & { readonly deadlines?: object })['deadlines']
    >;
    type All = 'connecting' | 'tunnel' | 'opening' | 'ping' | 'pong' | 'closing';
    expectTypeOf<Phases<typeof node.connect>>().toEqualTypeOf<All>();
    expectTypeOf<Phases<typeof deno.connect>>().toEqualTypeOf<All>();
    expectTypeOf<Phases<typeof bun.connect>>().toEqualTypeOf<All>();
    expectTypeOf<Phases<typeof workers.connect>>().toEqualTypeOf<All>();
  });

  it('on Deno and Bun', () => {
    expectTypeOf<Options<typeof deno.serve, 0>>().toHaveProperty('port');
    expectTypeOf<Options<typeof deno.serve, 0>>().not.toHaveProperty('backlog');
    expectTypeOf<Options<typeof deno.serve, 0>>().toHaveProperty('inspect');
    expectTypeOf<Options<typeof deno.connect, 1>>().toHaveProperty('socketPath');
    expectTypeOf<Options<typeof deno.connect, 1>>().toHaveProperty('proxy');
    expectTypeOf<Options<typeof deno.connect, 1>>().toHaveProperty('inspect');
    expectTypeOf<Options<typeof bun.serve, 0>>().not.toHaveProperty('backlog');
    expectTypeOf<Options<typeof bun.serve, 0>>().toHaveProperty('inspect');
    expectTypeOf<Options<typeof bun.connect, 1>>().toHaveProperty('proxy');
    expectTypeOf<Options<typeof bun.connect, 1>>().toHaveProperty('inspect');
  });

  it('in Workers, over streams and in browsers', () => {
    type Platform = 'limits' | 'deadlines' | 'compression' | 'messages' | 'ping' | 'pong' | 'drain' | 'trustProxy';
    expectTypeOf<keyof Options<typeof workers.serveFetch, 0> & (Platform | 'port')>().toBeNever();
    expectTypeOf<Platform & keyof Options<typeof workers.serve, 0>>().toEqualTypeOf<Platform>();
    expectTypeOf<keyof Options<typeof workers.serveFetch, 0> & 'inspect'>().toBeNever();
    type Outside = 'port' | 'host' | 'socketPath' | 'tls' | 'backlog' | 'inspect' | 'proxy';
    expectTypeOf<keyof Options<typeof workers.serve, 0> & Outside>().toBeNever();
    type Ways = 'port' | 'host' | 'proxy';
    expectTypeOf<keyof Options<typeof workers.connect, 1> & Outside>().toEqualTypeOf<Ways>();
    expectTypeOf<keyof Options<typeof streams.serve, 0> & Outside>().toBeNever();
    expectTypeOf<keyof Options<typeof streams.connect, 2> & (Outside | 'redirects')>().toBeNever();
    expectTypeOf<keyof Options<typeof browser.reconnecting, 1> & (Outside | 'headers' | 'connect')>().toBeNever();
    expectTypeOf<Options<typeof node.attach, 1>>().toHaveProperty('inspect');
    expectTypeOf<Options<typeof node.upgrade, 3>>().toHaveProperty('inspect');
    expectTypeOf<keyof Options<typeof node.serve, 0> & Outside>().toEqualTypeOf<Exclude<Outside, 'proxy'>>();
  });
});

/** What must not compile, and what the compiler says of it. */
const WRONG: readonly (readonly [entry: string, name: string, line: string, complaint: RegExp])[] = [
  ['node', 'serve', 'serve({ prot: 8080 })', /'prot' does not exist/],
  ['node', 'serve', 'serve({ limits: { messageSize: 1 } })', /'messageSize' does not exist/],
  [
    'node',
    'serve',
    'serve({ upgrade: () => ({ data: 5 }), open: ({ data }) => data.length })',
    /'length' does not exist on type 'number'/,
  ],
  ['node', 'serve', 'serve<{ a: string }>({ upgrade: () => ({ data: { a: 1 } }) })', /not assignable/],
  [
    'node',
    'serve',
    'serve({ message: (connection) => connection.data.name })',
    /'connection\.data' is possibly|is possibly 'undefined'|does not exist/,
  ],
  ['node', 'connect', "connect('ws://a/', { redirects: 'all' })", /not assignable to type 'number'/],
  ['node', 'WebSocket', "new WebSocket('ws://a/', [], { message: () => {} })", /'message' does not exist/],
  ['node', 'httpError', "httpError('403', 'no')", /not assignable to parameter of type 'number'/],
  ['deno', 'serve', 'serve({ backlog: 1 })', /'backlog' does not exist/],
  ['workers', 'connect', "connect('ws://a/', { socketPath: '/a' })", /'socketPath' does not exist/],
  ['streams', 'serve', 'serve({ deadlines: { connecting: 5 } })', /'connecting' does not exist/],
  ['workers', 'serve', 'serve({ port: 8080 })', /'port' does not exist/],
  ['workers', 'connect', "connect('wss://a/', { tls: {} })", /'tls' does not exist/],
  ['streams', 'serve', "serve({ host: '0.0.0.0' })", /'host' does not exist/],
  ['browser', 'reconnecting', "reconnecting('wss://a/', { headers: {} })", /'headers' does not exist/],
];

describe('the compiler refuses', () => {
  let complaints: readonly string[];

  beforeAll(async () => {
    const programs = WRONG.map(([entry, name, line], i) => ({
      name: `${i}.ts`,
      text: `import { ${name} } from 'sansocket/${entry}';\n${line};\n`,
    }));
    complaints = await compile('wrong-types', programs);
  }, 120_000);

  it.each(WRONG.map((wrong, i) => [...wrong, i] as const))(
    'of sansocket/%s, %s: %s',
    (_entry, _name, _line, complaint, i) => {
      expect(complaints.filter((each) => each.startsWith(`${i}.ts(`)).join('\n')).toMatch(complaint);
    },
  );
});
