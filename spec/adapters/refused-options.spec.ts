/** What another way to a connection has as an option, and this one cannot honour, is an error and never ignored. */
import { createServer, IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import * as bun from '../../adapters/bun.ts';
import * as deno from '../../adapters/deno.ts';
import * as node from '../../adapters/node.ts';
import * as streams from '../../adapters/streams.ts';
import { UsageError } from '../../core/index.ts';

const refusal = (name: string, why: string): UsageError =>
  new UsageError(`the option "${name}" cannot be honoured here: ${why}`);

/** Programs without types. */
const given = (name: string, value: unknown = 'x'): object => ({ [name]: value });
const LISTENING = ['port', 'host', 'socketPath', 'tls', 'backlog'];
const socket = (): Socket => new Socket();

describe('where to listen is no option', () => {
  it.each(LISTENING)('of attach and upgrade (%s)', async (name) => {
    const error = refusal(name, 'the HTTP server listens');
    expect(() => node.attach(createServer(), given(name))).toThrow(error);
    const upgrading = node.upgrade(new IncomingMessage(socket()), socket(), new Uint8Array(), given(name));
    await expect(upgrading).rejects.toEqual(error);
  });

  it.each(LISTENING)('over streams (%s)', (name) => {
    expect(() => streams.serve(given(name))).toThrow(refusal(name, 'others bring the streams'));
  });

  it('is not how long the queue is, on Deno and Bun', async () => {
    await expect(deno.serve(given('backlog', 5))).rejects.toEqual(refusal('backlog', 'Deno chooses it'));
    await expect(bun.serve(given('backlog', 5))).rejects.toEqual(refusal('backlog', 'Bun chooses it'));
  });
});

describe('where to connect to, and how, is no option over streams', () => {
  const pair = { readable: new ReadableStream<Uint8Array>(), writable: new WritableStream<Uint8Array>() };

  it.each(['port', 'host', 'socketPath', 'tls', 'proxy', 'redirects'])('of connect (%s)', async (name) => {
    const connecting = streams.connect(pair, 'ws://a/', given(name));
    await expect(connecting).rejects.toEqual(refusal(name, 'others bring the streams'));
    expect([pair.readable.locked, pair.writable.locked]).toEqual([false, false]);
  });

  it('of the classes', async () => {
    let dialled = 0;
    const { WebSocket } = streams.classesOver(() => {
      dialled++;
      return pair;
    });
    const error = await new Promise((resolve) => {
      new WebSocket('ws://a/', [], given('proxy')).onerror = resolve;
    });
    expect(error).toMatchObject({ error: refusal('proxy', 'others bring the streams') });
    expect(dialled).toBe(0);
  });
});

it('what would be shown is observed where no page can be', () => {
  const error = refusal('inspect', '`connection.observe` shows what it would');
  expect(() => streams.serve(given('inspect', true))).toThrow(error);
});

it('an option that is undefined is none', () => {
  expect(streams.serve({ port: undefined } as object).connections.size).toBe(0);
});
