/** TLS, Unix sockets, and every way to get no transport: each runtime's client says the same of the same. */
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authority, type Certificate, issued } from '../support/certificates.ts';
import { acceptance } from '../support/raw-socket.ts';
import type { Attempt } from './peers/entry.ts';
import { nextValue, start, startWorker, workerConfig } from './processes.ts';
import { BUN, bundle, DENO, folder, NODE_20, NODE_26 } from './programs.ts';
import type { ResultsTable } from './results-table.ts';

interface Program {
  readonly entry: string;
  readonly runtime: () => string;
  readonly args: readonly string[];
}

const DENO_ARGS = ['run', '--no-prompt', '--no-check', '--allow-net', '--allow-read', '--allow-write'];
const node26: Program = { entry: 'entry-node', runtime: NODE_26, args: [] };
const deno: Program = { entry: 'entry-deno', runtime: DENO, args: DENO_ARGS };
const bun: Program = { entry: 'entry-bun', runtime: BUN, args: ['run'] };
const SERVERS = { 'Node 26': node26, Deno: deno, Bun: bun };
const CLIENTS = { 'Node 20': { ...node26, runtime: NODE_20 }, ...SERVERS };

async function run({ entry, runtime, args }: Program, mode: 'serve' | 'connect', given: unknown): Promise<unknown> {
  const file = await bundle(`runtimes/peers/${entry}`);
  return nextValue(start(runtime(), [...args, file, mode, JSON.stringify(given)]));
}

let ca: Certificate;
let right: Certificate;
let wrong: Certificate;
/** Servers that are gone as soon as a client says something. */
const misbehaving: Server[] = [];
const places = { ended: 0, reset: 0, 'reset once open': 0 };

/** The echoes of one runtime: with the right certificate, with another, without, and on a Unix socket. */
async function echoes(program: Program, name: string): Promise<Record<'right' | 'wrong' | 'plain' | 'unix', string>> {
  const unix = join(folder, `${name}.socket`.replace(' ', ''));
  const tls = ({ key, cert }: Certificate) => ({ tls: { key, cert } });
  const given = [tls(right), tls(wrong), {}, { socketPath: unix }];
  const urls = await Promise.all(given.map((each) => run(program, 'serve', each)));
  const [rightPort, wrongPort, plainPort] = urls.slice(0, 3).map((url) => new URL(String(url)).port);
  return { right: rightPort ?? '', wrong: wrongPort ?? '', plain: plainPort ?? '', unix };
}

type Expected = readonly [what: string, attempt: Attempt, outcome: string];

const tcp = (to: Awaited<ReturnType<typeof echoes>>): Expected[] => {
  const trusting = { tls: { ca: ca.cert } };
  return [
    ['TLS, by name', { url: `wss://localhost:${to.right}/`, options: trusting }, 'echoed'],
    ['TLS, by address', { url: `wss://127.0.0.1:${to.right}/`, options: trusting }, 'echoed'],
    ['a certificate of another host', { url: `wss://localhost:${to.wrong}/`, options: trusting }, 'wrong-host'],
    ['an untrusted certificate', { url: `wss://localhost:${to.right}/` }, 'untrusted-certificate'],
    ['TLS to a server without', { url: `wss://localhost:${to.plain}/`, options: trusting }, 'tls-failed'],
    ['TLS that ends', { url: `wss://localhost:${places.ended}/`, options: trusting }, 'lost'],
    ['plain text to a server with TLS', { url: `ws://localhost:${to.right}/` }, 'HandshakeError'],
    ['an end before the answer', { url: `ws://127.0.0.1:${places.ended}/` }, 'HandshakeError'],
    ['a reset before the answer', { url: `ws://127.0.0.1:${places.reset}/` }, 'lost'],
    ['a reset once open', { url: `ws://127.0.0.1:${places['reset once open']}/` }, 'closed 1006'],
    ['nobody there', { url: 'ws://127.0.0.1:1/' }, 'refused'],
    ['nobody there, with TLS', { url: 'wss://127.0.0.1:1/', options: trusting }, 'refused'],
  ];
};

const unix = ({ unix }: Awaited<ReturnType<typeof echoes>>): Expected[] => [
  ['a Unix socket', { url: 'ws://localhost/', options: { socketPath: unix } }, 'echoed'],
  ['no Unix socket', { url: 'ws://localhost/', options: { socketPath: `${unix}-none` } }, 'refused'],
];

/** What an expected outcome is called: codes are those of a `TransportError`. */
const named = ([what, , outcome]: Expected): string =>
  `${what}: ${/^(echoed|HandshakeError|closed 1006)$/.test(outcome) ? outcome : `TransportError ${outcome}`}`;

/** Declares the tests, which tell `table` what came of them. */
export function describeFailures(table: ResultsTable): void {
  /** A case passes here where its outcome is the one of every runtime, told or untold. */
  const note = (client: string, expected: readonly Expected[], seen: readonly string[]): void =>
    expected.forEach((each, i) => {
      const row = each[0].includes('Unix') ? 'Unix sockets' : 'TLS, and its failures';
      table.add(row, client, `${each[0]}: ${seen[i]}` === named(each));
    });

  beforeAll(async () => {
    ca = authority(folder, 'authority');
    right = issued(folder, 'right', 'DNS:localhost,IP:127.0.0.1', 'authority');
    wrong = issued(folder, 'wrong', 'DNS:elsewhere.example', 'authority');
    for (const how of ['ended', 'reset', 'reset once open'] as const) {
      const server = createServer((socket) => {
        let answered = how !== 'reset once open';
        socket.on('error', () => {});
        socket.on('data', (data) => {
          if (!answered) socket.write(acceptance(data.toString('latin1')));
          else if (how === 'ended') socket.end();
          else socket.resetAndDestroy();
          answered = true;
        });
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      misbehaving.push(server);
      places[how] = (server.address() as { port: number }).port;
    }
  });

  afterAll(() => {
    for (const server of misbehaving) server.close();
  });

  describe.each(Object.entries(SERVERS))('to servers on %s', (name, program) => {
    let to: Awaited<ReturnType<typeof echoes>>;
    beforeAll(async () => {
      to = await echoes(program, name);
    });

    it.each(Object.entries(CLIENTS))(
      'a client on %s says why it has no transport (I12)',
      async (clientName, client) => {
        const expected = [...tcp(to), ...unix(to)];
        const attempts = expected.map(([, attempt]) => attempt);
        const seen = (await run(client, 'connect', attempts)) as string[];
        note(clientName, expected, seen);
        expect(seen.map((outcome, i) => `${expected[i]?.[0]}: ${outcome}`)).toEqual(expected.map(named));
      },
    );

    it('a client in workerd trusts whom its configuration trusts, and is told no reason (I12)', async () => {
      await bundle('runtimes/peers/entry-workers');
      const ask = async (trust: string, expected: readonly Expected[]): Promise<string[]> => {
        const config = workerConfig('entry-workers.mjs', [['http', 'http']], trust);
        const { child, ports } = await startWorker(config, ['http']);
        const body = JSON.stringify(expected.map(([, { url }]) => ({ url })));
        const response = await fetch(`http://127.0.0.1:${ports.get('http')}/`, { method: 'POST', body });
        child.kill('SIGKILL');
        return (await response.json()) as string[];
      };
      const untold = (expected: readonly Expected[]): string[] =>
        expected.map((each) => named(each).replace(/TransportError .*/, 'TransportError unknown'));
      const all = tcp(to).filter(([what]) => what !== 'an untrusted certificate');
      const seen = await ask('trustBrowserCas = false, trustedCertificates = [ embed "authority.pem" ]', all);
      note('workerd', all, seen);
      expect(seen.map((outcome, i) => `${all[i]?.[0]}: ${outcome}`)).toEqual(untold(all));
      const untrusted = tcp(to).filter(([what]) => what === 'an untrusted certificate');
      expect(await ask('trustBrowserCas = true', untrusted)).toEqual(['TransportError unknown']);
    });
  });
}
