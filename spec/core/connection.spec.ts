import { describe, expect, test } from 'vitest';
import { Connection } from '../../core/connection.ts';
import { UsageError } from '../../core/errors.ts';
import type { Output } from '../../core/events.ts';
import type { Extension, ExtensionCodec } from '../../core/extensions/extension.ts';
import { DEFAULT_LIMITS } from '../../core/limits.ts';
import {
  events,
  isEvent,
  type Opened,
  type OpenedOptions,
  opened,
  pseudoRandom,
  REQUEST,
  written,
} from '../support/opened.ts';
import { bytes, frame, frames, hex, join } from '../support/wire.ts';

const types = (outputs: readonly Output[]): string => outputs.map(({ type }) => type).join(' ');

/** What was written, frame by frame, without masking. */
const sent = (outputs: readonly Output[]): string[] =>
  frames(written(outputs)).map(({ first, payload }) => `${first.toString(16)} ${hex(payload)}`.trim());

const HELLO = '81 05 48 65 6c 6c 6f';
const CLOSE = '88 02 03 e8';

/** An open client whose outputs are answered by `answer`. */
function answering(answer: (connection: Connection, output: Output) => void, options: OpenedOptions = {}): Opened {
  let ready: Connection | undefined;
  const all = opened('client', {
    ...options,
    output: (output) => {
      if (ready !== undefined) answer(ready, output);
    },
  });
  ready = all.connection;
  return all;
}

describe('the opening handshake', () => {
  test('is begun by a client with its request, under a deadline', () => {
    const outputs: Output[] = [];
    const connection = new Connection({
      role: 'client',
      request: { host: 'example.com', target: '/chat' },
      getRandomValues: pseudoRandom(),
      output: (output) => outputs.push(output),
    });
    expect(connection).toMatchObject({ role: 'client', state: 'connecting.awaitingResponse', phase: 'connecting' });
    expect(outputs).toEqual([]);
    connection.start();
    expect(types(outputs)).toBe('deadline write');
    expect(String.fromCharCode(...written(outputs))).toMatch(/^GET \/chat HTTP\/1\.1\r\nHost: example\.com\r\n/);
  });

  test.each(['client', 'server'] as const)('is begun by a %s once', (role) => {
    const { connection, outputs } = opened(role);
    expect(() => connection.start()).toThrow(UsageError);
    expect(outputs).toEqual([]);
    expect(connection.state).toBe('open');
  });

  test('is awaited by a server, under a deadline', () => {
    const outputs: Output[] = [];
    const connection = new Connection({ role: 'server', output: (output) => outputs.push(output) });
    connection.start();
    expect(connection).toMatchObject({ role: 'server', state: 'connecting.awaitingRequest', phase: 'connecting' });
    expect(outputs).toEqual([{ type: 'deadline', milliseconds: 10_000 }]);
  });

  test.each<[string, object]>([
    ['a limit that is none', { limits: { messageBytes: -1 } }],
    ['a deadline that is none', { deadlines: { ping: 0 } }],
  ])('does not begin with %s (LT8)', (_, options) => {
    expect(() => opened('client', options)).toThrow(UsageError);
    expect(() => opened('server', options)).toThrow(UsageError);
  });

  test('takes a request that was parsed elsewhere, and the frames behind it', () => {
    const outputs: Output[] = [];
    const connection: Connection = new Connection({ role: 'server', output: (output) => outputs.push(output) });
    connection.start();
    connection.receiveRequest({
      method: 'GET',
      target: '/',
      version: '1.1',
      fields: [
        ['Host', 'x'],
        ['Upgrade', 'websocket'],
        ['Connection', 'Upgrade'],
        ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
        ['Sec-WebSocket-Version', '13'],
      ],
    });
    connection.receive(frame(0x81, bytes('61'), bytes('01 02 03 04')));
    expect(types(events(outputs))).toBe('request');
    expect(connection.accept()).toBe(true);
    expect(types(events(outputs))).toBe('request open message');
    expect(() => connection.accept()).toThrow(UsageError);
    expect(() => connection.refuse({ status: 403 })).toThrow(UsageError);
  });

  test.each([
    ['at once', false],
    ['later, once more has come', true],
  ])('is taken %s, and only once (F18)', (_, late) => {
    const seen: string[] = [];
    const connection: Connection = new Connection({
      role: 'server',
      output(output) {
        if (isEvent(output)) seen.push(output.type);
        if (output.type === 'request' && !late) expect(connection.accept()).toBe(true);
      },
    });
    connection.receive(REQUEST.slice());
    connection.receive(frame(0x81, bytes('61'), bytes('01 02 03 04')));
    if (late) expect(connection.accept()).toBe(true);
    expect(() => connection.accept()).toThrow(UsageError);
    expect(() => connection.refuse({ status: 403 })).toThrow(UsageError);
    expect([seen, connection.state]).toEqual([['request', 'open', 'message'], 'open']);
  });

  test('is taken by nobody once its client has gone (F18)', () => {
    const connection = new Connection({ role: 'server', output() {} });
    connection.receive(REQUEST.slice());
    connection.transportClosed();
    expect(connection.accept()).toBe(false);
  });

  test('may be refused', () => {
    const outputs: Output[] = [];
    const connection: Connection = new Connection({
      role: 'server',
      output: (output) => {
        outputs.push(output);
        if (output.type === 'request') expect(connection.refuse({ status: 403 })).toBe(true);
      },
    });
    connection.receive(
      bytes(
        hex(
          new TextEncoder().encode(
            'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
          ),
        ),
      ),
    );
    expect(String.fromCharCode(...written(outputs))).toMatch(/^HTTP\/1\.1 403 /);
    expect(types(outputs)).toBe('request deadline write end');
    expect(connection.phase).toBe('closing');
  });
});

describe.each(['client', 'server'] as const)('a %s', (role) => {
  test('answers from within a handler before the Close that stood in the same chunk is answered', () => {
    const { connection, outputs } = opened(role, {
      output: (output) => {
        if (output.type === 'message') expect(connection.send('answer')).toBeGreaterThan(0);
      },
    });
    const key = role === 'server' ? bytes('01 02 03 04') : undefined;
    connection.receive(join([frame(0x81, bytes('61'), key), frame(0x88, bytes('03 e8'), key)]));
    expect(sent(outputs)).toEqual([`81 ${hex(new TextEncoder().encode('answer'))}`, '88 03e8']);
    expect(outputs.filter(({ type }) => type === 'write')).toHaveLength(role === 'server' ? 1 : 1);
  });

  test('lets what one call writes leave as one write', () => {
    const { connection, outputs } = opened(role, {
      output: (output) => {
        if (output.type === 'message') connection.send('x');
      },
    });
    const key = role === 'server' ? bytes('00 00 00 00') : undefined;
    connection.receive(join(Array.from({ length: 1_000 }, () => frame(0x81, bytes('61'), key))));
    expect(outputs.filter(({ type }) => type === 'write')).toHaveLength(1);
    expect(sent(outputs)).toHaveLength(1_000);
  });

  test('reads thousands of tiny frames of one chunk without a stack of calls (E5)', () => {
    const { connection, outputs } = opened(role);
    const wire = role === 'server' ? '8a 80 00 00 00 00' : '8a 00';
    const chunk = bytes(wire.repeat(200_000));
    connection.receive(chunk);
    expect(outputs).toHaveLength(200_000);
    expect(connection.state).toBe('open');
  });

  test.each([
    ['message', 'frame-too-big', 'frameBytes'],
    ['message of fragments', 'message-too-big', 'messageBytes'],
  ] as const)('refuses a %s above the default limit without options (B8)', (_, violation, limit) => {
    const { connection, outputs } = opened(role);
    const length = (DEFAULT_LIMITS[limit] + (violation === 'frame-too-big' ? 1 : 0)).toString(16).padStart(16, '0');
    const mask = role === 'server' ? 'ff' : '7f';
    const before = violation === 'frame-too-big' ? '' : role === 'server' ? '02 81 00 00 00 00 61' : '02 01 61';
    connection.receive(bytes(`${before} ${violation === 'frame-too-big' ? '82' : '80'} ${mask} ${length}`));
    expect(outputs.find(({ type }) => type === 'error')).toMatchObject({ error: { violation, closeCode: 1009 } });
  });
});

describe('a host that hands over its own kind of byte array', () => {
  test('gets messages that are plain, and keep no chunk alive (B17)', () => {
    const { connection, outputs } = opened('client');
    const slab = Buffer.alloc(8_192);
    slab.set(bytes('82 02 61 62 89 01 63 01 01 64'), 100);
    connection.receive(slab.subarray(100, 110));
    const [message, ping] = events(outputs);
    slab.fill(0);
    expect(message).toEqual({ type: 'message', data: bytes('61 62') });
    expect(ping).toEqual({ type: 'ping', payload: bytes('63') });
    const data = message?.type === 'message' ? message.data : undefined;
    expect(Object.getPrototypeOf(data)).toBe(Uint8Array.prototype);
  });
});

describe('a chunk that is one message', () => {
  const KEY = bytes('37 fa 21 3d');
  const one = (text: string): Uint8Array => frame(0x81, new TextEncoder().encode(text), KEY);

  /** An open server, and what its program sees; `act` is done within the handler of the first message. */
  function within(act: (connection: Connection) => void, options: OpenedOptions = {}) {
    const log: string[] = [];
    const all: Opened = opened('server', {
      ...options,
      output(output) {
        if (output.type === 'message') {
          log.push(`${output.data} begins`);
          if (output.data === '1') act(all.connection);
          log.push(`${output.data} ends`);
        } else if (output.type !== 'write' && output.type !== 'deadline') log.push(output.type);
      },
    });
    log.length = 0;
    return { ...all, log };
  }

  test('lets its handler end before the next one, which came from within it, begins (D13)', () => {
    const { connection, log } = within((self) => self.receive(one('2')));
    connection.receive(one('1'));
    expect(log).toEqual(['1 begins', '1 ends', '2 begins', '2 ends']);
  });

  test('lets it end before the end of the transport, which came from within it', () => {
    const { connection, log } = within((self) => {
      self.receiveEnd();
      self.transportClosed();
    });
    connection.receive(one('1'));
    expect(log).toEqual(['1 begins', '1 ends', 'closed']);
  });

  test('waits while the program has paused, from within the handler too', () => {
    const { connection, log } = within((self) => self.pause());
    connection.receive(one('1'));
    connection.receive(one('2'));
    expect(log).toEqual(['1 begins', 'pause', '1 ends']);
    connection.resume();
    expect(log).toEqual(['1 begins', 'pause', '1 ends', '2 begins', '2 ends', 'resume']);
  });

  test('is answered at once, and behind our Close the next is still read (RFC 6455 §5.5.1)', () => {
    const { connection, log, outputs } = within((self) => {
      self.send('answer');
      self.close(1000);
    });
    connection.receive(one('1'));
    connection.receive(one('2'));
    expect(sent(outputs)).toEqual([`81 ${hex(new TextEncoder().encode('answer'))}`, '88 03e8']);
    expect(log).toEqual(['1 begins', '1 ends', '2 begins', '2 ends']);
  });

  test('is the last one where its handler ends the transport', () => {
    const { connection, log } = within((self) => self.abort());
    connection.receive(one('1'));
    connection.receive(one('2'));
    expect(log).toEqual(['1 begins', 'abort', '1 ends']);
  });

  test('comes behind what waits', () => {
    const { connection, log } = within(() => undefined);
    const [first, second] = [one('1'), one('2')];
    connection.receive(first.slice(0, 6));
    connection.receive(Uint8Array.of(...first.slice(6), ...second.slice(0, 1)));
    connection.receive(second.slice(1));
    connection.receive(one('3'));
    expect(log.filter((line) => line.endsWith('begins'))).toEqual(['1 begins', '2 begins', '3 begins']);
  });

  test('loses nothing where its handler throws', () => {
    const { connection, log } = within(() => {
      throw new Error('mine');
    });
    expect(() => connection.receive(one('1'))).toThrow('mine');
    connection.receive(one('2'));
    expect(log).toEqual(['1 begins', '2 begins', '2 ends']);
  });
});

describe('sending', () => {
  test('is text for a string, binary for everything else, and says what waits', () => {
    const { connection, outputs } = opened('server');
    expect(connection.send('a')).toBe(0);
    expect(connection.send(bytes('62'))).toBe(0);
    expect(connection.send(new Float32Array(1))).toBe(0);
    expect(connection.send(bytes('63').buffer, { transfer: true })).toBe(0);
    expect(sent(outputs)).toEqual(['81 61', '82 62', '82 00000000', '82 63']);
    connection.reportQueued(5);
    expect(connection.bufferedAmount).toBe(5);
    expect(connection.send('')).toBe(5);
  });

  test('says what waits while it is gathered', () => {
    let waiting = 0;
    const { connection } = answering((each, output) => {
      if (output.type === 'message') waiting = each.send('abc');
    });
    connection.receive(bytes(HELLO));
    expect(waiting).toBe(9);
    expect(connection.bufferedAmount).toBe(0);
  });

  test('leaves the caller\u2019s bytes as they are, whatever becomes of them (I7)', () => {
    for (const size of [10, 20_000]) {
      const data = Uint8Array.from({ length: size }, (_, i) => i);
      const { connection, outputs } = opened('client');
      connection.send(data);
      connection.send(data);
      expect(data).toEqual(Uint8Array.from({ length: size }, (_, i) => i));
      const expected = hex(data);
      data.fill(0);
      expect(sent(outputs)).toEqual([`82 ${expected}`, `82 ${expected}`]);
    }
  });

  test('keeps bytes that are given away as they are where nothing masks them', () => {
    const data = new Uint8Array(20_000);
    const { connection, outputs } = opened('server');
    connection.send(data, { transfer: true });
    expect(outputs).toMatchObject([{ type: 'write', chunks: [{ length: 4 }, data] }]);
    expect(outputs[0]?.type === 'write' && outputs[0].chunks[1]).toBe(data);
  });

  test('fails the connection where the peer does not read and the program does not stop (B13)', () => {
    const { connection, outputs } = opened('server', { limits: { queueBytes: 100 } });
    connection.reportQueued(100);
    expect(connection.send('a')).toBe(100);
    connection.reportQueued(101);
    expect(connection.send('b')).toBe(-1);
    expect(types(outputs)).toBe('write deadline error write abort');
    expect(outputs.find(({ type }) => type === 'error')).toMatchObject({ error: { violation: 'queue-too-big' } });
    expect(connection.send('c')).toBe(-1);
    expect(connection.ping()).toBe(false);
    connection.transportClosed();
    expect(outputs.at(-1)).toMatchObject({ type: 'closed', code: 1006, sent: { code: 1008 } });
  });

  test('of Pings and Pongs takes up to 125 bytes', () => {
    const { connection, outputs } = opened('client');
    expect(connection.ping()).toBe(true);
    expect(connection.pong('\u00e9')).toBe(true);
    expect(connection.ping(new Uint8Array(125))).toBe(true);
    expect(sent(outputs)).toEqual(['89', '8a c3a9', `89 ${'00'.repeat(125)}`]);
    expect(() => connection.ping(new Uint8Array(126))).toThrow(UsageError);
    expect(() => connection.pong('\u20ac'.repeat(42))).toThrow(UsageError);
    expect(sent(outputs)).toHaveLength(3);
  });

  test.each([50, true, null, undefined, {}, [1], Symbol('x'), () => 0])(
    'takes nothing that is no data: %s (I1)',
    (data) => {
      const { connection, outputs } = opened('client');
      expect(() => connection.send(data as unknown as string)).toThrow(UsageError);
      if (data !== undefined) {
        expect(() => connection.ping(data as unknown as string)).toThrow(UsageError);
        expect(() => connection.pong(data as unknown as string)).toThrow(UsageError);
      }
      expect(outputs).toEqual([]);
      expect(connection.state).toBe('open');
    },
  );

  test('masks each frame with a key of its own (I4)', () => {
    const { connection, outputs } = opened('client');
    for (let i = 0; i < 1_000; i++) {
      connection.send('');
      connection.ping();
    }
    connection.close();
    const keys = frames(written(outputs)).map(({ key }) => hex(key ?? new Uint8Array(0)));
    expect(keys).toHaveLength(2_001);
    expect(new Set(keys).size).toBeGreaterThan(1_990);
  });
});

describe('closing', () => {
  test('is clean where both Closes passed', () => {
    const { connection, outputs } = opened('client');
    expect(connection.close(4000, 'bye')).toBe(true);
    expect(connection).toMatchObject({ phase: 'closing', state: 'closing.closeSent' });
    connection.receive(bytes('88 05 0f a1 62 79 65'));
    expect(connection.state).toBe('closing.bothSent');
    connection.receiveEnd();
    connection.transportClosed();
    expect(sent(outputs)).toEqual(['88 0fa0627965']);
    expect(types(outputs)).toBe('deadline write end deadline closed');
    expect(outputs.at(-1)).toEqual({
      type: 'closed',
      code: 4001,
      reason: 'bye',
      clean: true,
      sent: { code: 4000, reason: 'bye' },
      error: undefined,
    });
    expect(connection.phase).toBe('closed');
  });

  test.each<[unknown[], string]>([
    [[], '88'],
    [[1000], '88 03e8'],
    [[undefined, 'x'], '88 03e878'],
    [[3000, ''], '88 0bb8'],
  ])('with %j sends %j', (args, expected) => {
    const { connection, outputs } = opened('server');
    connection.close(...(args as [number]));
    expect(sent(outputs)).toEqual([expected]);
  });

  test.each<[unknown, unknown]>([
    ...['1000', 1000n, NaN, 1000.5, {}, Infinity].map((code): [unknown, unknown] => [code, 'x']),
    ...[5, null, {}, ['x'], new Float32Array(20), new Uint8Array(2), true, Symbol('x')].map(
      (reason): [unknown, unknown] => [1000, reason],
    ),
  ])('does not take %s and %s for a code and a reason (I1, I2, I14)', (code, reason) => {
    for (const role of ['client', 'server'] as const) {
      const { connection, outputs } = opened(role);
      expect(() => connection.close(code as number, reason as string)).toThrow(UsageError);
      expect([connection.state, outputs]).toEqual(['open', []]);
    }
  });

  test.each<[number | undefined, string]>([
    [1005, ''],
    [1006, ''],
    [1015, ''],
    [999, ''],
    [2999, ''],
    [5000, ''],
    [NaN, ''],
    [1000.5, ''],
    [1000, '\u00e9'.repeat(62)],
    [undefined, 'a'.repeat(124)],
  ])('with %s and %j is a mistake that changes nothing (I14)', (code, reason) => {
    const { connection, outputs } = opened('client');
    expect(() => connection.close(code, reason)).toThrow(UsageError);
    expect(outputs).toEqual([]);
    expect(connection.state).toBe('open');
  });

  test('is begun once (G11)', () => {
    const { connection, outputs } = opened('client');
    expect(connection.close(1000)).toBe(true);
    expect(connection.close(1001)).toBe(false);
    expect(connection.send('a')).toBe(-1);
    expect(connection.ping()).toBe(false);
    expect(connection.pong()).toBe(false);
    connection.receive(bytes(CLOSE));
    expect(connection.close()).toBe(false);
    expect(sent(outputs)).toEqual(['88 03e8']);
  });

  test('gives up an opening handshake', () => {
    const outputs: Output[] = [];
    const connection = new Connection({ role: 'server', output: (output) => outputs.push(output) });
    expect(connection.close()).toBe(true);
    connection.transportClosed();
    expect(types(outputs)).toBe('deadline end deadline closed');
  });

  test('is abnormal where the transport ends without a Close (CC15)', () => {
    const { connection, outputs } = opened('client');
    const error = new Error('reset');
    connection.transportClosed(error);
    expect(outputs.at(-1)).toEqual({ type: 'closed', code: 1006, reason: '', clean: false, sent: undefined, error });
    connection.transportClosed(new Error('again'));
    expect(events(outputs)).toHaveLength(1);
  });

  test('keeps the peer\u2019s code where the transport fails behind the Closes, and tells of that', () => {
    const { connection, outputs } = opened('server');
    const error = new Error('reset');
    connection.receive(frame(0x88, bytes('03 e8'), bytes('01 02 03 04')));
    connection.transportClosed(error);
    expect(outputs.at(-1)).toMatchObject({ type: 'closed', code: 1000, error });
  });

  test('is not clean where our reply could not be written (CC12)', () => {
    let isBroken = false;
    const lost = opened('server', {
      output: ({ type }) => {
        if (isBroken && type === 'write') throw new Error('no network');
      },
    });
    isBroken = true;
    const close = (): Uint8Array => frame(0x88, bytes('03 e8'), bytes('01 02 03 04'));
    expect(() => lost.connection.receive(close())).toThrow('no network');
    lost.connection.transportClosed();
    expect(lost.outputs.at(-1)).toMatchObject({ type: 'closed', code: 1000, clean: false });

    const stuck = opened('server');
    stuck.connection.receive(close());
    stuck.connection.reportQueued(4);
    stuck.connection.transportClosed(new Error('reset'));
    expect(stuck.outputs.at(-1)).toMatchObject({ type: 'closed', code: 1000, clean: false });

    const taken = opened('server');
    taken.connection.receive(close());
    taken.connection.reportQueued(0);
    taken.connection.transportClosed(new Error('reset'));
    expect(taken.outputs.at(-1)).toMatchObject({ type: 'closed', code: 1000, clean: true });
  });

  test('takes no longer than its deadline (H12)', () => {
    const { connection, outputs } = opened('client', { deadlines: { closing: 7 } });
    connection.close();
    expect(outputs[0]).toEqual({ type: 'deadline', milliseconds: 7 });
    connection.expire();
    expect(types(outputs)).toBe('deadline write abort');
    connection.transportClosed();
    expect(outputs.at(-1)).toMatchObject({ type: 'closed', code: 1006, clean: false });
  });

  test('answers the end of the input with a Close of its own (CC19)', () => {
    const { connection, outputs } = opened('server');
    connection.receiveEnd();
    expect(sent(outputs)).toEqual(['88']);
    expect(types(outputs)).toBe('deadline write end');
  });
});

describe('aborting', () => {
  test('writes what was sent before, and nothing after (G11)', () => {
    const { connection, outputs } = answering((each, output) => {
      if (output.type !== 'message') return;
      each.send('a');
      each.abort();
      each.send('b');
      each.close();
    });
    connection.receive(bytes(`${HELLO} ${HELLO}`));
    expect(types(outputs)).toBe('message deadline write abort');
    expect(sent(outputs)).toEqual(['81 61']);
    connection.transportClosed();
    expect(outputs.at(-1)).toMatchObject({ code: 1006, clean: false });
  });

  test('from within the report of an error leaves nothing to be done to the transport (E6)', () => {
    const { connection, outputs } = answering((each, output) => {
      if (output.type === 'error') each.abort();
    });
    connection.receive(bytes('83 00'));
    expect(types(outputs)).toBe('deadline error abort');
    connection.transportClosed();
    expect(types(outputs)).toBe('deadline error abort deadline closed');
    expect(outputs.at(-1)).toMatchObject({ code: 1006, clean: false });
  });

  test('is followed by nothing but `closed`, also where the transport is gone at once (E6, H5)', () => {
    const { connection, outputs } = answering((each, output) => {
      if (output.type === 'error') each.abort();
      if (output.type === 'abort') each.transportClosed();
    });
    connection.receive(bytes('83 00'));
    expect(types(outputs)).toBe('deadline error abort deadline closed');
  });
});

describe('a handler', () => {
  test('that calls back whatever is reported comes to an end (E6)', () => {
    const { connection, outputs } = answering((each, output) => {
      if (!['message', 'error', 'closed', 'ping'].includes(output.type)) return;
      each.send('x');
      each.ping();
      each.close(1001);
      each.pause();
      each.resume();
    });
    connection.receive(bytes(`89 00 ${HELLO} ff ff`));
    connection.transportClosed();
    expect(types(events(outputs))).toBe('ping message error closed');
    expect(sent(outputs)).toEqual(['8a', '81 78', '89', '88 03e9']);
  });

  test('that throws loses no output, and its error comes out of the outermost call (D13)', () => {
    const failure = new Error('mine');
    const { connection, outputs } = answering((_, output) => {
      if (output.type === 'message') throw failure;
    });
    expect(() => connection.receive(bytes(`${HELLO} 89 00 ${CLOSE}`))).toThrow(failure);
    expect(types(events(outputs))).toBe('message ping');
    expect(sent(outputs)).toEqual(['8a', '88 03e8']);
    connection.receiveEnd();
    connection.transportClosed();
    expect(outputs.at(-1)).toMatchObject({ clean: true });
  });

  test('may hand over bytes itself: they come behind those being read (D13)', () => {
    const { connection, outputs } = answering((each, output) => {
      if (output.type === 'ping') each.receive(bytes('82 01 02'));
    });
    connection.receive(bytes('89 00 82 01 01'));
    expect(events(outputs)).toMatchObject([{ type: 'ping' }, { data: bytes('01') }, { data: bytes('02') }]);
  });

  test('may end the connection in the middle of a chunk', () => {
    const { connection, outputs } = answering((each, output) => {
      if (output.type === 'message') each.transportClosed();
    });
    connection.receive(bytes(`${HELLO} ${HELLO}`));
    expect(types(events(outputs))).toBe('message message closed');
  });
});

describe('a Close that is held', () => {
  const QUESTION = `${HELLO} ${CLOSE} 89 00`;
  const held = (role: 'client' | 'server', options: OpenedOptions = {}): Opened => {
    const all = opened(role, options);
    all.connection.holdClose(true);
    all.connection.receive(
      role === 'client'
        ? bytes(QUESTION)
        : join([frame(0x81, bytes('48'), bytes('01020304')), frame(0x88, bytes('03e8'), bytes('01020304'))]),
    );
    return all;
  };

  test.each(['client', 'server'] as const)(
    'lets a %s answer what came before it, and reads nothing behind it',
    (role) => {
      const { connection, outputs } = held(role);
      expect(connection.state).toBe('open');
      expect(outputs.at(-1)).toEqual({ type: 'pause' });
      expect(connection.send('a')).toBeGreaterThanOrEqual(0);
      connection.holdClose(true);
      connection.holdClose(false);
      expect(sent(outputs)).toEqual(['81 61', '88 03e8']);
      expect(connection.state).toBe('closing.bothSent');
      expect(outputs.some(({ type }) => type === 'ping')).toBe(false);
      connection.receiveEnd();
      connection.transportClosed();
      expect(outputs.at(-1)).toMatchObject({ type: 'closed', code: 1000, clean: true });
    },
  );

  test('is answered at once where nothing holds it', () => {
    const { connection, outputs } = opened('client');
    connection.holdClose(true);
    connection.holdClose(false);
    connection.receive(bytes(CLOSE));
    expect(sent(outputs)).toEqual(['88 03e8']);
  });

  test('is answered at the closing deadline', () => {
    const { connection, outputs } = held('server', { deadlines: { closing: 77 } });
    expect(outputs.filter(({ type }) => type === 'deadline').at(-1)).toEqual({ type: 'deadline', milliseconds: 77 });
    connection.expire();
    expect(sent(outputs)).toEqual(['88 03e8']);
    expect(connection.state).toBe('closing.bothSent');
  });

  test('is met by ours', () => {
    const { connection, outputs } = held('server');
    connection.close(3000, 'a');
    expect(sent(outputs)).toEqual(['88 0bb861']);
    expect(connection.state).toBe('closing.bothSent');
  });

  test.each(['receiveEnd', 'transportClosed'] as const)(
    'comes before the end (%s), and is released by `resume`',
    (end) => {
      const { connection, outputs } = held('server');
      connection[end]();
      expect(connection.state).toBe('open');
      connection.send('a');
      connection.resume();
      expect(sent(outputs)).toEqual(['81 61', '88 03e8']);
      if (end === 'receiveEnd') connection.transportClosed();
      expect(outputs.at(-1)).toMatchObject({ type: 'closed', code: 1000, clean: true });
    },
  );

  test('is forgotten where the transport is given up', () => {
    const { connection, outputs } = held('client');
    connection.abort();
    connection.holdClose(false);
    connection.expire();
    connection.transportClosed();
    expect(sent(outputs)).toEqual([]);
    expect(outputs.at(-1)).toMatchObject({ type: 'closed', code: 1000, clean: false });
  });

  test('does not wait where ours is out already', () => {
    const { connection } = opened('client');
    connection.holdClose(true);
    connection.close(1000);
    connection.receive(bytes(CLOSE));
    expect(connection.state).toBe('closing.bothSent');
  });
});

describe('pausing', () => {
  test('delivers nothing, tells the host, and loses nothing (H11)', () => {
    const wire = `${HELLO} 89 00 82 01 61 ${CLOSE}`;
    const whole = bytes(wire);
    for (let at = 0; at <= whole.length; at++) {
      const { connection, outputs } = opened('client');
      connection.receive(whole.slice(0, at));
      const seen = events(outputs).length;
      connection.pause();
      connection.receive(whole.slice(at));
      expect(events(outputs)).toHaveLength(seen);
      expect(outputs.filter(({ type }) => type === 'pause')).toHaveLength(at === whole.length ? 0 : 1);
      connection.resume();
      expect(events(outputs)).toMatchObject([{ data: 'Hello' }, { type: 'ping' }, { data: bytes('61') }]);
      expect(connection.state).toBe('closing.bothSent');
    }
  });

  test('from within a handler holds the rest of the chunk back', () => {
    const { connection, outputs } = answering((each, output) => {
      if (output.type === 'message') each.pause();
    });
    connection.receive(bytes(`${HELLO} ${HELLO} ${HELLO}`));
    expect(types(outputs)).toBe('message pause');
    connection.resume();
    expect(types(outputs)).toBe('message pause message');
    connection.resume();
    expect(types(outputs)).toBe('message pause message message');
    connection.resume();
    expect(types(outputs)).toBe('message pause message message resume');
  });

  test('holds `closed` back where messages wait before it (H3, H4)', () => {
    const { connection, outputs } = opened('client');
    connection.pause();
    connection.receive(bytes(`${HELLO} ${CLOSE}`));
    connection.transportClosed();
    expect(events(outputs)).toEqual([]);
    connection.resume();
    expect(events(outputs)).toMatchObject([{ data: 'Hello' }, { type: 'closed', code: 1000 }]);
  });

  test('does not hold back the end of what is aborted', () => {
    const { connection, outputs } = opened('client');
    connection.pause();
    connection.receive(bytes(HELLO));
    connection.abort();
    connection.transportClosed();
    expect(types(events(outputs))).toBe('closed');
  });

  test('has a limit for what comes all the same', () => {
    const { connection, outputs } = opened('client', { limits: { backlogBytes: 10 } });
    connection.pause();
    connection.receive(new Uint8Array(10));
    expect(connection.state).toBe('open');
    connection.receive(new Uint8Array(1));
    expect(outputs.find(({ type }) => type === 'error')).toMatchObject({
      error: { violation: 'backlog-too-big', closeCode: 1008 },
    });
    expect(connection.state).toBe('closing.failed');
  });

  test('message by message costs a chunk of tiny ones no more than reading it (E4)', () => {
    let seen = 0;
    const { connection } = answering((each, output) => {
      if (output.type !== 'message') return;
      seen++;
      each.pause();
    });
    connection.receive(bytes('81 00'.repeat(100_000)));
    for (let i = 0; i < 100_000; i++) connection.resume();
    expect(seen).toBe(100_000);
  }, 5_000);
});

describe('keepalive', () => {
  test('pings, counts any byte as life, and measures', () => {
    let now = 0;
    const { connection, outputs } = opened('client', { now: () => now });
    connection.expire();
    expect(sent(outputs)).toEqual(['89 00000001']);
    expect(connection.latency).toBeUndefined();
    now = 12;
    connection.receive(bytes('8a 04 00 00 00 01'));
    expect(connection.latency).toBe(12);
    connection.expire();
    connection.receive(bytes('81'));
    connection.expire();
    connection.expire();
    expect(connection.state).toBe('open');
  });

  test('gives a silent peer up (H8)', () => {
    const { connection, outputs } = opened('client');
    connection.expire();
    connection.expire();
    connection.expire();
    expect(events(outputs)).toMatchObject([{ type: 'error', error: { violation: 'pong-missing' } }]);
    expect(types(outputs)).toBe('deadline write deadline deadline error write abort');
    connection.transportClosed();
    expect(outputs.at(-1)).toMatchObject({ code: 1006, sent: { code: 1011 } });
  });

  test('does not blame a peer that is not listened to', () => {
    const { connection } = opened('client');
    connection.pause();
    for (let i = 0; i < 10; i++) connection.expire();
    expect(connection.state).toBe('open');
  });

  test('needs no answer from a peer that cannot be reached while one waits to be written', () => {
    const { connection, outputs } = opened('client', { limits: { pongBytes: 0 } });
    connection.reportQueued(1);
    connection.receive(bytes('89 01 61 89 01 62'));
    expect(sent(outputs)).toEqual([]);
    connection.reportQueued(0);
    expect(sent(outputs)).toEqual(['8a 62']);
  });
});

test.each(['client', 'server'] as const)(
  'a %s that has failed drops what still comes, and puts nothing out (E7)',
  (role) => {
    const { connection, outputs } = opened(role);
    connection.receive(bytes('83'));
    const { length } = outputs;
    expect(types(outputs)).toMatch(/error.* write end$/);
    for (let i = 0; i < 1_000; i++) connection.receive(new Uint8Array(1_024));
    connection.resume();
    expect(outputs).toHaveLength(length);
    expect([connection.state, connection.bufferedAmount]).toEqual(['closing.failed', 0]);
  },
);

test('a clock that jumps ends nothing: only silence after a Ping does (LT10)', () => {
  let now = 0;
  const { connection, outputs } = opened('client', { now: () => now });
  for (const jump of [3_600_000, 2 ** 31, 2 ** 53]) {
    now += jump;
    connection.expire();
    connection.receive(bytes('8a 00'));
    connection.expire();
    connection.receive(bytes('8a 00'));
    expect(connection.state).toBe('open');
  }
  expect(types(events(outputs))).not.toMatch(/error|closed/);
});

describe('every command in every state (CC17)', () => {
  const CASES: Readonly<Record<string, () => Opened>> = {
    'connecting, as a client': () => {
      const outputs: Output[] = [];
      const connection = new Connection({
        role: 'client',
        request: { host: 'x', target: '/' },
        getRandomValues: pseudoRandom(),
        output: (output) => outputs.push(output),
      });
      return { connection, outputs };
    },
    'connecting, as a server': () => {
      const outputs: Output[] = [];
      return { connection: new Connection({ role: 'server', output: (output) => outputs.push(output) }), outputs };
    },
    open: () => opened('client'),
    'closing, ours sent': () => openedThen((connection) => connection.close()),
    'closing, both sent': () => openedThen((connection) => connection.receive(bytes(CLOSE))),
    'closing, failed': () => openedThen((connection) => connection.receive(bytes('83'))),
    'closing, draining': () => openedThen((connection) => connection.abort()),
    closed: () => openedThen((connection) => connection.transportClosed()),
  };

  function openedThen(call: (connection: Connection) => void): Opened {
    const all = opened('client');
    call(all.connection);
    return all;
  }

  const phaseOf = (name: string): string => name.split(',')[0] ?? '';

  test.each(Object.entries(CASES))('%s', (name, create) => {
    const phase = phaseOf(name);
    for (const command of ['send', 'ping', 'pong'] as const) {
      const { connection } = create();
      expect(connection.phase).toBe(phase);
      if (phase === 'connecting') expect(() => connection[command]('x')).toThrow(UsageError);
      else expect(connection[command]('x')).toBe(command === 'send' ? (phase === 'open' ? 0 : -1) : phase === 'open');
    }
    const closed = create();
    expect(closed.connection.close()).toBe(phase === 'connecting' || phase === 'open');
    expect(closed.connection.phase).toBe(phase === 'closed' ? 'closed' : 'closing');
    for (const command of ['abort', 'pause', 'resume', 'expire', 'receiveEnd', 'transportClosed'] as const) {
      const { connection, outputs } = create();
      connection[command]();
      connection[command]();
      connection.receive(bytes(HELLO));
      connection.reportQueued(0);
      connection.transportClosed();
      connection.resume();
      expect(events(outputs).filter(({ type }) => type === 'closed')).toHaveLength(1);
      expect(events(outputs).at(-1)?.type).toBe('closed');
      expect(events(outputs).filter(({ type }) => type === 'error').length).toBeLessThanOrEqual(1);
    }
    const { connection } = create();
    expect(() => connection.accept()).toThrow(UsageError);
    expect(() => connection.refuse({ status: 403 })).toThrow(UsageError);
  });
});

describe('a message that is sent piece by piece', () => {
  test('leaves as fragments, with control frames in between (CF17, RFC 6455 §5.4)', () => {
    const { connection, outputs } = opened('server');
    expect(connection.sendStart('text')).toBe(true);
    connection.sendChunk('ab');
    connection.ping('p');
    connection.sendChunk('c');
    connection.sendEnd();
    connection.send('next');
    expect(hex(written(outputs))).toBe('01026162890170000163800081046e657874');
  });

  test('lets no other message in (CF17)', () => {
    const { connection, outputs } = opened('server');
    connection.sendStart('binary');
    connection.sendChunk(new Uint8Array(1));
    outputs.length = 0;
    expect(() => connection.send('x')).toThrow(UsageError);
    expect(() => connection.sendStart('text')).toThrow(UsageError);
    expect(() => connection.sendChunk('text')).toThrow(UsageError);
    expect(written(outputs).length).toBe(0);
    connection.sendEnd();
    expect(hex(written(outputs))).toBe('8000');
  });

  test('cannot be begun where an extension has to transform every message as a whole', () => {
    const codec = { encode: () => undefined, decode() {} };
    const extension = {
      name: 'every',
      reserved: 0,
      offer: () => [],
      agree: () => codec,
      accept: () => ({ params: [], codec }),
    };
    const outputs: Output[] = [];
    const connection: Connection = new Connection({
      role: 'server',
      extensions: [extension],
      output: (output) => (output.type === 'request' ? connection.accept() : outputs.push(output)),
    });
    connection.receive(
      new TextEncoder().encode(
        'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n' +
          'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Extensions: every\r\n\r\n',
      ),
    );
    expect(() => connection.sendStart('text')).toThrow(UsageError);
    expect(connection.send('whole')).toBeGreaterThanOrEqual(0);
  });

  test('has to be begun, on an open connection, and be of a kind', () => {
    const { connection } = opened('client');
    expect(() => connection.sendChunk('x')).toThrow(UsageError);
    expect(() => connection.sendEnd()).toThrow(UsageError);
    expect(() => connection.sendStart('ping' as 'text')).toThrow(UsageError);
    const early = new Connection({ role: 'server', output() {} });
    expect(() => early.sendStart('text')).toThrow(UsageError);
  });

  test('is abandoned by a Close in the middle', () => {
    const { connection, outputs } = opened('server');
    connection.sendStart('text');
    connection.sendChunk('a');
    connection.close(1001);
    expect([connection.sendChunk('b'), connection.sendEnd(), connection.sendStart('text')]).toEqual([-1, -1, false]);
    expect(hex(written(outputs))).toBe('010161880203e9');
  });
});

describe('messages in chunks', () => {
  test('come as they arrive, and one can be paused in the middle', () => {
    const { connection, outputs } = opened('client', {
      messages: 'chunks',
      output: (output) => output.type === 'messageChunk' && connection.pause(),
    });
    connection.receive(bytes('0202 0102 80 02 0304'));
    expect(events(outputs)).toEqual([
      { type: 'messageStart', kind: 'binary' },
      { type: 'messageChunk', data: bytes('0102') },
    ]);
    connection.resume();
    expect(events(outputs).slice(2)).toEqual([{ type: 'messageChunk', data: bytes('0304') }, { type: 'messageEnd' }]);
  });

  test('fail at a byte that is not UTF-8, before the message ends', () => {
    const { connection, outputs } = opened('client', { messages: 'chunks' });
    connection.receive(bytes('0103 61 ff'));
    expect(events(outputs).at(-1)).toMatchObject({ type: 'error', error: { violation: 'text-not-utf8' } });
  });

  test('are the only other way than whole ones', () => {
    expect(() => new Connection({ role: 'server', output() {}, messages: 'pieces' as 'chunks' })).toThrow(UsageError);
  });
});

describe('where something beneath a connection fails', () => {
  const failing = (failure: Error): Extension => {
    const codec: ExtensionCodec = {
      encode() {
        throw failure;
      },
      decode() {
        throw failure;
      },
    };
    return {
      name: 'x-failing',
      reserved: 0,
      offer: () => [[]],
      agree: () => codec,
      accept: () => ({ params: [], codec }),
    };
  };
  const open = (failure: Error): { connection: Connection; outputs: Output[] } => {
    const outputs: Output[] = [];
    const connection: Connection = new Connection({
      role: 'server',
      extensions: [failing(failure)],
      output: (output) => (output.type === 'request' ? connection.accept() : outputs.push(output)),
    });
    connection.start();
    const head = new TextDecoder().decode(REQUEST).trimEnd();
    connection.receive(new TextEncoder().encode(`${head}\r\nSec-WebSocket-Extensions: x-failing\r\n\r\n`));
    outputs.length = 0;
    return { connection, outputs };
  };

  test('in reading, it ends at once: what follows would be read from a place nobody knows', () => {
    const failure = new Error('no memory');
    const { connection, outputs } = open(failure);
    expect(() => connection.receive(bytes('8281 00000000 61 8081 00000000 62'))).toThrow(failure);
    expect(outputs.map(({ type }) => type)).toEqual(['deadline', 'abort']);
    connection.receive(bytes('8900'));
    connection.transportClosed();
    expect(outputs.at(-1)).toMatchObject({ type: 'closed', code: 1006, clean: false, error: failure });
    expect(outputs.filter(({ type }) => type === 'error')).toEqual([]);
  });

  test('in sending, too: the peer might be missing what the next message refers to', () => {
    const failure = new Error('no memory');
    const { connection, outputs } = open(failure);
    expect(() => connection.send('a')).toThrow(failure);
    expect(outputs.map(({ type }) => type)).toEqual(['deadline', 'abort']);
    expect(connection.send('b')).toBe(-1);
  });

  test('in a call, too, and a mistake in using it changes nothing', () => {
    const failure = new Error('no dice');
    let fails = false;
    const random = pseudoRandom();
    const { connection, outputs } = opened('client', {
      getRandomValues(target) {
        if (fails) throw failure;
        random(target);
      },
    });
    expect(() => connection.sendChunk('a')).toThrow(UsageError);
    expect(connection.phase).toBe('open');
    fails = true;
    expect(() => {
      for (let i = 0; i < 10_000; i++) connection.ping();
    }).toThrow(failure);
    expect(outputs.at(-1)?.type).toBe('abort');
  });
});
