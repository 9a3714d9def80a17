/** The extension of examples/message-checksum.ts, alone and together with permessage-deflate. */
import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { connect, serve } from '../../adapters/node.ts';
import { nodeDeflate } from '../../adapters/runtimes/node-deflate.ts';
import { type Extension, type MessageKind, permessageDeflate } from '../../core/index.ts';
import { messageChecksum } from '../../examples/message-checksum.ts';
import { cutAt } from '../support/cuts.ts';
import { events, opened, written } from '../support/opened.ts';
import { frames, hex, join } from '../support/wire.ts';

const LONG = 'what repeats, '.repeat(100);
const BOTH = [permessageDeflate({ deflate: nodeDeflate }), messageChecksum];

/** What a client sends goes to a server that speaks the same, byte by byte. */
function pair(extensions: readonly Extension[]) {
  const client = opened('client', { extensions });
  const server = opened('server', { extensions });
  const pass = (wire: Uint8Array): void => {
    for (const { bytes, start, end } of cutAt(wire, [...wire.keys()]))
      server.connection.receive(bytes.slice(start, end));
  };
  return {
    connection: client.connection,
    sent: () => frames(written(client.outputs)),
    pass: () => pass(written(client.outputs)),
    /** Passes the one frame that was sent with its last byte changed. */
    tamper() {
      const wire = written(client.outputs);
      wire.set([(wire.at(-1) ?? 0) ^ 1], wire.length - 1);
      pass(wire);
    },
    received: () => events(server.outputs).flatMap((event) => (event.type === 'message' ? [event.data] : [])),
    error: () => events(server.outputs).find((event) => event.type === 'error')?.error,
  };
}

const send = (
  connection: ReturnType<typeof pair>['connection'],
  kind: MessageKind,
  pieces: readonly string[],
): void => {
  connection.sendStart(kind);
  for (const piece of pieces) connection.sendChunk(piece);
  connection.sendEnd();
};

describe('alone', () => {
  it('marks messages with RSV2, and ends each in its checksum', () => {
    const both = pair([messageChecksum]);
    both.connection.send('Hello');
    const [frame] = both.sent();
    expect(frame?.first.toString(16)).toBe('a1');
    expect(hex(frame?.payload ?? new Uint8Array())).toBe('48656c6c6ff7d18982'); // the CRC-32 of "Hello"
    both.pass();
    expect(both.received()).toEqual(['Hello']);
  });

  it.each([[[]], [['a']], [['Hello, ', 'world', '!']]])('streams %j', (pieces) => {
    const both = pair([messageChecksum]);
    send(both.connection, 'text', pieces);
    both.connection.send('next');
    both.pass();
    expect(both.received()).toEqual([pieces.join(''), 'next']);
  });

  it('fails a connection with 1002 where what comes is not what was sent', () => {
    const both = pair([messageChecksum]);
    both.connection.send('Hello');
    both.tamper();
    expect(both.received()).toEqual([]);
    expect(both.error()).toMatchObject({ violation: 'extension-data-invalid', closeCode: 1002 });
  });
});

describe('behind permessage-deflate', () => {
  it('sums what was compressed, and each marks its own messages (RFC 6455 §9.1)', () => {
    const both = pair(BOTH);
    const messages = [LONG, 'short', LONG];
    for (const message of messages) both.connection.send(message);
    both.connection.send(LONG, { compress: false });
    const sent = both.sent();
    expect(sent.map(({ first }) => first.toString(16))).toEqual(['e1', 'a1', 'e1', 'a1']);
    for (const { payload } of sent) {
      const sum = new DataView(payload.buffer, payload.byteOffset).getUint32(payload.length - 4);
      expect(sum).toBe(crc32(payload.subarray(0, -4)));
    }
    expect(sent[0]?.payload.length).toBeLessThan(LONG.length / 10);
    both.pass();
    expect(both.received()).toEqual([...messages, LONG]);
  });

  it('streams, marked on the first frame alone', () => {
    const both = pair(BOTH);
    send(both.connection, 'text', [LONG, 'a', LONG]);
    expect(both.sent().map(({ first }) => first.toString(16))).toEqual(['61', '0', '0', '80']);
    both.pass();
    expect(both.received()).toEqual([`${LONG}a${LONG}`]);
  });

  it('is undone first, so that nothing is inflated whose checksum is wrong in the last frame', () => {
    const both = pair(BOTH);
    both.connection.send(LONG);
    both.tamper();
    expect(both.error()).toMatchObject({ violation: 'extension-data-invalid' });
    expect(both.received()).toEqual([]);
  });

  it('is agreed on with a real server, in that order', async () => {
    const options = { compression: true, extensions: [messageChecksum] };
    const server = await serve({ ...options, message: (connection, message) => void connection.send(message) });
    const client = await connect(server.url, options);
    expect(client.extensions).toBe('permessage-deflate, message-checksum');
    client.send(LONG);
    await client.sendStream([Uint8Array.of(1, 2), join([Uint8Array.of(3), new Uint8Array(5_000)])]);
    expect(await client.receive()).toBe(LONG);
    expect(await client.receive()).toHaveLength(5_003);
    expect((await client.close()).clean).toBe(true);
    const plain = await connect(server.url, { compression: true });
    expect(plain.extensions).toBe('permessage-deflate');
    await server.close({ grace: 100 });
  });
});
