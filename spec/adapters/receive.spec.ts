import { expect, it } from 'vitest';
import { Driver } from '../../adapters/driver.ts';
import { WebSocketConnection } from '../../adapters/interfaces/connection.ts';
import { Inbox, type Reader } from '../../adapters/interfaces/inbox.ts';
import { MessageStreams } from '../../adapters/interfaces/message-streams.ts';
import { memoryHost } from '../../adapters/runtimes/memory-host.ts';
import { VirtualClock } from '../../adapters/runtimes/virtual-clock.ts';

const OPENED = {
  type: 'open',
  subprotocol: '',
  extensions: '',
  fields: { get: () => undefined, all: () => [], [Symbol.iterator]: () => [][Symbol.iterator]() },
} as const;

function receiver(): { clock: VirtualClock; inbox: Inbox; connection: WebSocketConnection } {
  const clock = new VirtualClock();
  const driver = new Driver({ role: 'server' }, memoryHost(clock), { event: () => {}, drain: () => {} });
  const inbox = new Inbox(driver.connection, undefined);
  const source = {
    driver,
    remote: { address: '', secure: false },
    read: (reader: Reader) => inbox.read(reader),
    leave: (reader: Reader) => inbox.leave(reader),
    done: () => inbox.done(),
    awaitEnd: () => {},
    streams: () => new MessageStreams(driver.connection).messages(),
  };
  return { clock, inbox, connection: new WebSocketConnection(source, OPENED, undefined) };
}

it('receives what was there before, what comes, and the end', async () => {
  const { inbox, connection } = receiver();
  inbox.push('a');
  expect(await connection.receive()).toBe('a');
  const next = connection.receive();
  inbox.push('b');
  expect(await next).toBe('b');
  const last = connection.receive();
  inbox.end(() => {});
  expect([await last, await connection.receive()]).toEqual([undefined, undefined]);
});

it('gives up after the timeout, and the message is the next one’s', async () => {
  const { clock, inbox, connection } = receiver();
  const first = connection.receive({ timeout: 50 });
  const second = connection.receive();
  clock.advance(49);
  clock.advance(1);
  await expect(first).rejects.toMatchObject({ name: 'ReceiveTimeout' });
  inbox.push('a');
  expect(await second).toBe('a');
  expect(clock.nextTimer).toBeUndefined();
});

it('leaves no timer and no listener behind', async () => {
  const { clock, inbox, connection } = receiver();
  const { signal } = new AbortController();
  const waiting = connection.receive({ timeout: 50, signal });
  expect(clock.nextTimer).toBe(50);
  inbox.push('a');
  await waiting;
  expect(clock.nextTimer).toBeUndefined();
});

it('gives up when the signal fires, before or meanwhile, and loses nothing', async () => {
  const { inbox, connection } = receiver();
  const reason = new Error('enough');
  const controller = new AbortController();
  const waiting = connection.receive({ signal: controller.signal });
  controller.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  inbox.push('a');
  await expect(connection.receive({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  expect(await connection.receive()).toBe('a');
});
