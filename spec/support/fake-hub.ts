/** A process that the inspector's page watches, made up: as many connections and frames as a test needs, and no more. */
import { readFile } from 'node:fs/promises';
import type {
  Batch,
  ConnectionSummary,
  Hello,
  HubMessage,
  PageMessage,
  TimelineEntry,
} from '../../adapters/inspector/protocol.ts';
import { type NodeServer, serve } from '../../adapters/node.ts';

export interface FakeHub {
  readonly url: string;
  /** What the page has said. */
  readonly heard: PageMessage[];
  tell(message: HubMessage): void;
  close(): Promise<unknown>;
}

const BUILT = new URL('../../dist/adapters/inspector/page/', import.meta.url);
const TYPES: Readonly<Record<string, string>> = { html: 'text/html', css: 'text/css', js: 'text/javascript' };

/** Serves the page as it was built, and tells whoever opens it `hello`. */
export async function fakeHub(): Promise<FakeHub> {
  const heard: PageMessage[] = [];
  const server: NodeServer = await serve({
    path: '/socket',
    async fetch({ path }) {
      const name = path === '/' ? 'index.html' : path.slice(1);
      if (!/^(index\.html|page\.(css|js))$/.test(name)) return { status: 404 };
      const type = TYPES[name.split('.')[1] ?? ''] ?? '';
      const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'";
      return {
        status: 200,
        headers: { 'Content-Type': `${type}; charset=utf-8`, 'Content-Security-Policy': policy },
        body: await readFile(new URL(name, BUILT)),
      };
    },
    open(connection) {
      connection.send(JSON.stringify(HELLO));
    },
    message(_connection, message) {
      heard.push(JSON.parse(String(message)) as PageMessage);
    },
  });
  return {
    url: server.url.replace('ws', 'http'),
    heard,
    tell(message) {
      void server.broadcast(JSON.stringify(message));
    },
    close: () => server.close({ grace: 500 }),
  };
}

export const HELLO: Hello = {
  type: 'hello',
  version: 1,
  process: { pid: 4711, runtime: 'Node.js 20.0.0', program: 'made-up.js', started: 0 },
};

/** A batch with nothing but what is given. */
export const batch = (parts: Partial<Batch>): Batch => ({
  type: 'batch',
  at: Date.now(),
  connections: [],
  gone: [],
  entries: [],
  dropped: 0,
  untracked: 0,
  ...parts,
});

/** An open connection of a server, but for what is given. */
export const connection = (id: number, parts: Partial<ConnectionSummary> = {}): ConnectionSummary => ({
  id,
  role: 'server',
  state: 'open',
  peer: `127.0.0.1:${40_000 + id}`,
  host: '127.0.0.1:8080',
  path: `/chat/${id}`,
  protocol: '',
  extensions: '',
  startedAt: Date.now(),
  openedAt: Date.now(),
  closed: null,
  bytesIn: 1_000 + id,
  bytesOut: 2_000,
  messagesIn: id,
  messagesOut: 1,
  framesIn: id,
  framesOut: 1,
  latency: 0.5,
  queuedBytes: 0,
  violation: null,
  ...parts,
});

/** A frame with a text, unmasked as a server's, but for what is given. */
export function frame(seq: number, text: string, parts: object = {}): TimelineEntry {
  const payload = Buffer.from(text);
  return {
    seq,
    connection: 1,
    at: Date.now(),
    kind: 'frame',
    direction: 'in',
    fin: true,
    rsv1: false,
    rsv2: false,
    rsv3: false,
    opcode: 1,
    masked: false,
    length: payload.length,
    header: Buffer.of(0x81, payload.length).toString('hex'),
    payload: payload.toString('base64'),
    cut: false,
    complete: true,
    ...parts,
  } as TimelineEntry;
}
