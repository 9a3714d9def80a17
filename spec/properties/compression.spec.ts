/** Two connections that agreed on permessage-deflate, whatever they agreed on, say what they would say without it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nodeDeflate } from '../../adapters/runtimes/node-deflate.ts';
import { portableDeflate } from '../../adapters/runtimes/portable-deflate.ts';
import { Connection, type DeflateOptions, type Output, permessageDeflate } from '../../core/index.ts';
import { pseudoRandom } from '../support/opened.ts';
import { frames, hex, join } from '../support/wire.ts';
import { zlibDeflate } from '../support/zlib-deflate.ts';

type Options = Partial<DeflateOptions>;

/** A client and a server joined without a network, and what each was told; with each chunk of a message the server pauses. */
function pair(
  client: Options | undefined,
  server: Options | undefined,
  cut: () => number = () => Infinity,
  limit = 2 ** 20,
  messages: 'whole' | 'chunks' = 'whole',
  watch: (side: 'client' | 'server') => void = () => {},
) {
  let opened = false;
  const seen = { client: [] as Output[], server: [] as Output[] };
  const wires = { client: [] as Uint8Array[], server: [] as Uint8Array[] };
  const extensions = (options: Options | undefined) =>
    options && { extensions: [permessageDeflate({ deflate: zlibDeflate, ...options })] };
  const take = (side: 'client' | 'server') => (output: Output) => {
    if (output.type === 'write') wires[side].push(...output.chunks);
    else seen[side].push(output);
    if (output.type === 'request') to.server.accept();
    if (output.type === 'messageChunk') to[side].pause();
    if (opened) watch(side);
  };
  const to = {
    client: new Connection({
      role: 'client',
      request: { host: 'x', target: '/' },
      getRandomValues: pseudoRandom(),
      output: take('client'),
      limits: { messageBytes: limit },
      ...extensions(client),
    }),
    server: new Connection({
      role: 'server',
      output: take('server'),
      limits: { messageBytes: limit },
      messages,
      ...extensions(server),
    }),
  };
  const deliver = (): void => {
    for (const [from, other] of [
      ['client', 'server'],
      ['server', 'client'],
    ] as const) {
      for (let chunk = wires[from].shift(); chunk !== undefined; chunk = wires[from].shift()) {
        for (let at = 0; at < chunk.length; ) {
          const end = Math.min(chunk.length, at + cut());
          to[other].receive(chunk.slice(at, end));
          at = end;
        }
      }
    }
    if (wires.client.length + wires.server.length > 0) deliver();
  };
  to.client.start();
  to.server.start();
  deliver();
  opened = true;
  const received = (side: 'client' | 'server') =>
    seen[side].flatMap((output) => (output.type === 'message' ? [output.data] : []));
  const agreed = seen.client.find((output) => output.type === 'open')?.extensions;
  return { ...to, seen, wires, deliver, messages: received, agreed };
}

describe('the opening handshake', () => {
  test('agrees on it where both speak it', () => {
    expect(pair({}, {}).agreed).toBe('permessage-deflate');
    expect(pair({ serverMaxWindowBits: 10 }, { clientMaxWindowBits: 9 }).agreed).toBe(
      'permessage-deflate; server_max_window_bits=10; client_max_window_bits=9',
    );
    expect([pair({}, undefined).agreed, pair(undefined, {}).agreed]).toEqual(['', '']);
  });

  test('PD22 without it nothing is marked, and what is marked fails (C15)', () => {
    const { client, server, deliver, wires, seen } = pair({ threshold: 0 }, undefined);
    client.send('a'.repeat(100));
    expect(wires.client[0]?.[0]).toBe(0x81);
    wires.client[0]?.set([0xc1]);
    deliver();
    expect(seen.server.find(({ type }) => type === 'error')).toMatchObject({
      error: { violation: 'reserved-bits-set' },
    });
    expect(server.phase).toBe('closing');
  });

  test('C4, PD2 fails the client where the answer has terms it did not offer', () => {
    const seen: Output[] = [];
    const client = new Connection({
      role: 'client',
      request: { host: 'x', target: '/' },
      getRandomValues: (bytes) =>
        Uint8Array.from(atob('dGhlIHNhbXBsZSBub25jZQ=='), (c) => c.charCodeAt(0)).forEach((b, i) => {
          bytes[i] = b;
        }),
      output: (output) => seen.push(output),
      extensions: [permessageDeflate({ deflate: zlibDeflate })],
    });
    client.start();
    const head = `HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n`;
    client.receive(
      new TextEncoder().encode(
        `${head}Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=1000\r\n\r\n`,
      ),
    );
    expect(seen.map(({ type }) => type)).not.toContain('open');
    expect(seen.find(({ type }) => type === 'error')).toMatchObject({ error: { violation: 'extension-terms-wrong' } });
  });
});

const windowBits = fc.option(fc.integer({ min: 8, max: 15 }), { nil: undefined });
const flag = fc.option(fc.boolean(), { nil: undefined });
const options = fc.record({
  serverNoContextTakeover: flag,
  clientNoContextTakeover: flag,
  serverMaxWindowBits: windowBits,
  clientMaxWindowBits: windowBits,
  threshold: fc.constantFrom(0, 1, 20, undefined),
});
const message = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.uint8Array({ maxLength: 40 }),
  fc.tuple(fc.string({ minLength: 1, maxLength: 9 }), fc.nat(200)).map(([word, times]) => word.repeat(times)),
);

test('C12, C17, PD18 messages arrive as they were sent, whatever was agreed on and wherever the chunks are cut', () => {
  fc.assert(
    fc.property(
      options,
      options,
      fc.array(fc.record({ message, compress: fc.boolean(), ping: fc.boolean() }), { maxLength: 8 }),
      fc.integer({ min: 1, max: 50 }),
      (client, server, sent, size) => {
        const both = pair(client, server, () => size);
        for (const { message, compress, ping } of sent) {
          both.client.send(message, { compress });
          if (ping) both.client.ping('x');
          both.server.send(message, { compress });
        }
        both.deliver();
        const expected = sent.map(({ message }) => message);
        expect(both.messages('server')).toEqual(expected);
        expect(both.messages('client')).toEqual(expected);
      },
    ),
    { numRuns: 60 },
  );
});

/** One message: the pieces it is sent in, or whole, and what goes out between them. */
const streamed = fc.record({
  pieces: fc.array(message, { maxLength: 4 }),
  text: fc.boolean(),
  whole: fc.boolean(),
  compress: fc.boolean(),
  ping: fc.boolean(),
});
const utf8 = (data: string | Uint8Array): Uint8Array =>
  typeof data === 'string' ? new TextEncoder().encode(data) : data;
const engines = fc.constantFrom(nodeDeflate, portableDeflate, zlibDeflate);

test('a streamed message is at the peer what the whole one is, between others, by any engine, under any cut', () => {
  fc.assert(
    fc.property(
      fc.tuple(options, engines).map(([options, deflate]) => ({ ...options, deflate })),
      fc.tuple(options, engines).map(([options, deflate]) => ({ ...options, deflate })),
      fc.array(streamed, { maxLength: 5 }),
      fc.integer({ min: 1, max: 50 }),
      (client, server, sent, size) => {
        const both = pair(client, server, () => size);
        const expected = sent.map(({ pieces, text, whole, compress, ping }) => {
          const bytes = text ? [] : pieces.map(utf8);
          const strings = text ? pieces.map((piece) => (typeof piece === 'string' ? piece : String(piece))) : [];
          const message = text ? strings.join('') : join(bytes);
          for (const end of [both.client, both.server]) {
            if (whole) {
              end.send(message, { compress });
              continue;
            }
            end.sendStart(text ? 'text' : 'binary', { compress });
            for (const piece of text ? strings : bytes) {
              end.sendChunk(piece);
              if (ping) end.ping('x');
            }
            end.sendEnd();
          }
          return message;
        });
        both.deliver();
        expect(both.messages('server')).toEqual(expected);
        expect(both.messages('client')).toEqual(expected);
      },
    ),
    { numRuns: 100 },
  );
});

test('PD11, PD13, PD21 a streamed message is marked on its first frame alone, whatever its length', () => {
  const { server, wires, deliver } = pair({}, {});
  const marks = (compress?: boolean): string[] => {
    wires.server.length = 0;
    server.sendStart('text', { compress });
    server.sendChunk('a');
    server.ping();
    server.sendChunk('b');
    server.sendEnd();
    const read = frames(join(wires.server)).map(({ first }) => first.toString(16));
    deliver();
    return read;
  };
  expect(marks()).toEqual(['41', '89', '0', '80']);
  expect(marks(false)).toEqual(['1', '89', '0', '80']);
});

test('C1 what a program that takes chunks has not asked for is not inflated: a megabyte at most behind its pause', () => {
  const both = pair({ threshold: 0 }, { threshold: 0, deflate: nodeDeflate }, undefined, Infinity, 'chunks');
  const size = 16 << 20;
  both.client.send(new Uint8Array(size)); // some 16 KiB on the wire
  const chunks = (): number =>
    both.seen.server.reduce((sum, each) => sum + (each.type === 'messageChunk' ? each.data.length : 0), 0);
  let before = 0;
  for (let step = both.deliver; before < size; step = () => both.server.resume()) {
    step();
    expect(chunks() - before).toBeLessThan(2 ** 20 + 65_536);
    expect(chunks()).toBeGreaterThan(before);
    before = chunks();
  }
  expect(both.seen.server.filter(({ type }) => type === 'messageEnd')).toHaveLength(1);
});

test.each(['client', 'server'] as const)('C1, C2, PD20 a %s inflates up to its limit and no further', (receiver) => {
  const sender = receiver === 'client' ? 'server' : 'client';
  for (const [size, fits] of [
    [1_000, true],
    [1_001, false],
    [200_000, false],
  ] as const) {
    const both = pair({ threshold: 0 }, { threshold: 0 }, undefined, 1_000);
    both[sender].send(new Uint8Array(size));
    both.deliver();
    expect(both.messages(receiver)).toHaveLength(fits ? 1 : 0);
    const error = both.seen[receiver].find(({ type }) => type === 'error');
    if (fits) expect(error).toBeUndefined();
    else expect(error).toMatchObject({ error: { violation: 'message-too-big', closeCode: 1009 } });
  }
});

test('what a program sends is never changed', () => {
  const both = pair({ threshold: 0 }, { threshold: 0 });
  const bytes = Uint8Array.from({ length: 300 }, (_, i) => i % 7);
  const copy = bytes.slice();
  both.client.send(bytes);
  both.deliver();
  expect(bytes).toEqual(copy);
  expect(both.messages('server')).toEqual([copy]);
});

/** Random octets, in turn with repetitions of those at every distance. */
const mixed = (length: number): Uint8Array => {
  const bytes = new Uint8Array(length);
  pseudoRandom(length)(bytes);
  for (let at = 600; at + 60 < length; at += 97) bytes.copyWithin(at, at - (at % 600), at - (at % 600) + 60);
  return bytes;
};

test('C5 with windows of 8 bits all messages arrive, and none is compressed, for no engine keeps to 8 bits', () => {
  const both = pair({ serverMaxWindowBits: 8, threshold: 0 }, { clientMaxWindowBits: 8, threshold: 0 });
  expect(both.agreed).toBe('permessage-deflate; server_max_window_bits=8; client_max_window_bits=8');
  const sent = Array.from({ length: 1_000 }, (_, i) => mixed((i * 7) % 1_500));
  for (const end of ['client', 'server'] as const) {
    both.wires[end].length = 0;
    for (const message of sent) both[end].send(message);
    both[end].sendStart('binary');
    both[end].sendChunk(mixed(700));
    both[end].sendEnd();
    expect(frames(join(both.wires[end])).filter(({ first }) => (first & 0x40) !== 0)).toEqual([]);
  }
  both.deliver();
  const all = [...sent, mixed(700)].map(hex);
  expect(both.messages('server').map((each) => hex(each as Uint8Array))).toEqual(all);
  expect(both.messages('client').map((each) => hex(each as Uint8Array))).toEqual(all);
});

test.each(['client', 'server'] as const)('C18 what a %s may not send leaves nothing in the window', (sender) => {
  const both = pair({ threshold: 0 }, { threshold: 0, deflate: nodeDeflate });
  const end = both[sender];
  const word = 'what repeats, '.repeat(20);
  end.send(word);
  expect(() => end.send({} as never)).toThrow();
  end.sendStart('text');
  end.sendChunk(word);
  for (const refused of [() => end.send(word), () => end.sendStart('text'), () => end.sendChunk(new Uint8Array(9))]) {
    expect(refused).toThrow();
  }
  end.sendEnd();
  end.send(word);
  both.deliver();
  expect(both.messages(sender === 'client' ? 'server' : 'client')).toEqual([word, word, word]);
});

test.each([nodeDeflate, portableDeflate])(
  'C19 a connection that is ended in the midst of (de)compressing ends once, and leaves the engine fit for others',
  (deflate) => {
    const message = mixed(9_000);
    /** Ends `side` with its output of that number; tells whether there was one. */
    const endedAt = (side: 'client' | 'server', number: number): boolean => {
      let left = number;
      const both = pair(
        { threshold: 0, deflate },
        { threshold: 0, deflate },
        () => 3_000,
        Infinity,
        'chunks',
        (at) => {
          if (at !== side || --left !== 0) return;
          both[side].abort();
          both[side].transportClosed();
        },
      );
      both.client.sendStart('binary');
      both.client.sendChunk(message);
      both.client.sendChunk(message);
      both.client.sendEnd();
      both.deliver();
      for (let i = 0; i < 100; i++) both.server.resume();
      both[side].transportClosed();
      expect(both.seen[side].filter(({ type }) => type === 'closed')).toHaveLength(1);
      expect(both.seen[side].at(-1)?.type).toBe('closed');
      return left <= 0;
    };
    for (const side of ['client', 'server'] as const)
      for (let i = 1; endedAt(side, i); i++) expect(i).toBeLessThan(300);
    const both = pair({ deflate }, { deflate });
    both.client.send(message);
    both.deliver();
    expect(both.messages('server')).toEqual([message]);
  },
);
