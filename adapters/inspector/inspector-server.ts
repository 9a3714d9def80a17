/**
 * Serves the inspector's page and its WebSocket, by our own server, to this machine only.
 *
 * Everything that listens on loopback can be reached by every page that a browser here has open: by its address, and by
 * names that an attacker lets point to it. So the Host must be the address that was printed, an Origin must be the
 * page's own, and nothing is there without a token that no other page can know (vite CVE-2025-24010, vitest
 * CVE-2025-24964, Node's own inspector CVE-2022-32212).
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import type { Driver } from '../driver.ts';
import type { HttpAnswer } from '../interfaces/http-error.ts';
import type { ServerRequest } from '../interfaces/server-request.ts';
import { nodeHost } from '../runtimes/node-host.ts';
import { listen } from '../runtimes/node-listen.ts';
import { serveOver } from '../serving.ts';
import { Hub } from './hub.ts';
import type { Hello } from './protocol.ts';
import type { Viewer } from './viewer.ts';

/** The inspector, while it listens. */
export interface InspectorServer {
  /** Where the page is; whoever knows it sees all that the connections carry. */
  readonly url: string;
  /** What it says of the process. */
  readonly process: Hello['process'];
  watch(driver: Driver): void;
  close(): Promise<void>;
}

/** Pages at a time. */
const PAGES = 16;
/** Longest message of a page: it may list every connection. */
const PAGE_MESSAGE_BYTES = 65_536;

/** The built page. */
const PAGE_FOLDER = new URL('./page/', import.meta.url);

/**
 * Listens on 127.0.0.1.
 *
 * @param port - 0 for any free one; rejects with Node's error where it is not to be had.
 */
export async function startInspector(port: number, folder: URL = PAGE_FOLDER): Promise<InspectorServer> {
  const token = randomBytes(32).toString('base64url');
  const facts = describeProcess();
  const hub = new Hub({ host: nodeHost, epoch: performance.timeOrigin, token, process: facts });
  const files = await namesIn(folder);
  let address = ''; // until it listens nobody asks

  /** What is asked for, where the token is right; a refusal otherwise. */
  const judge = ({ host, origin, path }: ServerRequest): string | HttpAnswer => {
    const isHere = host === address || host === address.replace('127.0.0.1', 'localhost');
    if (!isHere) return { status: 403, body: 'the inspector is asked for by its address only\n' };
    if (origin !== undefined && origin !== `http://${host}`) {
      return { status: 403, body: 'the inspector is for its own page only\n' };
    }
    const [, given = '', ...rest] = path.split('/');
    if (rest.length === 0 || !isSame(given, token)) return NOTHING;
    return rest.join('/');
  };

  const viewers = new Map<object, Viewer>();
  const server = await serveOver<undefined>(
    {
      limits: { messageBytes: PAGE_MESSAGE_BYTES },
      upgrade: (request) => {
        const place = judge(request);
        if (typeof place !== 'string') return place;
        if (place !== 'socket') return NOTHING;
        return viewers.size < PAGES ? undefined : { status: 503, body: 'too many pages look on\n' };
      },
      fetch: async (request) => {
        const place = judge(request);
        if (typeof place !== 'string') return place;
        if (request.method !== 'GET' && request.method !== 'HEAD')
          return { status: 405, headers: { Allow: 'GET, HEAD' } };
        const name = place === '' ? 'index.html' : place;
        if (!files.has(name)) return NOTHING;
        return { status: 200, headers: headersOf(name, address), body: await readFile(new URL(name, folder)) };
      },
      open(page) {
        const viewer = hub.open({
          send: (text) => page.send(text),
          get waiting() {
            return page.bufferedAmount;
          },
        });
        viewers.set(page, viewer);
      },
      message(page, message) {
        if (typeof message === 'string' && viewers.get(page)?.receive(message)) return;
        void page.close(1008, 'no message of the inspector');
      },
      close(page) {
        const viewer = viewers.get(page);
        if (viewer !== undefined) hub.leave(viewer);
        viewers.delete(page);
      },
    },
    { ...nodeHost, watch: undefined }, // the inspector shows everything but itself
    (attend) => listen({ host: '127.0.0.1', port }, attend),
  );
  address = `127.0.0.1:${server.port}`;
  return {
    url: `http://${address}/${token}/`,
    process: facts,
    watch: (driver) => hub.watch(driver),
    async close() {
      hub.flush(); // the pages see the end
      await server.close({ reason: 'the program ends', grace: 500 });
    },
  };
}

const NOTHING: HttpAnswer = { status: 404, body: 'nothing here\n' };

/** Whether two texts are the same, in a time that does not tell how far they are. */
const isSame = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other));
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** The files there are to serve: what is not in this list is not opened, however it is spelled. */
async function namesIn(folder: URL): Promise<ReadonlySet<string>> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return new Set(entries.filter((entry) => entry.isFile() && TYPES.has(extname(entry.name))).map(({ name }) => name));
  } catch {
    return new Set(); // not built
  }
}

const TYPES: ReadonlyMap<string, string> = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
]);

const headersOf = (name: string, address: string): Record<string, string> => ({
  'Content-Type': TYPES.get(extname(name)) ?? 'application/octet-stream',
  'Content-Security-Policy': [
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:",
    `connect-src 'self' ws://${address} ws://${address.replace('127.0.0.1', 'localhost')}`,
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  ].join('; '),
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer', // the address has the token
  'Cache-Control': 'no-store',
});

function describeProcess(): Hello['process'] {
  const { pid, argv } = process;
  const versions: Readonly<Record<string, string | undefined>> = process.versions;
  const [runtime = ''] = Object.entries({ Deno: versions.deno, Bun: versions.bun, 'Node.js': versions.node }).flatMap(
    ([name, version]) => (version === undefined ? [] : [`${name} ${version}`]),
  );
  return { pid, runtime, program: basename(argv[1] ?? ''), started: Math.round(performance.timeOrigin) };
}
