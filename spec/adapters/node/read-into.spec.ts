import { afterEach, describe, expect, it } from 'vitest';
import {
  connect,
  IncompleteMessage,
  type MessagePieces,
  type StreamedMessage,
  serve,
  type WebSocketConnection,
} from '../../../adapters/node.ts';
import { type Extension, type ExtensionCodec, UsageError } from '../../../core/index.ts';
import { type Certificate, selfSigned } from '../../support/certificates.ts';
import { pseudoRandom } from '../../support/opened.ts';
import { deferred } from '../../support/raw-socket.ts';

const UNLIMITED = { messageBytes: Infinity, frameBytes: Infinity, fragments: Infinity };
const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** Marks messages, and leaves them as they are. */
const SAME: Extension = {
  name: 'same',
  reserved: 0x20,
  offer: () => [[]],
  agree: () => CODEC,
  accept: (params) => ({ params, codec: CODEC }),
};
const CODEC: ExtensionCodec = {
  encode: (payload) => payload,
  encodePieces: () => (piece) => piece,
  decode(piece, _, sink) {
    const half = piece.length >>> 1;
    sink(piece.subarray(0, half));
    sink(piece.subarray(half));
  },
};

interface PairOptions {
  readonly compression?: boolean;
  readonly extensions?: readonly Extension[];
  readonly tls?: Certificate;
}

async function pair(options: PairOptions = {}) {
  const accepted = deferred<WebSocketConnection>();
  const shared = { messages: 'chunks', limits: UNLIMITED, ...options } as const;
  const server = await serve({ ...shared, open: (connection) => accepted.resolve(connection), error() {} });
  closing.push(() => server.close({ grace: 100 }));
  const client = await connect(server.url, { ...shared, tls: { ca: options.tls?.cert } });
  return { client, peer: await accepted.promise };
}

/** Sends `pieces` as one message, and returns the message as it arrives. */
async function sent(sender: WebSocketConnection, receiver: WebSocketConnection, pieces: MessagePieces) {
  sender.sendStream(pieces).catch(() => {}); // what matters is what arrives
  const { value } = await receiver.streams().next();
  if (value === undefined) throw new Error('no message came');
  return value;
}

function random(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  pseudoRandom(length)(bytes);
  return bytes.fill(7, 0, length / 2); // one half shrinks, the other does not
}

async function readAll(message: StreamedMessage, memory: Uint8Array): Promise<Buffer> {
  const read: Buffer[] = [];
  for (;;) {
    const length = await message.readInto(memory);
    if (length === 0) return Buffer.concat(read);
    read.push(Buffer.from(memory.subarray(0, length)));
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a message that is read into memory', () => {
  it.each([
    ['client', 'plain', {}],
    ['server', 'plain', {}],
    ['client', 'compressed', { compression: true }],
    ['client', 'over TLS', { tls: selfSigned('IP:127.0.0.1') }],
  ] as const)('arrives from a %s whatever the size of its memory: %s', async (side, _, options) => {
    const { client, peer } = await pair(options);
    const [sender, receiver] = side === 'client' ? [client, peer] : [peer, client];
    for (const size of [1, 1_000, 65_536, 100_000]) {
      const bytes = random(size === 1 ? 2_000 : 400_001);
      const pieces = [bytes.subarray(0, 100), bytes.subarray(100, 70_000), bytes.subarray(70_000)];
      const message = await sent(sender, receiver, pieces);
      expect((await readAll(message, new Uint8Array(size))).equals(bytes)).toBe(true);
    }
  });

  it.each([
    ['as it was sent', {}, 20],
    ['compressed', { compression: true }, 20],
    ['handed on by an extension of the program', { extensions: [SAME] }, 0],
  ] as const)(
    'leaves no memory of the transport, and takes none that the program was given: %s',
    async (_, options, freed) => {
      const { client, peer } = await pair(options);
      const memories = new Set<ArrayBufferLike>();
      peer.observe((seen) => {
        if (seen.type !== 'output' || seen.output.type !== 'messageChunk') return;
        memories.add((seen.output.data as Uint8Array).buffer);
      });
      const bytes = random(4_000_000);
      const pieces = Array.from({ length: 80 }, (_, i) => bytes.subarray(i * 50_000, (i + 1) * 50_000));
      const message = await sent(client, peer, pieces);
      const chunks = message[Symbol.asyncIterator]();
      const memory = new Uint8Array(65_536);
      const given: { readonly chunk: Uint8Array; readonly copy: Buffer }[] = [];
      const read: Buffer[] = [];
      for (let i = 0; ; i++) {
        if (i % 5 === 0) await turn(); // so that some chunks wait, and reading pauses
        if (i % 7 === 3) {
          const { value } = await chunks.next();
          if (value === undefined) break;
          const chunk = value as Uint8Array;
          given.push({ chunk, copy: Buffer.from(chunk) });
          read.push(Buffer.from(chunk));
        } else {
          const length = await message.readInto(memory);
          if (length === 0) break;
          read.push(Buffer.from(memory.subarray(0, length)));
        }
      }
      await turn();
      expect(Buffer.concat(read).equals(bytes)).toBe(true);
      expect(given.length).toBeGreaterThan(0);
      for (const { chunk, copy } of given) {
        expect(copy.equals(chunk)).toBe(true);
        memories.delete(chunk.buffer);
      }
      const lengths = [...memories].map(({ byteLength }) => byteLength);
      expect(lengths.filter((length) => length === 0).length).toBeGreaterThanOrEqual(freed);
      if (freed > 0) expect(lengths.filter((length) => length >= 1_024)).toEqual([]);
    },
  );

  it('is binary, read in order, and by one reader at a time', async () => {
    const { client, peer } = await pair();
    const memory = new Uint8Array(8);
    const text = await sent(client, peer, ['text']);
    await expect(text.readInto(memory)).rejects.toThrow(UsageError);
    const binary = await sent(client, peer, [Uint8Array.of(1, 2, 3)]);
    await expect(text.readInto(memory)).rejects.toThrow(UsageError);
    await expect(binary.readInto(new Uint8Array(0))).rejects.toThrow(UsageError);
    await expect(binary.readInto([] as unknown as Uint8Array)).rejects.toThrow(UsageError);
    const first = binary.readInto(memory);
    await expect(binary.readInto(memory)).rejects.toThrow(UsageError);
    expect(await first).toBe(3);
    expect([...memory.subarray(0, 3)]).toEqual([1, 2, 3]);
    expect(await binary.readInto(memory)).toBe(0);
    await expect(binary.readInto(memory)).rejects.toThrow(UsageError);
  });

  it('is skipped from where its reader left it', async () => {
    const { client, peer } = await pair();
    const bytes = random(500_000);
    const messages = peer.streams();
    void client.sendStream([bytes]).then(() => client.send('next'));
    const first = (await messages.next()).value;
    expect(await first?.readInto(new Uint8Array(10))).toBe(10);
    const next = (await messages.next()).value;
    for await (const chunk of next ?? []) expect(chunk).toBe('next');
  });

  it('that breaks off is incomplete', async () => {
    const { client, peer } = await pair();
    async function* broken() {
      yield Uint8Array.of(1);
      throw new RangeError('no more');
    }
    const message = await sent(client, peer, broken());
    const memory = new Uint8Array(10);
    expect(await message.readInto(memory)).toBe(1);
    await expect(message.readInto(memory)).rejects.toThrow(IncompleteMessage);
  });
});
