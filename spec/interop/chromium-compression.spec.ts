/** Chromium's permessage-deflate, in a page, with our server: seen on the wire between them. */
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CompressionOptions, type NodeServer, serve } from '../../adapters/node.ts';
import { beginnings, type Sent, type Tap, tap } from '../support/tap.ts';
import { hasPeer } from './peer.ts';

const CHROMIUM = '/usr/bin/chromium';
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking'];

/** What the page does: sends each of its messages, and returns what came back, as text. */
const TALK = `async (url) => {
  const long = JSON.stringify(Array.from({ length: 400 }, (_, i) => ({ id: i, name: 'name ' + i % 7 })));
  const messages = [long, 'short', new Uint8Array(70000).fill(7), '', long, 'stream', long];
  const socket = new WebSocket(url);
  socket.binaryType = 'arraybuffer';
  const got = [];
  const done = new Promise((resolve, reject) => {
    socket.onmessage = ({ data }) => {
      got.push(typeof data === 'string' ? data : new Uint8Array(data).join());
      if (got.length === messages.length) socket.close(1000);
    };
    socket.onclose = ({ code, reason, wasClean }) => resolve([code, reason, wasClean].join());
  });
  await new Promise((resolve) => { socket.onopen = resolve; });
  for (const message of messages) socket.send(message);
  const end = await done;
  const same = messages.map((message, i) => got[i] === (typeof message === 'string' ? message : message.join()));
  return { extensions: socket.extensions, end, same, streamed: got[5], long: long.length };
}`;

interface Talk {
  readonly extensions: string;
  readonly end: string;
  readonly same: readonly boolean[];
  readonly streamed: string | undefined;
  readonly long: number;
}

const sizes = ({ frames }: Sent): number[] => frames.map(({ payload }) => payload.length);

describe.skipIf(!hasPeer('Chromium', CHROMIUM, '--version'))('with Chromium', () => {
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGS });
    page = await browser.newPage();
  });
  afterAll(async () => {
    await browser?.close();
  });

  /** Lets the page talk to a server with these options, and shows what it saw and what passed. */
  async function talk(compression: CompressionOptions) {
    let server: NodeServer | undefined;
    let between: Tap | undefined;
    try {
      server = await serve({
        compression,
        origins: 'any',
        async message(connection, message) {
          if (message === 'stream') await connection.sendStream(['streamed ', 'in '.repeat(500), 'pieces']);
          else connection.send(message);
        },
      });
      between = await tap(server.port);
      const seen = (await page.evaluate(`(${TALK})('ws://127.0.0.1:${between.port}/')`)) as Talk;
      await server.close({ grace: 1_000 });
      const [connection] = between.passed();
      if (connection === undefined) throw new Error('no connection passed');
      return { seen, ...connection };
    } finally {
      between?.close();
      await server?.close({ grace: 1 });
    }
  }

  it.each<[string, CompressionOptions, string]>([
    ['the defaults', {}, 'permessage-deflate'],
    [
      'no context takeover',
      { serverNoContextTakeover: true, clientNoContextTakeover: true },
      'permessage-deflate; server_no_context_takeover; client_no_context_takeover',
    ],
    [
      'small windows',
      { serverMaxWindowBits: 9, clientMaxWindowBits: 10 },
      'permessage-deflate; server_max_window_bits=9; client_max_window_bits=10',
    ],
  ])('messages come back as they were sent, compressed both ways, with %s', async (_, options, extensions) => {
    const { seen, client, server } = await talk(options);
    expect(client.head).toContain('permessage-deflate; client_max_window_bits');
    expect(seen.extensions).toBe(extensions);
    expect(seen.same).toEqual([true, true, true, true, true, false, true]);
    expect(seen.streamed).toBe(`streamed ${'in '.repeat(500)}pieces`);
    expect(seen.end).toBe('1000,,true');
    expect(beginnings(client).slice(0, 1)).toEqual(['compressed text']);
    expect(beginnings(client)[2]).toBe('compressed binary');
    expect(beginnings(server)).toEqual([
      'compressed text',
      'plain text',
      'compressed binary',
      'plain text',
      'compressed text',
      'compressed text',
      'compressed text',
    ]);
    for (const sent of [client, server]) {
      const total = sizes(sent).reduce((sum, size) => sum + size, 0);
      expect(total).toBeLessThan(seen.long);
    }
  });
});
