/** Which specs run inside of which runtime, and what does not, with the reason. `specs.spec.ts` has all of it hold. */
import { readdirSync } from 'node:fs';
import { extname } from 'node:path';

/** `.ts` under a test runner, `.js` once compiled to `dist/`. */
const root = new URL(extname(import.meta.url) === '.ts' ? '../../' : '../../../', import.meta.url);

/** Specs of code that no runtime has a part in. */
const FOLDERS = [/^core\//, /^properties\//, /^adapters\/[^/]+$/, /^adapters\/tunnels\//];

/** Specs of sockets that a network in memory can do, too, where a runtime opens no port. */
const IN_MEMORY = [
  ...['authorization', 'broadcast', 'closing', 'compression', 'deciding', 'durations', 'handlers', 'hosts', 'inbox'],
  ...['misbehaving-peers', 'origin', 'websocket-url'],
].map((file) => `adapters/node/${file}`);

/** Those that run on the sockets of each runtime; what is left out is about Node. */
const ON_SOCKETS = [
  ...IN_MEMORY,
  ...['attach', 'backpressure', 'connect', 'lifetimes', 'secrets'].map((file) => `adapters/node/${file}`),
  'adapters/whatwg/opening-turns',
].sort();

/** Deno tells of a certificate in other words: conformance.spec.ts has what it says. */
const ON_TLS = ['adapters/node/tls', 'adapters/node/tls-verification'];

/** What does not run inside, and why. */
export const EXCLUDED: Readonly<Record<string, string>> = {
  'properties/vectors':
    'takes minutes with every cut; conformance.spec.ts has the vectors run inside, whole and in bytes',
  'adapters/in-time': 'needs the fake timers of vitest',
  'adapters/refused-options': 'is about the entry of Node, and its HTTP servers',
  'adapters/workers-dial': 'puts a module of its own in the place of `cloudflare:sockets`',
  'adapters/discard': 'only the sockets of Node free memory so',
};

const NO_HTTP_SERVER = 'a Worker has no HTTP server to attach to';

/** Single tests that a runtime cannot pass, and why: `file: title`. */
export const DIFFERENCES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Deno: {
    'adapters/deflate: nodeDeflate deflates > with its context, that a release keeps and a reset drops':
      'its `node:zlib` takes no dictionary: after a pause, a message is compressed like the first',
  },
  Bun: {
    'adapters/node/attach: attach > answers behind the answer to a request before, and drops who asks while that is under way':
      'its HTTP servers give who asks before that answer to the listeners of `request`, where nothing upgrades',
    'adapters/node/hosts: a Host or a target that no URL can have (D4, D5) > is refused, and reaches no program: [::1:]':
      'its `URL` takes this host for ::1, so that nothing throws',
    'adapters/node/tls: drops a peer that says nothing once the TLS handshake has taken too long (LT5)':
      'it lets nobody end a TLS handshake: SECURITY.md says so',
    'adapters/node/tls: drops a peer that stops in the middle of its ClientHello once the TLS handshake has taken too long (LT5)':
      'it lets nobody end a TLS handshake: SECURITY.md says so',
    'adapters/node/tls-verification: the name that is indicated > is none for an address (I12)':
      'its sockets indicate addresses, too; they verify them all the same',
  },
  workerd: {
    ...Object.fromEntries(
      ['attach', 'upgrade'].flatMap((how) =>
        ['at once', 'later'].map((when) => [
          `adapters/node/authorization: a server by \`${how}\` > opens nothing that its program refuses ${when}, and reads none of its frames (D17, J9)`,
          NO_HTTP_SERVER,
        ]),
      ),
    ),
    'adapters/node/closing: a server that closes > answers 503 to requests that are undecided, and to those that come later':
      NO_HTTP_SERVER,
    'adapters/node/closing: a server that closes > leaves no handle and no timer that would keep the process (H15)':
      'a Worker is no process that could end',
    'adapters/node/handlers: a handler that fails > `fetch` throws: the client gets 500':
      'the network in memory has no way for `fetch`',
    'adapters/node/hosts: a Host or a target that no URL can have (D4, D5) > is refused, and reaches no program: xn--':
      'its `URL` takes this host, so that nothing throws',
  },
};

/** Under `spec/`, without `.spec.ts`. */
const ALL: readonly string[] = readdirSync(new URL('spec/', root), { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.spec.ts'))
  .map((file) => file.slice(0, -'.spec.ts'.length))
  .filter((file) => EXCLUDED[file] === undefined)
  .sort();

/** What a runtime is given. */
export interface Given {
  readonly files: readonly string[];
  /** What stands for modules that do not work there: which imports, and the file. */
  readonly standIns: readonly (readonly [imported: RegExp, file: string, by?: RegExp])[];
  readonly main: 'process' | 'workers';
}

/** Those that weigh memory come first, while there is little to collect and nothing else at work. */
const WEIGHING = ['adapters/idle-connection', 'properties/retention'];
const PORTABLE = [
  ...WEIGHING,
  ...ALL.filter((file) => !WEIGHING.includes(file) && FOLDERS.some((each) => each.test(file))),
];
const STAND_INS: Given['standIns'] = [
  [/^vitest$/, 'vitest'],
  [/\/support\/zlib-deflate\.ts$/, 'zlib-deflate'],
];

const ENTRY = /\/adapters\/node\.ts$/;

export const GIVEN = {
  node: { files: PORTABLE, standIns: STAND_INS, main: 'process' },
  deno: { files: [...PORTABLE, ...ON_SOCKETS], standIns: [...STAND_INS, [ENTRY, 'entry-deno']], main: 'process' },
  bun: {
    files: [...PORTABLE, ...ON_SOCKETS, ...ON_TLS],
    standIns: [...STAND_INS, [ENTRY, 'entry-bun']],
    main: 'process',
  },
  workerd: {
    files: [...PORTABLE, ...IN_MEMORY],
    standIns: [...STAND_INS, [ENTRY, 'network'], [/^node:net$/, 'net', /\/raw-socket\.ts$/]],
    main: 'workers',
  },
} as const satisfies Record<string, Given>;

/** The runtimes besides Node 20 and 26 that pass a test, by its spec (under `spec/`, without `.spec.ts`) and title. */
export function passing(file: string, title: string): string[] {
  const given: readonly (readonly [name: string, given: Given])[] = [
    ['Deno', GIVEN.deno],
    ['Bun', GIVEN.bun],
    ['workerd', GIVEN.workerd],
  ];
  const differs = (name: string): boolean =>
    Object.keys(DIFFERENCES[name] ?? {}).some((each) => each.startsWith(`${file}: `) && each.endsWith(title));
  return given.filter(([name, { files }]) => files.includes(file) && !differs(name)).map(([name]) => name);
}
