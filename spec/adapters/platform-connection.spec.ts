import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  PlatformConnection,
  type PlatformHandlers,
  type PlatformSocket,
} from '../../adapters/interfaces/platform-connection.ts';
import { UsageError } from '../../core/index.ts';
import { deferred } from '../support/raw-socket.ts';

/** A platform's WebSocket, whose events are said by the spec. */
class FakeSocket implements PlatformSocket {
  readonly calls: unknown[] = [];
  readonly #listeners = new Map<string, (event: object) => void>();

  send(data: string | Uint8Array | ArrayBuffer): void {
    this.calls.push(data);
  }
  close(code?: number, reason?: string): void {
    this.calls.push(['close', code, reason].filter((each) => each !== undefined));
  }
  addEventListener(type: string, listener: (event: object) => void): void {
    this.#listeners.set(type, listener);
  }
  emit(type: 'message' | 'close' | 'error', event: object = {}): void {
    this.#listeners.get(type)?.(event);
  }
}

function opened(handlers: PlatformHandlers = {}): {
  socket: FakeSocket;
  connection: PlatformConnection;
  reported: unknown[];
} {
  const socket = new FakeSocket();
  const reported: unknown[] = [];
  const facts = { subprotocol: 'chat', remoteAddress: '192.0.2.1', data: undefined };
  const report = (error: unknown): void => void reported.push(error);
  return { socket, reported, connection: new PlatformConnection(socket, handlers, { ...facts, report }) };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const CLOSE = { code: 1000, reason: 'bye', wasClean: true };

describe('a connection over a WebSocket of a platform', () => {
  it('has only what a platform lets through', () => {
    type Missing = 'ping' | 'drained' | 'bufferedAmount' | 'sendStream' | 'terminate' | 'latency' | 'streams';
    expectTypeOf<Extract<keyof PlatformConnection, Missing>>().toEqualTypeOf<never>();
    const { connection } = opened();
    expect(connection).toMatchObject({ subprotocol: 'chat', remoteAddress: '192.0.2.1', phase: 'open' });
  });

  it('sends text and bytes, and drops what comes too late', () => {
    const { socket, connection } = opened();
    expect(connection.send('text')).toBe(true);
    expect(connection.send(Uint8Array.of(1))).toBe(true);
    void connection.close();
    expect(connection.send('late')).toBe(false);
    socket.emit('close', CLOSE);
    expect(connection.send('later')).toBe(false);
    expect(socket.calls).toEqual(['text', Uint8Array.of(1), ['close', 1000, '']]);
  });

  it('gives its messages to the handler, one at a time and behind `open`', async () => {
    const opening = deferred<void>();
    const working = deferred<void>();
    const heard: unknown[] = [];
    const { socket } = opened({
      open: () => opening.promise,
      message(_, message) {
        heard.push(message);
        return message === 'first' ? working.promise : undefined;
      },
      close: (_, { code }) => void heard.push(code),
    });
    socket.emit('message', { data: 'first' });
    socket.emit('message', { data: Uint8Array.of(1, 2).buffer });
    socket.emit('close', CLOSE);
    await settle();
    expect(heard).toEqual([]);
    opening.resolve();
    await settle();
    expect(heard).toEqual(['first']);
    working.resolve();
    await settle();
    expect(heard).toEqual(['first', Uint8Array.of(1, 2), 1000]);
  });

  it('keeps its messages for who reads them', async () => {
    const { socket, connection } = opened();
    socket.emit('message', { data: 'one' });
    socket.emit('message', { data: 'two' });
    socket.emit('close', CLOSE);
    const seen: unknown[] = [await connection.receive()];
    for await (const message of connection) seen.push(message);
    expect([...seen, await connection.receive()]).toEqual(['one', 'two', undefined]);
  });

  it.each([
    [CLOSE, { code: 1000, reason: 'bye', clean: true }, [['close', 1000]]],
    [{ code: 1005, reason: '', wasClean: true }, { code: 1005, reason: '', clean: true }, [['close']]],
    [{ code: 1006, reason: 'the platform says more', wasClean: false }, { code: 1006, reason: '', clean: false }, []],
  ])('ends as its peer ends it: %o', async (event, closed, calls) => {
    const { socket, connection } = opened();
    socket.emit('close', event);
    socket.emit('close', event);
    socket.emit('error');
    expect(await connection.closed).toEqual(closed);
    expect([connection.phase, socket.calls]).toEqual(['closed', calls]);
  });

  it('ends with 1006 where the platform tells of an error', async () => {
    const { socket, connection } = opened();
    socket.emit('error', { message: 'Network connection lost.' });
    socket.emit('message', { data: 'too late' });
    expect(await connection.closed).toEqual({ code: 1006, reason: '', clean: false });
    expect(await connection.receive()).toBeUndefined();
  });

  it('closes once, with what may be sent', () => {
    const { socket, connection } = opened();
    expect(() => connection.close(1006)).toThrow(UsageError);
    expect(() => connection.close(1005, 'with a reason')).toThrow(UsageError);
    expect(() => connection.close(1000, 'é'.repeat(62))).toThrow(UsageError);
    expect(socket.calls).toEqual([]);
    void connection.close(1005);
    void connection.close(4000);
    expect([connection.phase, socket.calls]).toEqual(['closing', [['close']]]);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('failed');
      },
    ],
    ['rejects', () => Promise.reject(new Error('failed'))],
  ])('closes with 1011 where a handler %s', async (_, message) => {
    const errors: unknown[] = [];
    const told = opened({ message, error: (_, error) => void errors.push((error as Error).message) });
    const untold = opened({ message });
    for (const { socket } of [told, untold]) socket.emit('message', { data: 'go' });
    await settle();
    expect(errors).toEqual(['failed']);
    expect([told.reported.length, untold.reported.length]).toEqual([0, 1]);
    for (const { socket } of [told, untold]) expect(socket.calls).toEqual([['close', 1011, 'a handler failed']]);
  });

  it('reports what its `error` handler throws', () => {
    const { socket, reported } = opened({
      message() {
        throw new Error('first');
      },
      error() {
        throw new Error('second');
      },
    });
    socket.emit('message', { data: 'go' });
    expect(reported.map((error) => (error as Error).message)).toEqual(['second']);
  });

  it('reports what its `error` handler rejects with', async () => {
    const { socket, reported } = opened({
      error: () => Promise.reject(new Error('late')),
      message: () => Promise.reject(new Error('first')),
    });
    socket.emit('message', { data: 'go' });
    await settle();
    expect(reported).toEqual([new Error('late')]);
  });

  it('is given up where its program does not take what nothing holds back', async () => {
    const { socket, connection } = opened();
    const data = 'x'.repeat(1_000_000);
    for (let i = 0; i < 17; i++) socket.emit('message', { data });
    expect(socket.calls).toEqual([]);
    for (let i = 0; i < 17; i++) await connection.receive(); // who catches up is not counted from before
    for (let i = 0; i < 17; i++) socket.emit('message', { data });
    expect(socket.calls).toEqual([]);
    socket.emit('message', { data });
    expect(socket.calls).toEqual([['close', 1008, 'messages come faster than they are taken']]);
  });

  it('survives a platform that has closed it by itself', () => {
    const { socket, connection } = opened();
    socket.close = () => {
      throw new Error('closed already');
    };
    socket.emit('close', CLOSE);
    expect(connection.phase).toBe('closed');
  });
});
